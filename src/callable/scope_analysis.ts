/**
 * Finds the outer variables of a function: those that it uses and that are neither its own nor a
 * global of every process.
 *
 * Scopes are resolved by `eslint-scope`, on the syntax tree of `acorn`. Both are loaded when first
 * needed.
 *
 * @module
 */
import type { AstNode } from "./ast.ts";
import { childrenOf } from "./ast.ts";
import type { FreeVariable } from "../errors.ts";
import { isGlobal } from "./globals.ts";
import { outerWords } from "./outer_words.ts";
import { type Parse, parseFunction } from "./parse_function.ts";

/** What is known of a function from its text. */
export interface Analysis {
  /** A JavaScript expression whose value is the function. */
  readonly expression: string;
  /** The outer variables, in the order of their first use. */
  readonly free: readonly FreeVariable[];
  /** Those of them that are used as `typeof name` only: harmless if nobody declares them. */
  readonly onlyTypeof: readonly string[];
  /** The compiler's helpers that it uses. */
  readonly helpers: readonly string[];
  /** Why the text could not be read, if it could not. */
  readonly problem?: string;
}

/** Analyses a function's text, given its name. */
export type Analyze = (text: string, name: string) => Analysis;

/** What is needed of `eslint-scope`. */
interface Reference {
  identifier: AstNode & { name: string };
}
interface Scope {
  type: string;
  through: Reference[];
  childScopes: Scope[];
  set: Map<string, { references: Reference[] }>;
}
type AnalyzeScopes = (program: AstNode, options: object) => { globalScope: Scope };

/** What is loaded when it is first needed. */
interface Tools {
  parse: Parse;
  analyzeScopes: AnalyzeScopes;
  isHelper: (name: string) => boolean;
}

/** Names of CommonJS, which a function may ask for by `typeof` before it uses them. */
const COMMON_JS: ReadonlySet<string> = new Set(
  "require module exports define __filename __dirname".split(" "),
);

let loaded: Analyze | undefined;
let loading: Promise<Analyze> | undefined;

/**
 * Gives the analyser if it is loaded already.
 *
 * @returns The analyser, or `undefined`: then `loadAnalyzer()` loads it.
 */
export function loadedAnalyzer(): Analyze | undefined {
  return loaded;
}

/**
 * Loads the parser and the scope analysis, once. Takes 5–30 ms.
 *
 * @returns The analyser.
 */
export function loadAnalyzer(): Promise<Analyze> {
  loading ??= importAnalyzer();
  return loading;
}

async function importAnalyzer(): Promise<Analyze> {
  const [acorn, scopes, helpers] = await Promise.all([
    import("acorn"),
    import("eslint-scope"),
    import("./compiler_helpers.ts"),
  ]);
  const parse = (text: string): AstNode =>
    acorn.parse(text, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
      ranges: true,
      allowSuperOutsideMethod: true,
      checkPrivateFields: false,
    }) as unknown as AstNode;
  const analyzeScopes = scopes.analyze as unknown as AnalyzeScopes;
  const isHelper = (name: string): boolean => helpers.helperName(name) !== undefined;
  loaded = (text, name) => analyze(text, name, { parse, analyzeScopes, isHelper });
  return loaded;
}

function analyze(text: string, name: string, tools: Tools): Analysis {
  try {
    const parsed = parseFunction(text, name, tools.parse);
    const names = outerNames(parsed.program, tools);
    const free = [...names.free, ...outerWords(parsed.node, parsed.isMethod)];
    free.sort((a, b) => a.line - b.line);
    return {
      expression: parsed.expression,
      free,
      onlyTypeof: names.onlyTypeof,
      helpers: names.helpers,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { expression: text, free: [], onlyTypeof: [], helpers: [], problem: error.message };
  }
}

function outerNames(
  program: AstNode,
  tools: Tools,
): { free: FreeVariable[]; onlyTypeof: string[]; helpers: string[] } {
  const { globalScope } = tools.analyzeScopes(program, {
    ecmaVersion: 2024,
    sourceType: "module",
    ignoreEval: true,
    // The import attributes of `import(x, { with: … })` are missing from the library's own table.
    childVisitorKeys: { ImportExpression: ["source", "options"] },
  });
  const marks = markIdentifiers(program);
  const free: FreeVariable[] = [];
  const onlyTypeof: string[] = [];
  const helpers: string[] = [];
  for (const [name, uses] of groupByName(outerReferences(globalScope))) {
    const isLookalike = uses.some((use) => marks.lookalike.has(use));
    if (isGlobal(name) && !isLookalike) continue;
    const asked = uses.filter((use) => marks.typeof.has(use)).length;
    if (asked > 0 && COMMON_JS.has(name)) continue;
    if (tools.isHelper(name)) {
      helpers.push(name);
      continue;
    }
    free.push({ name, line: uses[0]?.loc.start.line ?? 1 });
    if (asked === uses.length) onlyTypeof.push(name);
  }
  return { free, onlyTypeof, helpers };
}

/**
 * References that leave the text, and those to the `arguments` of the function that is wrapped
 * around it.
 */
function outerReferences(globalScope: Scope): AstNode[] {
  const references = globalScope.through.map((reference) => reference.identifier);
  const wrapper = functionScope(globalScope);
  const implicit = wrapper?.set.get("arguments")?.references ?? [];
  return [...references, ...implicit.map((reference) => reference.identifier)];
}

function functionScope(scope: Scope): Scope | undefined {
  if (scope.type === "function") return scope;
  for (const child of scope.childScopes) {
    const found = functionScope(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function groupByName(identifiers: AstNode[]): Map<string, AstNode[]> {
  const groups = new Map<string, AstNode[]>();
  for (const identifier of identifiers.sort((a, b) => a.start - b.start)) {
    const name = String(identifier.name);
    groups.set(name, [...(groups.get(name) ?? []), identifier]);
  }
  return groups;
}

interface Marks {
  /** Identifiers that `typeof` is asked of: that never fails. */
  readonly typeof: Set<AstNode>;
  /**
   * Identifiers with a global's name that are used as only this library's export of that name can
   * be.
   */
  readonly lookalike: Set<AstNode>;
}

function markIdentifiers(program: AstNode): Marks {
  const marks: Marks = { typeof: new Set(), lookalike: new Set() };
  const walk = (node: AstNode): void => {
    if (node.type === "UnaryExpression" && node.operator === "typeof") {
      marks.typeof.add(node.argument as AstNode);
    } else if (isLookalikeCall(node)) {
      marks.lookalike.add(node.callee as AstNode);
    }
    childrenOf(node).forEach(walk);
  };
  walk(program);
  return marks;
}

const TYPE_CODE = /^([a-zA-Z?]|u?int(8|16|32|64)|float(32|64)|bool)$/;

/**
 * `new Event()` and `Array("int32", 8)` are this library's: the global ones fail on the first and
 * make no sense of the second.
 */
function isLookalikeCall(node: AstNode): boolean {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return false;
  const callee = (node.callee as AstNode).name;
  const [first, second] = node.arguments as AstNode[];
  if (callee === "Event") return node.type === "NewExpression" && first === undefined;
  return callee === "Array" && typeof first?.value === "string" && TYPE_CODE.test(first.value) &&
    second !== undefined && typeof second.value !== "string";
}

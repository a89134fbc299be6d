/**
 * Finds the outer variables of a function: those that it uses and that are neither its own nor a
 * global of every process.
 *
 * Scopes are resolved by `eslint-scope`, on the syntax tree of `acorn`. All of it is loaded when it
 * is first needed: see `analyze_once.ts`.
 *
 * @module
 */
import type { FreeVariable } from "../errors.ts";
import { isHelper } from "./compiler_helpers.ts";
import { isGlobal } from "./globals.ts";
import { lookalikeIn } from "./lookalikes.ts";
import { outerWords } from "./outer_words.ts";
import { type Parse, parseFunction } from "./parse_function.ts";
import { type AstNode, childrenOf } from "./syntax_tree.ts";

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
}

/**
 * Names of CommonJS and of browsers, which a function may use once it has asked by `typeof` whether
 * they are there. Without that they rather are outer variables: `const self = this`.
 */
const HOST_NAMES: ReadonlySet<string> = new Set(
  `require module exports define __filename __dirname
   self window document importScripts caches scheduler`.split(/\s+/),
);

/**
 * Loads the parser and the scope analysis.
 *
 * @returns The analyser.
 */
export async function importAnalyzer(): Promise<Analyze> {
  const [acorn, scopes] = await Promise.all([
    import("acorn"),
    import("eslint-scope"),
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
  return (text, name) => analyze(text, name, { parse, analyzeScopes });
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
    if (asked > 0 && HOST_NAMES.has(name)) continue;
    if (isHelper(name)) {
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
  /** Identifiers with a global's name that are used as that global cannot be. */
  readonly lookalike: Set<AstNode>;
}

function markIdentifiers(program: AstNode): Marks {
  const marks: Marks = { typeof: new Set(), lookalike: new Set() };
  const walk = (node: AstNode): void => {
    if (node.type === "UnaryExpression" && node.operator === "typeof") {
      marks.typeof.add(node.argument as AstNode);
    }
    const lookalike = lookalikeIn(node);
    if (lookalike !== undefined) marks.lookalike.add(lookalike);
    childrenOf(node).forEach(walk);
  };
  walk(program);
  return marks;
}

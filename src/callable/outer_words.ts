/**
 * Finds what a function takes from outside without a variable's name: `this`, `super`,
 * `new.target`, `import.meta`, private names, and modules that are named relative to its own.
 *
 * @module
 */
import { type AstNode, childrenOf, isNode } from "./syntax_tree.ts";
import type { FreeVariable } from "../errors.ts";

/** What is an outer one at some place of the function. */
interface Place {
  /** Whether `this` and `new.target` are the outer ones: only arrow functions stand in between. */
  readonly outerThis: boolean;
  /** Whether `super` is the outer one. */
  readonly outerSuper: boolean;
  /** The private names of the classes around the place. */
  readonly privates: readonly ReadonlySet<string>[];
}

type Report = (name: string, node: AstNode) => void;

/**
 * Finds the outer words of a function.
 *
 * @param fn The function's node.
 * @param isMethod Whether it was written as a method, so that it may use `super`.
 * @returns Each word once, with the line of its first use.
 */
export function outerWords(fn: AstNode, isMethod: boolean): FreeVariable[] {
  const lines = new Map<string, number>();
  const report: Report = (name, node) => {
    if (!lines.has(name)) lines.set(name, node.loc.start.line);
  };
  const isArrow = fn.type === "ArrowFunctionExpression";
  visitParts(fn, { outerThis: isArrow, outerSuper: isArrow || isMethod, privates: [] }, report);
  return Array.from(lines, ([name, line]) => ({ name, line }));
}

function visitParts(node: AstNode, place: Place, report: Report): void {
  for (const child of childrenOf(node)) visit(child, place, report);
}

function visit(node: AstNode, place: Place, report: Report): void {
  const own: Place = { outerThis: false, outerSuper: false, privates: place.privates };
  switch (node.type) {
    case "ThisExpression":
      if (place.outerThis) report("this", node);
      return;
    case "Super":
      if (place.outerSuper) report("super", node);
      return;
    case "MetaProperty":
      return visitMeta(node, place, report);
    case "PrivateIdentifier":
      if (!place.privates.some((names) => names.has(String(node.name)))) {
        report(`#${String(node.name)}`, node);
      }
      return;
    case "ImportExpression":
      visitImport(node, report);
      return visitParts(node, place, report);
    case "ClassDeclaration":
    case "ClassExpression":
      return visitClass(node, place, report);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "StaticBlock":
      return visitParts(node, own, report);
    default:
      return visitParts(node, place, report);
  }
}

function visitMeta(node: AstNode, place: Place, report: Report): void {
  if ((node.meta as AstNode).name === "import") report("import.meta", node);
  else if (place.outerThis) report("new.target", node);
}

/** The base class and computed keys are evaluated outside the class, fields and methods inside. */
function visitClass(node: AstNode, place: Place, report: Report): void {
  const members = (node.body as AstNode).body as AstNode[];
  const keys = members.map((member) => member.key as AstNode | undefined);
  const names = keys.filter((key) => key?.type === "PrivateIdentifier").map((key) =>
    String(key?.name)
  );
  const privates = [...place.privates, new Set(names)];
  const outside: Place = { ...place, privates };
  const inside: Place = { outerThis: false, outerSuper: false, privates };
  if (isNode(node.superClass)) visit(node.superClass, outside, report);
  for (const member of members) {
    if (member.computed === true) visit(member.key as AstNode, outside, report);
    if (member.type === "StaticBlock") visitParts(member, inside, report);
    else if (isNode(member.value)) visit(member.value, inside, report);
  }
}

/**
 * A module that is named relative to another cannot be found from a text that stands in no module.
 */
function visitImport(node: AstNode, report: Report): void {
  const start = leadingText(node.source as AstNode);
  if (start === undefined || start === "" || /^[a-z][a-z\d+.-]*:/i.test(start)) return;
  report(`import(${JSON.stringify(start)})`, node);
}

/** The text with which a specifier begins, as far as it is written out. */
function leadingText(source: AstNode): string | undefined {
  if (source.type === "Literal") return String(source.value);
  if (source.type === "BinaryExpression") return leadingText(source.left as AstNode);
  if (source.type !== "TemplateLiteral") return undefined;
  const [first] = source.quasis as { value: { cooked?: string } }[];
  return first?.value.cooked;
}

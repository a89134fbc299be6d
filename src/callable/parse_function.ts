/**
 * Reads the text of a function, in any of the forms in which engines print one.
 *
 * @module
 */
import type { AstNode } from "./syntax_tree.ts";

/** What parses a module's text: acorn's `parse` with its options. */
export type Parse = (text: string) => AstNode;

/** A function that was read. */
export interface ParsedFunction {
  /**
   * The whole tree: the function inside a wrapping function, so that the wrapper's `arguments` and
   * so on are seen to be outer ones.
   */
  readonly program: AstNode;
  /** The function's own node. */
  readonly node: AstNode;
  /** Whether it was written as a method, getter or setter. */
  readonly isMethod: boolean;
  /** A JavaScript expression whose value is the function. */
  readonly expression: string;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassExpression",
]);

/**
 * Reads a function's text.
 *
 * Functions, arrow functions and classes are expressions as they stand. Methods are not: they are
 * put into an object literal, under a plain key, since their own key may be computed or private.
 *
 * @param text The text that the engine gives.
 * @param name The function's name, for a method's new key.
 * @param parse The parser.
 * @returns The function.
 * @throws {SyntaxError} If it cannot be read as strict code.
 */
export function parseFunction(text: string, name: string, parse: Parse): ParsedFunction {
  try {
    const program = parse(`(function(){(${text}\n)})`);
    const node = soleExpression(program);
    if (FUNCTIONS.has(node.type)) return { program, node, isMethod: false, expression: text };
  } catch (asExpression) {
    try {
      return parseMethod(text, name, parse);
    } catch {
      throw asExpression;
    }
  }
  throw new SyntaxError("it is no function expression");
}

function parseMethod(text: string, name: string, parse: Parse): ParsedFunction {
  // A private method's key is no key outside its class.
  const prefix = "(function(){({";
  const body = text.replace(/^((?:async\s*)?\*?\s*(?:[gs]et\s+)?)#/, "$1");
  const source = `${prefix}${body}\n})})`;
  const program = parse(source);
  const [property] = soleExpression(program).properties as AstNode[];
  const node = property?.value as AstNode | undefined;
  if (property === undefined || node?.type !== "FunctionExpression") {
    throw new SyntaxError("it is no method");
  }
  const parameters = source.slice(node.start, node.end);
  const kind = String(property.kind);
  replaceKey(property);
  return {
    program,
    node,
    isMethod: true,
    expression: methodExpression(node, kind, name, parameters),
  };
}

function methodExpression(node: AstNode, kind: string, name: string, rest: string): string {
  const key = JSON.stringify(name.replace(/^([gs]et) /, "") || "method");
  if (kind === "get" || kind === "set") {
    return `Object.getOwnPropertyDescriptor({${kind}[${key}]${rest}},${key}).${kind}`;
  }
  return `({${node.async ? "async" : ""}${node.generator ? "*" : " "}[${key}]${rest}})[${key}]`;
}

/** What a computed key uses has nothing to do with what the method uses. */
function replaceKey(property: AstNode): void {
  const { start, end, loc } = property.key as AstNode;
  property.computed = false;
  property.key = { type: "Identifier", name: "method", start, end, loc };
}

/** The expression inside the wrapping function. */
function soleExpression(program: AstNode): AstNode {
  const [statement] = program.body as AstNode[];
  const wrapper = statement?.expression as AstNode;
  const [inner, more] = (wrapper.body as AstNode).body as AstNode[];
  if (inner?.type !== "ExpressionStatement" || more !== undefined) {
    throw new SyntaxError("it is no single expression");
  }
  return inner.expression as AstNode;
}

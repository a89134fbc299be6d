/**
 * The little that is needed of a syntax tree's type. The parser's own types stay out of what is
 * published.
 *
 * @module
 */

/** A node of a syntax tree in the ESTree format. */
export interface AstNode {
  /** The kind of node. */
  type: string;
  /** Where it starts in the parsed text. */
  start: number;
  /** Where it ends. */
  end: number;
  /** The lines on which it starts and ends, counted from 1. */
  loc: { start: { line: number }; end: { line: number } };
  /** What the kind of node has besides. */
  [part: string]: unknown;
}

/**
 * Tells whether a part of a node is a node itself.
 *
 * @param value A part of a node.
 * @returns Whether it is one.
 */
export function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

/**
 * Gives the nodes that stand directly under a node, in the order of the text.
 *
 * @param node The node.
 * @returns Its children.
 */
export function childrenOf(node: AstNode): AstNode[] {
  const children: AstNode[] = [];
  for (const part of Object.values(node)) {
    if (isNode(part)) children.push(part);
    else if (Array.isArray(part)) children.push(...part.filter(isNode));
  }
  return children;
}

/**
 * Tells a global from an import of the same name, where the use gives it away.
 *
 * `import crypto from "node:crypto"` or `import { Event } from "@allcores/multiprocessing"` are
 * outer variables; in a function's text they look like the globals of those names. Uses that the global
 * ones cannot serve are taken for outer variables: an error at the call is better than one in a
 * worker.
 *
 * @module
 */
import type { AstNode } from "./syntax_tree.ts";

const WEB_CRYPTO: ReadonlySet<string> = new Set(["subtle", "getRandomValues", "randomUUID"]);
const TIMERS: ReadonlySet<string> = new Set(["setTimeout", "setInterval", "setImmediate"]);
const TYPE_CODE = /^([a-zA-Z?]|u?int(8|16|32|64)|float(32|64)|bool)$/;

/**
 * Tells whether how a name is used may show that no global is meant.
 *
 * @param name The name of a global.
 * @returns Whether {@linkcode lookalikeIn} knows such uses.
 */
export function hasLookalike(name: string): boolean {
  return name === "Event" || name === "Array" || name === "crypto" || TIMERS.has(name);
}

/**
 * Finds an identifier that has a global's name, and is used as that global cannot be.
 *
 * @param node An expression.
 * @returns The identifier, if the expression uses one so.
 */
export function lookalikeIn(node: AstNode): AstNode | undefined {
  switch (node.type) {
    case "MemberExpression":
      return isNodeCrypto(node) ? node.object as AstNode : undefined;
    case "AwaitExpression": {
      // The global timers give nothing to wait for; those of `node:timers/promises` do.
      const call = node.argument as AstNode;
      return call.type === "CallExpression" && isTimer(call) ? call.callee as AstNode : undefined;
    }
    case "CallExpression":
    case "NewExpression":
      return isLookalikeCall(node) ? node.callee as AstNode : undefined;
    default:
      return undefined;
  }
}

function isNodeCrypto(node: AstNode): boolean {
  const { name } = node.object as AstNode;
  const member = (node.property as AstNode).name;
  return name === "crypto" && node.computed !== true && typeof member === "string" &&
    !WEB_CRYPTO.has(member);
}

function isTimer(call: AstNode): boolean {
  return TIMERS.has(String((call.callee as AstNode).name));
}

/** `new Event()`, `Array("int32", 8)`, `setTimeout(100)`: of this library and Node's promises. */
function isLookalikeCall(node: AstNode): boolean {
  const callee = (node.callee as AstNode).name;
  const [first, second] = node.arguments as AstNode[];
  if (callee === "Event") return node.type === "NewExpression" && first === undefined;
  if (isTimer(node)) return typeof first?.value === "number";
  return callee === "Array" && typeof first?.value === "string" && TYPE_CODE.test(first.value) &&
    second !== undefined && typeof second.value !== "string";
}

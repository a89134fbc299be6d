/**
 * What a function's own text tells without parsing it.
 *
 * @module
 */
import type { FreeVariable } from "../errors.ts";
import type { AnyFunction } from "./callable.ts";

const toString = Function.prototype.toString;

/**
 * Gives the text of a function as the engine has it, whatever `toString` method the function has of
 * its own.
 *
 * @param fn The function.
 * @returns Its text.
 */
export function textOf(fn: AnyFunction | object): string {
  return toString.call(fn);
}

/**
 * Gives the name of a function.
 *
 * @param fn The function or class.
 * @returns Its name, or an empty text, also where a static member hides the name.
 */
export function nameOf(fn: object): string {
  const name: unknown = (fn as { name?: unknown }).name;
  return typeof name === "string" ? name : "";
}

/**
 * Gives the properties that the program gave to a function: a text would lose them.
 *
 * @param fn The function.
 * @returns The properties, as if they were outer variables of the function.
 */
export function stateOf(fn: object): FreeVariable[] {
  const name = nameOf(fn) || "fn";
  return Object.keys(fn).map((property) => ({ name: `${name}.${property}`, line: 1 }));
}

/**
 * Tells whether a text is the one that engines print for native and bound functions and for
 * proxies. No function that was written in JavaScript has it, since `[native code]` is no syntax.
 *
 * @param text A function's text.
 * @returns Whether the function is native.
 */
export function isNativeText(text: string): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(text);
}

/**
 * Tells whether a function was written with `class`, so that it cannot be called without `new`.
 *
 * @param fn The function.
 * @returns Whether it is a class. A method whose name is `class` is none.
 */
export function isClass(fn: AnyFunction | object): boolean {
  return typeof fn === "function" && /^class\b(?!\s*\()/.test(textOf(fn));
}

/**
 * A text that is the same in two processes only if they run on the same runtime, and so print equal
 * functions equally: each runtime writes its `setTimeout` in its own way, if in JavaScript at all.
 * Bun and Deno print a user's function as their compiler wrote it anew, Node as it was written.
 *
 * Asked for where it is needed: it costs Deno 6 ms, which loads a module of its own to print it.
 *
 * @returns The text.
 */
export function printer(): string {
  return textOf(setTimeout);
}

/**
 * The default start method of this program.
 *
 * @module
 */

import { ProcessError } from "../errors.ts";
import { self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import { show } from "../support/options.ts";

/** What the program has chosen, or settled by asking. */
let chosen: StartMethod | null = null;

/** Options of {@linkcode setStartMethod}. */
export interface SetStartMethodOptions {
  /** Changes the method even though it is in use already. @default false */
  force?: boolean;
}

/**
 * The start methods that can be used here. Python's `get_all_start_methods`.
 *
 * @returns `"process"`, `"thread"` or both, the default first.
 *
 * @example
 * ```ts
 * import { getAllStartMethods } from "@allcores/multiprocessing";
 *
 * console.log(getAllStartMethods()); // on Node: [ "process", "thread" ]
 * ```
 */
export function getAllStartMethods(): StartMethod[] {
  const preferred: StartMethod[] = runtime.name === "deno"
    ? ["thread", "process"]
    : ["process", "thread"];
  return preferred.filter((method) => runtime.capabilities(method).available);
}

/**
 * The default start method. Python's `get_start_method`; asking settles it, as there.
 *
 * @returns The method.
 *
 * @example
 * ```ts
 * import { getStartMethod } from "@allcores/multiprocessing";
 *
 * console.log(getStartMethod()); // on Deno: "thread"
 * ```
 */
export function getStartMethod(): StartMethod {
  const child = self();
  // A child inherits the method that it was started with, and may still choose another one.
  if (child !== null) return chosen ?? child.method;
  chosen ??= getAllStartMethods()[0];
  return chosen;
}

/**
 * Sets the default start method, once in a program and before it is used. Python's `set_start_method`.
 *
 * @param method The method.
 * @param options Whether a method that is in use may be changed.
 * @throws {TypeError} when there is no such method.
 * @throws {ProcessError} when the method was set or used before.
 *
 * @example
 * ```ts
 * import { getStartMethod, setStartMethod } from "@allcores/multiprocessing";
 *
 * setStartMethod("thread", { force: true });
 * console.log(getStartMethod()); // "thread"
 * ```
 */
export function setStartMethod(method: StartMethod, options: SetStartMethodOptions = {}): void {
  checkStartMethod(method);
  if (chosen !== null && !options.force) {
    throw new ProcessError(
      `Cannot set the start method to "${method}": it is "${chosen}" already. ` +
        "Set it first thing in the main module, or pass { force: true }",
    );
  }
  chosen = method;
}

/**
 * Checks the name of a start method.
 *
 * @param method The name, as the user gave it.
 * @throws {TypeError} when there is no such method.
 */
export function checkStartMethod(method: unknown): asserts method is StartMethod {
  if (method !== "process" && method !== "thread") {
    throw new TypeError(`The start method must be "process" or "thread", got ${show(method)}`);
  }
}

/**
 * The options of managers, and what is wrong with them.
 *
 * @module
 */

import { checkCallable, namesFunction } from "../callable/mod.ts";
import type { Callable } from "../callable/callable.ts";
import { checkRuntime } from "../process/executables.ts";
import type { RuntimeName } from "../runtime/types.ts";
import { checkCount, checkOptions, show } from "../support/options.ts";
import type { NetworkOptions } from "./server/network.ts";

/** How a manager runs. */
export interface ManagerOptions extends NetworkOptions {
  /** The runtime that the server runs on (processes only). @default that of this process */
  runtime?: RuntimeName;
  /** How long (ms) `shutdown()` waits for each way to end the server. @default {1000} */
  shutdownTimeout?: number;
}

/**
 * How a manager's server begins.
 *
 * @typeParam InitArgs The types of the arguments of `initializer`.
 */
// deno-lint-ignore no-explicit-any
export interface ManagerStartOptions<InitArgs extends unknown[] = any[]> {
  /** Called in the server before anything else. */
  initializer?: Callable<InitArgs>;
  /** Its arguments. */
  initArgs?: [...InitArgs];
}

/**
 * How a manager's server begins whose `initializer` is known: it is given what it needs.
 *
 * @typeParam InitArgs The types of its arguments.
 */
export type ManagerStartOptionsFor<InitArgs extends unknown[]> =
  & ManagerStartOptions<InitArgs>
  & ([] extends InitArgs ? unknown : { initArgs: [...InitArgs] });

const MANAGER_OPTIONS = ["address", "authKey", "tls", "maxClients", "runtime", "shutdownTimeout"];
const START_OPTIONS = ["initializer", "initArgs"];

/**
 * Checks the options of a manager that are not about the network.
 *
 * @param options The options, as the user gave them.
 * @returns How long (ms) `shutdown()` waits.
 * @throws {TypeError} when one is of the wrong type, or there is none of the name.
 * @throws {RangeError} when `shutdownTimeout` is no time.
 */
export function checkManagerOptions(options: ManagerOptions): number {
  checkOptions("A manager", options, MANAGER_OPTIONS, "{ shutdownTimeout: 1000 }");
  if (options.runtime !== undefined) checkRuntime(options.runtime);
  return checkCount("shutdownTimeout", options.shutdownTimeout ?? 1_000, 0);
}

/**
 * Checks what `start()` is given.
 *
 * @param options The options, or the initializer alone.
 * @returns The options.
 * @throws {TypeError} when one is of the wrong type, or there is none of the name.
 */
export function checkStartOptions(
  options: ManagerStartOptions | Callable<[]>,
): ManagerStartOptions {
  const given = namesFunction(options) ? { initializer: options } : options;
  checkOptions("start()", given, START_OPTIONS, "{ initializer, initArgs: [1] }");
  checkCallable("initializer", given.initializer);
  if (given.initArgs !== undefined && !Array.isArray(given.initArgs)) {
    throw new TypeError(`"initArgs" must be an array, got ${show(given.initArgs)}`);
  }
  return given;
}

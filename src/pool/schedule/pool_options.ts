/**
 * The options of a pool, and what is wrong with them.
 *
 * @module
 */

import type { Callable } from "../../callable/mod.ts";
import { COMMON_OPTIONS, refuseLimits } from "../../process/options.ts";
import type { Permissions } from "../../runtime/permissions.ts";
import type { RuntimeName } from "../../runtime/types.ts";
import {
  checkArray,
  checkedElsewhere,
  checkTable,
  countFrom,
  type OptionTable,
} from "../../support/option_checks.ts";
import { show } from "../../support/options.ts";
import { checkRetries, type RetryPolicy } from "../jobs/retry.ts";
import type { LifeOptions } from "./worker_life.ts";

/**
 * How a pool is set up.
 *
 * @typeParam InitArgs The types of the arguments of `initializer`.
 */
// deno-lint-ignore no-explicit-any
export interface PoolOptions<InitArgs extends unknown[] = any[]> extends LifeOptions {
  /** How many workers at most, and from the start unless `minProcesses` says fewer. @default cpuCount() */
  processes?: number;
  /** A function that each worker calls once, before its first task. */
  initializer?: Callable<InitArgs>;
  /** The arguments of `initializer`. */
  initArgs?: [...InitArgs];
  /** The beginning of the workers' names. @default `PoolWorker` */
  name?: string;
  /** Whether workers are daemons, which may not have children. @default true */
  daemon?: boolean;
  /** The runtime that the workers run on (processes only). @default that of this process */
  runtime?: RuntimeName;
  /** Environment variables of the workers, on top of those of this process (processes only). */
  env?: Record<string, string>;
  /**
   * Flags of the runtime for the workers (processes only). On Deno they are added to those of this process; permissions among
   * them take the place of its permissions. On Node and Bun all take the place of all, as with `child_process.fork()`.
   * @default those of this process
   */
  execArgv?: string[];
  /**
   * What the workers may do; whatever is not named, not: never more than this program. A process needs `ffi` and `net`, and on Node
   * `env` and `sys` cannot be refused; a thread can be held to something on Deno only, with `--unstable-worker-options`. What
   * cannot be kept is refused: see `docs/permissions.md`. @default what this process may
   */
  permissions?: Permissions;
  /**
   * How long (ms) a task may run, each item of a map and each attempt for itself, from when it is begun. Then it fails with a
   * `TimeoutError`, and is ended as by `AsyncResult.cancel()`. The other items of its chunk fail with it, even those
   * that were done: `chunkSize: 1` keeps them apart. @default for ever
   */
  taskTimeout?: number;
  /** Which tasks are run again that fail, where a call says nothing else. @default 0 */
  retries?: number | RetryPolicy;
}

/**
 * How a pool is set up whose `initializer` is known: it is given what it needs.
 *
 * @typeParam InitArgs The types of its arguments.
 */
export type PoolOptionsFor<InitArgs extends unknown[]> =
  & PoolOptions<InitArgs>
  & ([] extends InitArgs ? unknown : { initArgs: [...InitArgs] });

const POOL_OPTIONS: OptionTable<PoolOptions> = {
  processes: countFrom(1),
  minProcesses: countFrom(0),
  initializer: checkedElsewhere,
  initArgs: checkArray,
  finalizer: checkedElsewhere,
  maxTasksPerChild: countFrom(1),
  maxMemoryPerChild: countFrom(1),
  taskTimeout: checkTaskTimeout,
  retries: checkRetries,
  ...COMMON_OPTIONS,
};

/**
 * Takes what a pool is created with.
 *
 * @param options How many workers, or how the pool is set up, as the user gave it.
 * @returns The options, a copy: each is what it has to be.
 * @throws {TypeError} when there is no such option, or it is of the wrong type.
 * @throws {RangeError} when a number is out of its range.
 * @throws {NotSupportedError} when an option is not offered.
 */
export function takePoolOptions(options: number | PoolOptions): PoolOptions {
  const given = typeof options === "object" ? options : { processes: options };
  checkTable("A pool", refuseLimits(given), POOL_OPTIONS, "{ processes: 2 }");
  return { ...given };
}

function checkTaskTimeout(name: string, value: unknown): void {
  // As in the options of a wait, what is not a number is of the wrong type.
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(`"${name}" must be a number of milliseconds, got ${show(value)}`);
  }
  if (value > 0) return;
  throw new RangeError(`"${name}" must be more than 0 milliseconds, got ${value}`);
}

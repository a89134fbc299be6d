/**
 * The options of a pool, and what is wrong with them.
 *
 * @module
 */

import type { Callable } from "../../callable/mod.ts";
import { checkNames, checkOwnOptions } from "../../process/options.ts";
import { runtime } from "../../runtime/current.ts";
import type { RuntimeName, StartMethod } from "../../runtime/types.ts";
import { checkCount, show } from "../../support/options.ts";
import { planRetries, type RetryPolicy } from "../jobs/retry.ts";
import type { LifeOptions } from "./worker_life.ts";

/** How a pool is set up. */
export interface PoolOptions extends LifeOptions {
  /** How many workers at most, and from the start unless `minProcesses` says fewer. @default cpuCount() */
  processes?: number;
  /** A function that each worker calls once, before its first task. */
  initializer?: Callable;
  /** The arguments of `initializer`. */
  initArgs?: unknown[];
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
   * How long (ms) a task may run, each item of a map and each attempt for itself, from when it is begun. Then it fails with a
   * `TimeoutError`, and is ended as by `AsyncResult.cancel()`. The other items of its chunk fail with it, even those
   * that were done: `chunkSize: 1` keeps them apart. @default for ever
   */
  taskTimeout?: number;
  /** Which tasks are run again that fail, where a call says nothing else. @default 0 */
  retries?: number | RetryPolicy;
}

const POOL_OPTIONS: readonly (keyof PoolOptions)[] = [
  "processes",
  "minProcesses",
  "initializer",
  "initArgs",
  "finalizer",
  "maxTasksPerChild",
  "maxMemoryPerChild",
  "taskTimeout",
  "retries",
  "name",
  "daemon",
  "runtime",
  "env",
  "execArgv",
];

/**
 * Takes what a pool is created with.
 *
 * @param options How many workers, or how the pool is set up, as the user gave it.
 * @returns The options: their names are checked, their values are not.
 * @throws {TypeError} when there is no such option.
 * @throws {NotSupportedError} when an option is not offered.
 */
export function takePoolOptions(options: number | PoolOptions): PoolOptions {
  if (typeof options !== "object") return { processes: options };
  checkNames("A pool", options, POOL_OPTIONS, "{ processes: 2 }");
  return { ...options };
}

/**
 * Checks the values of the options of a pool.
 *
 * @param options The options, as the user gave them.
 * @param method The start method of the workers.
 * @returns How many workers there are to be.
 */
export function checkPoolOptions(options: PoolOptions, method: StartMethod): number {
  const { processes, initArgs, name, daemon } = options;
  if (initArgs !== undefined && !Array.isArray(initArgs)) {
    throw new TypeError(`"initArgs" must be an array, got ${show(initArgs)}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`"name" must be a string, got ${show(name)}`);
  }
  if (daemon !== undefined && typeof daemon !== "boolean") {
    throw new TypeError(`"daemon" must be true or false, got ${show(daemon)}`);
  }
  if (options.taskTimeout !== undefined) checkTaskTimeout(options.taskTimeout);
  planRetries(options.retries);
  checkOwnOptions(options, method);
  return processes === undefined
    ? runtime.system.cpuCount()
    : checkCount("processes", processes, 1);
}

function checkTaskTimeout(timeout: unknown): void {
  // As in the options of a wait, what is not a number is of the wrong type.
  if (typeof timeout !== "number" || Number.isNaN(timeout)) {
    throw new TypeError(`"taskTimeout" must be a number of milliseconds, got ${show(timeout)}`);
  }
  if (!(timeout > 0)) {
    throw new RangeError(`"taskTimeout" must be more than 0 milliseconds, got ${timeout}`);
  }
}

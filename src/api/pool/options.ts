/**
 * The options of a pool and of its calls, and what is wrong with them.
 *
 * @module
 */

import type { Callable } from "../../callable/mod.ts";
import { checkCount, checkFunction, checkWaitOptions, show } from "../../internal/options.ts";
import { planRetries, type RetryPolicy } from "../../pool/retry.ts";
import type { JobSettings } from "../../pool/task.ts";
import { runtime } from "../../runtime/current.ts";
import type { RuntimeName, StartMethod } from "../../runtime/types.ts";
import type { Callbacks } from "./async_result.ts";
import { checkNames, checkOwnOptions } from "../process/options.ts";
import { checkProgress, type ProgressSettings } from "./progress.ts";
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
   * `TimeoutError`, and is ended as by {@linkcode AsyncResult.cancel}. The other items of its chunk fail with it, even those
   * that were done: `chunkSize: 1` keeps them apart. @default for ever
   */
  taskTimeout?: number;
  /** Which tasks are run again that fail, where a call says nothing else. @default 0 */
  retries?: number | RetryPolicy;
}

/** What all calls have in common. */
export interface CallOptions {
  /**
   * How long (ms) the call may take, from now on. Then it is rejected with a `TimeoutError`, and what it runs is ended as by
   * {@linkcode AsyncResult.cancel}; 0 or less: nothing is begun. @default for ever
   */
  timeout?: number;
  /** Ends the call in the same way when it is aborted: the call is rejected with its reason. */
  signal?: AbortSignal;
  /**
   * Which tasks are run again that fail. A number: how often a task is run again whose worker died; an error that the task
   * throws is never retried by that. For others there is a {@linkcode RetryPolicy}. A task whose arguments or
   * items move to the worker, as a `Connection` does, is run once. @default that of the pool
   */
  retries?: number | RetryPolicy;
  /** Higher ones run first, before what has not been begun; first come, first served where they are equal. @default 0 */
  priority?: number;
}

/** How one call is made. */
export interface ApplyOptions<R = unknown> extends CallOptions, Callbacks<R> {
  /** Named arguments, which arrive as one last argument. */
  kwargs?: Record<string, unknown>;
}

/**
 * How one call is made that has named arguments.
 *
 * @typeParam K What the function takes last.
 * @typeParam R What it gives.
 */
export interface NamedApplyOptions<K extends object, R = unknown>
  extends CallOptions, Callbacks<R> {
  /** Named arguments, which arrive as one last argument. */
  kwargs: K;
}

/** How a function is mapped over items. */
export interface MapOptions extends CallOptions, ProgressSettings {
  /** Items of a chunk, which one worker handles as one task. @default as many as take about 2 ms */
  chunkSize?: number;
  /** Whether the first failure drops the chunks that have not been started. @default true */
  failFast?: boolean;
  /**
   * How many items at most are read and have no result yet, or one that nobody has taken. It bounds what an endless or very
   * long input needs. Without it `map()` reads all items before the first one is sent, and `imap()` as far ahead
   * as keeps all workers busy. At least `chunkSize`.
   */
  maxInFlight?: number;
}

/** How a function is mapped over items in the background. */
export interface MapAsyncOptions<R = unknown> extends MapOptions, Callbacks<R[]> {}

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
const CALL_OPTIONS = ["timeout", "signal", "retries", "priority"];
const CALLBACKS = ["callback", "errorCallback"];
const APPLY_OPTIONS: ReadonlySet<string> = new Set(["kwargs", ...CALL_OPTIONS, ...CALLBACKS]);
const IMAP_OPTIONS: ReadonlySet<string> = new Set([
  "chunkSize",
  "failFast",
  "maxInFlight",
  "progress",
  "onProgress",
  ...CALL_OPTIONS,
]);
const MAP_OPTIONS: ReadonlySet<string> = new Set([...IMAP_OPTIONS, ...CALLBACKS]);

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
  return processes === undefined ? runtime.cpuCount() : checkCount("processes", processes, 1);
}

/** Checks the options of one call. */
export function checkApplyOptions<R>(options: ApplyOptions<R> | undefined): void {
  if (options === undefined) return;
  checkKeys("apply()", options, APPLY_OPTIONS, "{ timeout: 1000 }");
  checkCallOptions(options);
  checkFunction("callback", options.callback);
  checkFunction("errorCallback", options.errorCallback);
  checkNamed(options.kwargs);
}

/**
 * What is special about a call.
 *
 * @param options The options of the call, which were checked.
 * @param ofPool What is special about all calls of the pool.
 * @returns The settings of its job.
 */
export function jobSettings(options: CallOptions | undefined, ofPool: JobSettings): JobSettings {
  if (options?.priority === undefined && options?.retries === undefined) return ofPool;
  const { priority = 0, retries } = options;
  return { priority, retry: retries === undefined ? ofPool.retry : planRetries(retries) };
}

function checkCallOptions(options: CallOptions): void {
  checkWaitOptions(options);
  planRetries(options.retries);
  const { priority } = options;
  if (priority === undefined) return;
  if (typeof priority !== "number") {
    throw new TypeError(`"priority" must be a number, got ${show(priority)}`);
  }
  if (!Number.isFinite(priority)) {
    throw new RangeError(`"priority" must be finite, got ${priority}`);
  }
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

function checkKeys(
  what: string,
  options: unknown,
  known: ReadonlySet<string>,
  example: string,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${what} needs options like ${example}, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw new TypeError(`${what} has no option "${key}"`);
  }
}

function checkNamed(kwargs: unknown): void {
  if (kwargs === undefined) return;
  if (typeof kwargs === "object" && kwargs !== null && !Array.isArray(kwargs)) return;
  throw new TypeError(`"kwargs" must be an object, got ${show(kwargs)}`);
}

/** Checks the options of a map. */
export function checkMapOptions<R>(options: MapAsyncOptions<R> | undefined): void {
  if (options === undefined) return;
  checkKeys("map()", options, MAP_OPTIONS, "{ chunkSize: 1 }");
  checkItemOptions(options);
  checkFunction("callback", options.callback);
  checkFunction("errorCallback", options.errorCallback);
}

/** Checks the options of a stream. */
export function checkImapOptions(options: MapOptions | undefined): void {
  if (options === undefined) return;
  checkKeys("imap()", options, IMAP_OPTIONS, "{ chunkSize: 1 }");
  checkItemOptions(options);
}

function checkItemOptions(options: MapOptions): void {
  const { chunkSize, maxInFlight, failFast } = options;
  checkCallOptions(options);
  checkProgress(options);
  if (chunkSize !== undefined) checkCount("chunkSize", chunkSize, 1);
  if (maxInFlight !== undefined) checkCount("maxInFlight", maxInFlight, chunkSize ?? 1);
  if (failFast !== undefined && typeof failFast !== "boolean") {
    throw new TypeError(`"failFast" must be true or false, got ${show(failFast)}`);
  }
}

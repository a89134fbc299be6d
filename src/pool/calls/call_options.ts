/**
 * The options of a pool's calls, and what is wrong with them.
 *
 * @module
 */

import { checkCount, checkFunction, checkWaitOptions, show } from "../../support/options.ts";
import { planRetries, type RetryPolicy } from "../jobs/retry.ts";
import type { JobSettings } from "../jobs/task.ts";
import type { Callbacks } from "./async_result.ts";
import { checkProgress, type ProgressSettings } from "./progress.ts";

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

/**
 * The options of a pool's calls, and what is wrong with them.
 *
 * @module
 */

import {
  checkBoolean,
  checkedElsewhere,
  checkRecord,
  checkTable,
  countFrom,
  type OptionTable,
} from "../../support/option_checks.ts";
import {
  checkCount,
  checkFunction,
  checkSignal,
  checkTimeout,
  show,
} from "../../support/options.ts";
import { checkRetries, planRetries, type RetryPolicy } from "../jobs/retry.ts";
import type { JobSettings } from "../jobs/task.ts";
import type { Callbacks } from "./async_result.ts";
import { checkProgress } from "../../progress/options.ts";
import type { ProgressSettings } from "../../progress/state.ts";

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
export interface ApplyOptions<R = unknown> extends CallOptions, ProgressSettings, Callbacks<R> {
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
  extends CallOptions, ProgressSettings, Callbacks<R> {
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

const CALL_OPTIONS: OptionTable<CallOptions> = {
  timeout: checkTimeout,
  signal: checkSignal,
  retries: checkRetries,
  priority: checkPriority,
};

/** Whom to tell. */
export const CALLBACKS: OptionTable<Callbacks<unknown>> = {
  callback: checkFunction,
  errorCallback: checkFunction,
};

const PROGRESS_OPTIONS: OptionTable<ProgressSettings> = {
  progress: checkProgress,
  onProgress: checkFunction,
};

const APPLY_OPTIONS: OptionTable<ApplyOptions> = {
  kwargs: checkRecord,
  ...PROGRESS_OPTIONS,
  ...CALL_OPTIONS,
  ...CALLBACKS,
};

const IMAP_OPTIONS: OptionTable<MapOptions> = {
  chunkSize: countFrom(1),
  failFast: checkBoolean,
  maxInFlight: checkedElsewhere,
  ...PROGRESS_OPTIONS,
  ...CALL_OPTIONS,
};

const MAP_OPTIONS: OptionTable<MapAsyncOptions> = { ...IMAP_OPTIONS, ...CALLBACKS };

/** Checks the options of one call. */
export function checkApplyOptions<R>(options: ApplyOptions<R> | undefined): void {
  if (options === undefined) return;
  checkTable("apply()", options as ApplyOptions, APPLY_OPTIONS, "{ timeout: 1000 }");
}

/** Checks the options of a map. */
export function checkMapOptions<R>(options: MapAsyncOptions<R> | undefined): void {
  checkTable("map()", options as MapAsyncOptions, MAP_OPTIONS, "{ chunkSize: 1 }");
  checkWindow(options);
}

/** Checks the options of a stream. */
export function checkImapOptions(options: MapOptions | undefined): void {
  checkTable("imap()", options, IMAP_OPTIONS, "{ chunkSize: 1 }");
  checkWindow(options);
}

/** There must be room for at least one chunk. */
function checkWindow(options: MapOptions | undefined): void {
  const { maxInFlight, chunkSize = 1 } = options ?? {};
  if (maxInFlight !== undefined) checkCount("maxInFlight", maxInFlight, chunkSize);
}

function checkPriority(name: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`"${name}" must be a number, got ${show(value)}`);
  }
  if (!Number.isFinite(value)) throw new RangeError(`"${name}" must be finite, got ${value}`);
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

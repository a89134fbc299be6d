/**
 * The options of a pool and of its calls, and what is wrong with them.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { checkCount, checkFunction, show } from "../internal/options.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import type { Callbacks } from "./async_result.ts";
import { checkRuntime } from "./executables.ts";
import { checkCapabilities } from "./process.ts";
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
  /** Flags of the runtime for the workers (processes only). @default those of this process */
  execArgv?: string[];
}

/** How one call is made. */
export interface ApplyOptions<R = unknown> extends Callbacks<R> {
  /** Named arguments, which arrive as one last argument. */
  kwargs?: Record<string, unknown>;
}

/** How a function is mapped over items. */
export interface MapOptions {
  /** Items of a chunk, which one worker handles as one task. @default as many as take about 2 ms */
  chunkSize?: number;
  /** Whether the first failure drops the chunks that have not been started. @default true */
  failFast?: boolean;
}

/** How a function is mapped over items in the background. */
export interface MapAsyncOptions<R = unknown> extends MapOptions, Callbacks<R[]> {}

const MAP_OPTIONS: ReadonlySet<string> = new Set([
  "chunkSize",
  "failFast",
  "callback",
  "errorCallback",
]);

/**
 * Checks the options of a pool.
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
  if (options.runtime !== undefined) checkRuntime(options.runtime);
  checkCapabilities(options, method);
  return processes === undefined ? runtime.cpuCount() : checkCount("processes", processes, 1);
}

/** Checks the options of one call. */
export function checkApplyOptions<R>(options: ApplyOptions<R> | undefined): void {
  checkFunction("callback", options?.callback);
  checkFunction("errorCallback", options?.errorCallback);
  checkNamed(options?.kwargs);
}

function checkNamed(kwargs: unknown): void {
  if (kwargs === undefined || (typeof kwargs === "object" && kwargs !== null)) return;
  throw new TypeError(`"kwargs" must be an object, got ${show(kwargs)}`);
}

/** Checks the options of a map. */
export function checkMapOptions<R>(options: MapAsyncOptions<R> | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`map() needs options like { chunkSize: 1 }, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.has(key)) throw new TypeError(`map() has no option "${key}"`);
  }
  if (options.chunkSize !== undefined) checkCount("chunkSize", options.chunkSize, 1);
  checkFunction("callback", options.callback);
  checkFunction("errorCallback", options.errorCallback);
}

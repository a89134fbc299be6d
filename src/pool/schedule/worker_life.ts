/**
 * What the options of a pool say about the lives of its workers.
 *
 * @module
 */

import type { Callable } from "../../callable/mod.ts";
import { NotSupportedError } from "../../errors.ts";
import { runtime } from "../../runtime/current.ts";
import type { StartMethod } from "../../runtime/types.ts";

/** How long the workers of a pool live. */
export interface LifeOptions {
  /**
   * How many workers are kept when there is nothing to do. The others are started when calls wait, and end after some
   * seconds without work. @default `processes`: all of them, from the start
   */
  minProcesses?: number;
  /** How many tasks a worker runs before it is replaced; a chunk of a map is one task. @default no limit */
  maxTasksPerChild?: number;
  /**
   * The resident memory in bytes above which a worker is replaced (processes on Linux only). Its task may finish, but one
   * that goes on for more than two seconds with its worker above the limit is ended with it. @default no limit
   */
  maxMemoryPerChild?: number;
  /**
   * A function that each worker calls before it ends, if it ends in peace: not when it is terminated or lost. A worker that
   * has not ended 5 seconds later is killed.
   */
  finalizer?: Callable<[]>;
}

/** The lives of the workers of one pool, checked. */
export interface Life {
  /** How many workers there are at least while the pool is idle. */
  readonly least: number;
  /** How many there are at most. */
  readonly most: number;
  /** How many tasks a worker may run. */
  readonly tasks: number;
  /** How many bytes a worker may have; `null` for any number. */
  readonly memory: number | null;
}

/**
 * Plans the lives of the workers of a pool.
 *
 * @param options The options of the pool, which were checked one by one.
 * @param processes How many workers there are at most.
 * @param method The start method of the workers.
 * @returns The lives.
 * @throws {RangeError} when `minProcesses` is larger than `processes`.
 * @throws {NotSupportedError} when the memory of a worker cannot be told.
 */
export function planLife(options: LifeOptions, processes: number, method: StartMethod): Life {
  const { minProcesses = processes, maxTasksPerChild, maxMemoryPerChild = null } = options;
  if (minProcesses > processes) {
    throw new RangeError(
      `"minProcesses" must be at most "processes", which is ${processes}, got ${minProcesses}`,
    );
  }
  if (maxMemoryPerChild !== null && !runtime.capabilities(method).ownMemory) {
    throw noMemoryOf(method);
  }
  const tasks = maxTasksPerChild ?? Infinity;
  return { least: minProcesses, most: processes, tasks, memory: maxMemoryPerChild };
}

function noMemoryOf(method: StartMethod): NotSupportedError {
  return new NotSupportedError(
    method === "thread"
      ? 'A thread shares its memory with its process: use getContext("process") for "maxMemoryPerChild"'
      : '"maxMemoryPerChild" reads the memory of a process from /proc: it needs Linux, and on Deno --allow-all',
  );
}

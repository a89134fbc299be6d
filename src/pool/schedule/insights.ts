/**
 * What a pool tells of its workers and its tasks.
 *
 * @module
 */

import type { Percentiles } from "./histogram.ts";

/** One worker of a pool, from its start to now. All times are in milliseconds. */
export interface WorkerInsights {
  /** Its name. */
  readonly name: string;
  /** The process id; of a thread, that of its process. */
  readonly pid: number;
  /** How many tasks it has done, whether they failed or not; a chunk of a map is one task. */
  readonly tasks: number;
  /** How long it took until it had loaded. */
  readonly startMs: number;
  /** How long it took from then until its `initializer` was done. */
  readonly initMs: number;
  /** How long its tasks had waited, all together. */
  readonly waitMs: number;
  /** How long its tasks ran, all together. */
  readonly runMs: number;
  /** How long it had nothing to do since it was ready. */
  readonly idleMs: number;
  /** How many bytes it was sent. */
  readonly bytesIn: number;
  /** How many bytes it sent. */
  readonly bytesOut: number;
}

/** What a pool has done and is doing. */
export interface PoolStats {
  /** How many workers there are. */
  readonly processes: number;
  /** How many workers have a task. */
  readonly running: number;
  /** How many calls wait for a worker. */
  readonly queued: number;
  /** How many calls gave a result. */
  readonly done: number;
  /** How many calls failed. */
  readonly failed: number;
  /** How many calls ended with their worker. */
  readonly lost: number;
  /** How many calls were repeated. */
  readonly retried: number;
  /** How long calls waited until they ran, in milliseconds. */
  readonly waitMs: Percentiles;
  /** How long calls ran, in milliseconds. */
  readonly runMs: Percentiles;
}

/** A task that took long. */
export interface SlowTask {
  /** The function's name. */
  readonly fn: string;
  /** Its arguments, cut short; of a chunk of a map, its items. */
  readonly args: string;
  /** How many calls it was: of a chunk of a map, one for each item. */
  readonly calls: number;
  /** The worker's name. */
  readonly worker: string;
  /** How long it waited until it ran, in milliseconds. */
  readonly waitMs: number;
  /** How long it ran, in milliseconds. */
  readonly runMs: number;
}

/** What a pool tells of its workers and its tasks. */
export interface PoolInsights {
  /** The workers that there are now. */
  readonly workers: readonly WorkerInsights[];
  /** The five tasks that ran longest, the slowest first, whichever worker did them. */
  readonly slowest: readonly SlowTask[];
  /** How long calls waited until they ran, in milliseconds. */
  readonly waitMs: Percentiles;
  /** How long calls ran, in milliseconds. */
  readonly runMs: Percentiles;
}

/**
 * The pools that this process has created, for those who watch them.
 *
 * @module
 */

import type { StartMethod } from "../runtime/types.ts";
import { LiveSet } from "../support/live_set.ts";
import type { PoolInsights, PoolStats } from "./schedule/insights.ts";
import type { RunningTask, WorkerState } from "./schedule/observation.ts";

/** A pool, as those see it who watch it. */
export interface WatchedPool {
  /** Its number among the pools of this process, as events tell it. */
  readonly number: number;
  /** The start method of its workers. */
  readonly method: StartMethod;
  /** Whether it was terminated, or is broken. */
  readonly isOver: boolean;
  /** Whether it takes no calls any more. */
  readonly isClosed: boolean;
  /** What it has done and is doing. */
  readonly stats: PoolStats;
  /** How the workers spend their time. */
  readonly insights: PoolInsights;
  /** The task that each worker is at; idle ones are left out. */
  readonly running: readonly RunningTask[];
  /** Where the workers stand, by their names. */
  readonly states: ReadonlyMap<string, WorkerState>;
  /**
   * Replaces one worker by a fresh one, as soon as it has done what it has begun.
   *
   * @param name The worker's name.
   * @returns Whether there is one of that name.
   */
  retireWorker(name: string): boolean;
  /**
   * Cancels a call or a map.
   *
   * @param job Its number, as events tell it.
   * @returns Whether there is one that is not over.
   */
  cancelJob(job: number): boolean;
}

/** The pools of this process, in the order in which they were created. */
export const livePools: LiveSet<WatchedPool> = new LiveSet();

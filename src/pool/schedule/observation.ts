/**
 * What those who watch a pool may see of its work, and which of it they may point at.
 *
 * @module
 */

import type { Job } from "../jobs/task.ts";
import { Request } from "../protocol/records.ts";
import type { PoolInsights, PoolStats } from "./insights.ts";
import type { Statistics } from "./statistics.ts";
import type { WorkQueue } from "./work_queue.ts";
import type { PoolWorker } from "./worker.ts";

/** The task that a worker is at. */
export interface RunningTask {
  /** The worker's name. */
  readonly worker: string;
  /** The worker's process id; of a thread, that of its process. */
  readonly pid: number;
  /** The function's name. */
  readonly fn: string;
  /** How many calls it is. */
  readonly calls: number;
  /** The number of the call or map in its pool. */
  readonly job: number;
  /** The number of the task in its pool. */
  readonly task: number;
  /** Whether it is one call, not items of a map. */
  readonly isCall: boolean;
  /** The position of its first item. */
  readonly first: number;
  /** Which attempt it is, from 1 on. */
  readonly attempt: number;
  /** When it was asked for (ms), by `performance.now()`. */
  readonly since: number;
  /** How long it has been running (ms), as far as this process knows. */
  readonly ageMs: number;
}

/** Where a worker stands: it loads, has nothing to do, has a task, or goes when it has done what it has begun. */
export type WorkerState = "starting" | "idle" | "busy" | "leaving";

/** What there is to look at; all of it is of the same pool. */
export interface ObservationParts {
  readonly workers: readonly PoolWorker[];
  /** What no worker has. */
  readonly queue: WorkQueue;
  readonly statistics: Statistics;
}

/** A look at one pool. */
export class Observation {
  readonly #workers: readonly PoolWorker[];
  readonly #queue: WorkQueue;
  readonly #statistics: Statistics;

  /** @param parts What there is to look at. */
  constructor({ workers, queue, statistics }: ObservationParts) {
    this.#workers = workers;
    this.#queue = queue;
    this.#statistics = statistics;
  }

  /** What the pool has done and is doing. */
  get stats(): PoolStats {
    return this.#statistics.stats(this.#workers, this.#queue.calls);
  }

  /** How the workers spend their time. */
  get insights(): PoolInsights {
    return this.#statistics.insights(this.#workers);
  }

  /** The task that each worker is at; idle ones are left out. */
  get running(): RunningTask[] {
    const now = performance.now();
    return this.#workers.flatMap((worker) => {
      const { name, pid, lane, ready, turnedAt } = worker;
      const running = ready ? lane.running : null;
      if (running === null) return [];
      const { job, kind, calls, id, first, attempt, since } = running;
      const of = { worker: name, pid, fn: job.fn.name, job: job.number, task: id };
      const ageMs = Math.max(0, now - turnedAt);
      return [{ ...of, calls, isCall: kind === Request.call, first, attempt, since, ageMs }];
    });
  }

  /** Where the workers stand, by their names. */
  get states(): Map<string, WorkerState> {
    return new Map(this.#workers.map((worker) => [worker.name, stateOf(worker)]));
  }

  /** A worker by its name. */
  worker(name: string): PoolWorker | null {
    return this.#workers.find((worker) => worker.name === name) ?? null;
  }

  /** A call or map by its number, which is not over. */
  job(number: number): Job | null {
    const jobs = new Set<Job>();
    for (const { lane } of this.#workers) for (const { job } of lane.begun) jobs.add(job);
    this.#queue.look((task) => jobs.add(task.job), (job) => jobs.add(job));
    for (const job of jobs) if (!job.isOver && job.number === number) return job;
    return null;
  }
}

function stateOf({ ready, leaving, quota, lane }: PoolWorker): WorkerState {
  if (leaving || quota === 0) return "leaving";
  if (!ready && lane.answered === 0) return "starting";
  return lane.load === 0 ? "idle" : "busy";
}

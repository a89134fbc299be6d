/**
 * What a pool has done: counted as it happens, told when somebody asks.
 *
 * @module
 */

import { freezeRecord } from "../../support/freeze.ts";
import type { Task } from "../jobs/task.ts";
import { Histogram } from "./histogram.ts";
import type { PoolInsights, PoolStats, SlowTask } from "./insights.ts";
import { Slowest } from "./slowest.ts";
import type { PoolWorker } from "./worker.ts";

/** The shortest time (ms) that a call is taken to run: the clocks of some runtimes stand still for longer. */
const SHORTEST_CALL = 0.0001;

/** The statistics of one pool. */
export class Statistics {
  /** How many calls gave a result, failed, ended with their worker, and were repeated. */
  done = 0;
  failed = 0;
  lost = 0;
  retried = 0;
  readonly #waitMs = new Histogram();
  readonly #runMs = new Histogram();
  readonly #slowest = new Slowest<SlowTask>();

  /**
   * Takes note that a task ran: its calls, its worker's times, and what its function is expected to take from now on.
   *
   * @param worker The worker, whose answer is being handled.
   * @param task The task.
   * @param runMs How long it ran (ms).
   * @param now The time (ms).
   * @returns How long it waited (ms) until it ran.
   */
  ran(worker: PoolWorker, task: Task, runMs: number, now: number): number {
    const { calls, job: { fn } } = task;
    const callTime = Math.max(runMs / calls, SHORTEST_CALL);
    fn.callTime = fn.callTime === 0 ? callTime : (fn.callTime * 3 + callTime) / 4;
    this.#runMs.add(callTime, calls);
    const waitMs = Math.max(0, now - task.since - runMs);
    this.#waitMs.add(waitMs, calls);
    worker.runMs += runMs;
    worker.ranAt(now - runMs);
    worker.waitMs += waitMs;
    if (runMs > this.#slowest.least) this.#addSlow(worker, task, waitMs, runMs);
    return waitMs;
  }

  /**
   * The counts.
   *
   * @param workers The workers there are.
   * @param waiting How many calls no worker has.
   * @returns A frozen copy.
   */
  stats(workers: readonly PoolWorker[], waiting: number): PoolStats {
    let running = 0;
    let ahead = 0;
    for (const { lane: { load } } of workers) {
      if (load === 0) continue;
      running++;
      ahead += load - 1;
    }
    return freezeRecord({
      processes: workers.length,
      running,
      queued: ahead + waiting,
      done: this.done,
      failed: this.failed,
      lost: this.lost,
      retried: this.retried,
      waitMs: this.#waitMs.percentiles,
      runMs: this.#runMs.percentiles,
    });
  }

  /**
   * The report.
   *
   * @param workers The workers there are.
   * @returns A frozen copy.
   */
  insights(workers: readonly PoolWorker[]): PoolInsights {
    return freezeRecord({
      workers: [...workers].map((worker) => worker.insights),
      slowest: this.#slowest.all,
      waitMs: this.#waitMs.percentiles,
      runMs: this.#runMs.percentiles,
    });
  }

  #addSlow(worker: PoolWorker, { job, calls }: Task, waitMs: number, runMs: number): void {
    const args = worker.lane.argumentText ?? "…";
    const slow = { fn: job.fn.name, args, calls, worker: worker.name, waitMs, runMs };
    this.#slowest.add(runMs, slow);
  }
}

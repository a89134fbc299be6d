/**
 * Watches the memory of a pool's workers: from outside, so that it is seen in the middle of a long task, too.
 *
 * The timer runs only while there are tasks. Between two of its looks a worker is looked at when it has answered, which
 * is when a short task's memory is seen.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import { runtime } from "../../runtime/current.ts";
import type { PoolWorker } from "./worker.ts";

/** How often (ms) to look while there are tasks. */
const INTERVAL = 250;
/** A worker is not looked at twice within this time (ms). */
const TOO_SOON = 10;
/** How long (ms) a task may go on while its worker has too much memory. */
const GRACE = 2_000;

/** The watch over one pool. */
export class MemoryWatch {
  readonly #limit: number;
  readonly #workers: readonly PoolWorker[];
  readonly #retire: (worker: PoolWorker) => void;
  readonly #excesses = new WeakMap<PoolWorker, number>();
  #timer: Timer | null = null;

  /**
   * @param limit How many bytes a worker may have.
   * @param workers The workers.
   * @param retire Called with a worker that has more: it has to go as soon as it has no task.
   */
  constructor(
    limit: number,
    workers: readonly PoolWorker[],
    retire: (worker: PoolWorker) => void,
  ) {
    this.#limit = limit;
    this.#workers = workers;
    this.#retire = retire;
  }

  /** Says that there are tasks. */
  expect(): void {
    if (this.#timer !== null) return;
    this.#timer = unrefTimer(setInterval(() => this.#look(), INTERVAL));
  }

  /**
   * Looks at a worker that has answered.
   *
   * @param worker The worker.
   * @param now The time (ms).
   */
  answered(worker: PoolWorker, now: number): void {
    if (now - worker.measuredAt >= TOO_SOON) this.#measure(worker, now);
  }

  /** Ends the watch. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const now = performance.now();
    let isBusy = false;
    for (const worker of this.#workers) {
      if (worker.lane.load > 0) isBusy = true;
      if (worker.ready) this.#measure(worker, now);
    }
    if (!isBusy) this.stop();
  }

  #measure(worker: PoolWorker, now: number): void {
    worker.measuredAt = now;
    const bytes = runtime.system.residentBytes(worker.pid);
    if (bytes === null || bytes <= this.#limit) return void this.#excesses.delete(worker);
    const since = this.#excesses.get(worker);
    if (since === undefined) {
      this.#excesses.set(worker, now);
      this.#retire(worker);
    } else if (now - since > GRACE && worker.lane.load > 0 && !worker.leaving) {
      worker.excess = { bytes, limit: this.#limit };
      worker.end("SIGKILL");
    }
  }
}

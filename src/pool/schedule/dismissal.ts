/**
 * Telling workers to finish. A worker hears of it through its lane, as of its tasks; where that has no room it is told later.
 *
 * @module
 */

import type { PoolWorker } from "./worker.ts";

/** Tells the workers of one pool to finish. */
export class Dismissal {
  readonly #workers: readonly PoolWorker[];
  /** Whether a worker could not be told, for want of room. */
  isPending = false;

  /** @param workers The workers. */
  constructor(workers: readonly PoolWorker[]) {
    this.#workers = workers;
  }

  /** Tells a worker, if it has to go and has no task. */
  dismiss(worker: PoolWorker): void {
    if (worker.isDone && !worker.stop()) this.isPending = true;
  }

  /** Tells those that could not be told. */
  retry(): void {
    this.isPending = false;
    for (const worker of this.#workers) this.dismiss(worker);
  }

  /** Tells all; none of them has a task, and one that has not loaded yet finds out by itself. */
  dismissAll(): void {
    this.isPending = false;
    for (const worker of this.#workers) {
      if (!worker.ready) worker.awaitEnd();
      else if (!worker.stop()) this.isPending = true;
    }
  }
}

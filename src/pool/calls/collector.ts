/**
 * The results of a map whose items are read as they are needed.
 *
 * @module
 */

import type { Outcome } from "../jobs/task.ts";
import type { StreamJob, Taker } from "../jobs/stream_job.ts";

/** Takes the results of a stream as they come, and puts each where it belongs. */
export class Collector implements Taker {
  readonly #outcome: Outcome;
  readonly #failFast: boolean;
  readonly #results: unknown[] = [];
  #failure: { error: unknown } | null = null;
  #isOver = false;
  /** The stream. */
  job: StreamJob | null = null;
  readonly #quit: (job: StreamJob) => void;

  /**
   * @param outcome Whom to tell.
   * @param failFast Whether the first failure is the end.
   * @param quit Ends the stream.
   */
  constructor(outcome: Outcome, failFast: boolean, quit: (job: StreamJob) => void) {
    this.#quit = quit;
    this.#outcome = outcome;
    this.#failFast = failFast;
  }

  /** Takes what there is. */
  take(): void {
    while (!this.#isOver && this.job?.take(this));
  }

  resolve(value: unknown, index: number): void {
    this.#results[index] = value;
  }

  reject(error: unknown, index: number): void {
    this.#failure ??= { error };
    if (!this.#failFast && index >= 0) return;
    this.#isOver = true;
    this.#quit(this.job!);
    this.#outcome.reject(error);
  }

  end(): void {
    this.#isOver = true;
    if (this.#failure !== null) this.#outcome.reject(this.#failure.error);
    else this.#outcome.resolve(this.#results);
  }
}

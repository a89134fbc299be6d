/**
 * Puts of this party that wait for room. They go on when the queue is closed here, and keep the program from ending.
 *
 * @module
 */

import { finishBeforeEnd } from "../event_loop/unfinished.ts";

/** The puts that wait at one queue. */
export class PendingPuts {
  /** Each with what lets the program end before it. */
  readonly #puts = new Map<Promise<void>, () => void>();
  /** Whether the program may end while there are any. */
  mayEnd = false;

  /** Adds one, until it has come to its end. */
  add(put: Promise<void>): void {
    const letEnd = finishBeforeEnd(put, "item(s) that wait for room in a queue");
    this.#puts.set(put, letEnd);
    if (this.mayEnd) letEnd();
    const forget = () => void this.#puts.delete(put);
    put.then(forget, forget);
  }

  /** Resolves when all have come to their end, unless the program may end before. */
  async settled(): Promise<void> {
    if (!this.mayEnd) await Promise.allSettled([...this.#puts.keys()]);
  }

  /** Lets the program end while there are any. */
  letEnd(): void {
    this.mayEnd = true;
    for (const letEnd of this.#puts.values()) letEnd();
  }
}

/**
 * The times of a trace: whole microseconds from its start, so that what is compared is exact, for those who read it, too.
 *
 * @module
 */

/** Tells times of `performance.now()` as times of a trace. */
export class Clock {
  readonly #start: number;

  /** @param start When the trace was started (ms). */
  constructor(start: number) {
    this.#start = start;
  }

  /** Microseconds from the start to a time (ms); 0 for what was before it. */
  at(ms: number): number {
    return Math.max(0, microseconds(ms - this.#start));
  }
}

/** A length (ms) in whole microseconds. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

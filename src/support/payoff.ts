/**
 * Whether a way of waiting pays: it is given up where it was in vain lately.
 *
 * @module
 */

/** Learns whether a way of waiting pays, and tries it from time to time where it did not. */
export class Payoff {
  readonly #pause: number;
  #credit = 8;
  #refusals = 0;

  /** @param pause How often it is given up before it is tried again. */
  constructor(pause: number) {
    this.#pause = pause;
  }

  /** Whether to try. */
  isWorthIt(): boolean {
    return this.#credit > 0 || ++this.#refusals % this.#pause === 0;
  }

  /** Whether it did not pay lately: the next try is one to see whether it does now. */
  get isProbing(): boolean {
    return this.#credit === 0;
  }

  /** Takes note of a try; returns its argument. */
  paid(success: boolean): boolean {
    this.#credit = success ? Math.min(8, this.#credit + 2) : Math.max(0, this.#credit - 1);
    return success;
  }
}

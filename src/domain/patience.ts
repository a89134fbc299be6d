/**
 * Whether a way of waiting pays: it is given up where it was in vain lately.
 *
 * @module
 */

/** Learns whether a way of waiting pays, and tries it from time to time where it did not. */
export class Patience {
  #credit = 8;
  #refusals = 0;

  /** Whether to try. */
  isWorthIt(): boolean {
    return this.#credit > 0 || ++this.#refusals % 16 === 0;
  }

  /** Takes note of a try; returns its argument. */
  paid(success: boolean): boolean {
    this.#credit = success ? Math.min(8, this.#credit + 2) : Math.max(0, this.#credit - 1);
    return success;
  }
}

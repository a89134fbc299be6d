/**
 * Doorbells between threads: each has a word that it waits on.
 *
 * The wait is bound to no event loop: what has to keep the loop alive meanwhile is the waker's business.
 *
 * @module
 */

import type { Bell } from "./bell.ts";
import type { PartyTable } from "./party_table.ts";

/** {@linkcode Bell} over `Atomics.waitAsync`. */
export class FutexBell implements Bell {
  readonly #parties: PartyTable;
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #onRing: () => void;
  #waiting = false;

  /**
   * @param parties The table that holds the words.
   * @param self The party that hears this bell.
   * @param onRing Called for a ring.
   */
  constructor(parties: PartyTable, self: number, onRing: () => void) {
    this.#parties = parties;
    ({ words: this.#words, index: this.#index } = parties.bell(self));
    this.#onRing = onRing;
  }

  ring(party: number): void {
    const { words, index } = this.#parties.bell(party);
    Atomics.add(words, index, 1);
    Atomics.notify(words, index);
  }

  sent(): Promise<void> {
    return Promise.resolve();
  }

  listen(): void {
    if (this.#waiting) return;
    const rings = Atomics.load(this.#words, this.#index);
    const result = Atomics.waitAsync(this.#words, this.#index, rings);
    this.#waiting = true;
    Promise.resolve(result.value).then(() => {
      this.#waiting = false;
      this.#onRing();
    });
  }

  watch(): void {
    // A thread's end is told by its creator, and none outlives its creator.
  }

  close(): void {
    // The word belongs to the table.
  }
}

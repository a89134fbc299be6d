/**
 * The slowest of many, in constant memory.
 *
 * @module
 */

/** How many are kept. */
const KEPT = 5;

/** Keeps what took longest. */
export class Slowest<T> {
  /** What takes no longer than this (ms) is not among the slowest. */
  least = -1;
  readonly #entries: { readonly ms: number; readonly what: T }[] = [];

  /** The slowest, the slowest of all first. */
  get all(): T[] {
    return this.#entries.map(({ what }) => what);
  }

  /**
   * Adds what is among the slowest: see {@linkcode least}.
   *
   * @param ms How long it took (ms).
   * @param what What it was.
   */
  add(ms: number, what: T): void {
    const place = this.#entries.findIndex((entry) => entry.ms < ms);
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, { ms, what });
    if (this.#entries.length > KEPT) this.#entries.pop();
    if (this.#entries.length === KEPT) this.least = this.#entries[KEPT - 1].ms;
  }
}

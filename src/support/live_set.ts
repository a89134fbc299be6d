/**
 * What was made and is still in use, for those who want to look at it.
 *
 * @module
 */

/** How many may be forgotten before they are looked through. */
const LEAST = 64;

/** Values that are not kept alive by being known here. */
export class LiveSet<T extends object> implements Iterable<[number: number, value: T]> {
  readonly #values = new Map<number, WeakRef<T>>();
  #latest = 0;
  /** With so many it is time to look for those that are gone. */
  #crowd = LEAST;

  /**
   * Adds a value that was just made.
   *
   * @param value The value.
   */
  add(value: T): void {
    if (this.#values.size >= this.#crowd) this.#tidy();
    this.#values.set(++this.#latest, new WeakRef(value));
  }

  /** Those that are still there, in the order in which they were made, each with its number, from 1 on. */
  *[Symbol.iterator](): IterableIterator<[number: number, value: T]> {
    for (const [number, reference] of this.#values) {
      const value = reference.deref();
      if (value === undefined) this.#values.delete(number);
      else yield [number, value];
    }
  }

  /** Looked through each time when it has doubled, adding stays cheap. */
  #tidy(): void {
    for (const [number, reference] of this.#values) {
      if (reference.deref() === undefined) this.#values.delete(number);
    }
    this.#crowd = Math.max(LEAST, this.#values.size * 2);
  }
}

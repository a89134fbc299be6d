/**
 * A `Map` that forgets its oldest entries beyond a fixed size: for caches whose keys come from the
 * user's program.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class BoundedMap<K, V> {
  #entries = new Map<K, V>();
  #capacity: number;

  /**
   * Creates an empty map.
   *
   * @param capacity The greatest number of entries.
   */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Looks a key up.
   *
   * @param key The key.
   * @returns Its value, or `undefined`.
   */
  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /**
   * Sets a key's value, and drops the oldest entry if there are too many.
   *
   * @param key The key.
   * @param value Its value.
   */
  set(key: K, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

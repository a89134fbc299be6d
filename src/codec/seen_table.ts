/**
 * Remembers the objects of a message, so that cycles end and what was one object arrives as one.
 *
 * @module
 */

const FEW = 16;

/**
 * Numbers objects in the order in which they are met.
 *
 * Nearly all messages have a handful of objects: for those a search through a small array that is
 * never given up is several times cheaper than a `Map`, which is made only for more.
 */
export class SeenTable {
  readonly #few: (object | null)[] = new Array<object | null>(FEW).fill(null);
  #many: Map<object, number> | null = null;
  #count = 0;

  /** Whether no object was met. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * Looks an object up, and remembers it if it is new.
   *
   * @param value The object.
   * @returns Its number, or -1 when it is new.
   */
  find(value: object): number {
    if (this.#many !== null) return this.#findAmongMany(value, this.#many);
    const few = this.#few;
    for (let i = this.#count - 1; i >= 0; i--) {
      if (few[i] === value) return i;
    }
    if (this.#count === FEW) return this.#findAmongMany(value, this.#grow());
    few[this.#count++] = value;
    return -1;
  }

  /**
   * Looks an object up without remembering it.
   *
   * @param value The object.
   * @returns Whether it was met before.
   */
  has(value: object): boolean {
    return this.#many === null ? this.#few.includes(value) : this.#many.has(value);
  }

  /** Forgets everything. */
  clear(): void {
    for (let i = Math.min(this.#count, FEW) - 1; i >= 0; i--) this.#few[i] = null;
    this.#many = null;
    this.#count = 0;
  }

  #findAmongMany(value: object, many: Map<object, number>): number {
    const known = many.get(value);
    if (known !== undefined) return known;
    many.set(value, this.#count++);
    return -1;
  }

  #grow(): Map<object, number> {
    const many = new Map<object, number>();
    for (let i = 0; i < FEW; i++) many.set(this.#few[i]!, i);
    this.#many = many;
    return many;
  }
}

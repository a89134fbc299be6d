/**
 * A queue with two ends, in which nothing is moved: an array's `shift` takes time in proportion to its length.
 *
 * @module
 */

const FIRST_CAPACITY = 16;

/** A queue with two ends. */
export class Deque<T> {
  /** A circle; its length is a power of two. */
  #items: (T | undefined)[] = new Array(FIRST_CAPACITY);
  #head = 0;
  #length = 0;

  /** How many items there are. */
  get length(): number {
    return this.#length;
  }

  /** The first item. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** The item at a place, counted from the first. */
  at(place: number): T | undefined {
    return place < this.#length
      ? this.#items[(this.#head + place) & (this.#items.length - 1)]
      : undefined;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length++) & (this.#items.length - 1)] = item;
  }

  /** Adds an item at the beginning. */
  unshift(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#length++;
  }

  /** Takes the first item. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#length--;
    return item;
  }

  /** Removes an item, wherever it is. */
  remove(item: T): void {
    this.retain((other) => other !== item);
  }

  /** Removes all items. */
  clear(): void {
    this.retain(() => false);
  }

  /** Removes the items of which a condition does not hold. */
  retain(condition: (item: T) => boolean): void {
    const kept = [...this].filter(condition);
    this.#items = new Array(FIRST_CAPACITY);
    this.#head = this.#length = 0;
    for (const other of kept) this.push(other);
  }

  /** The items, first to last. */
  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#length; i++) {
      yield this.#items[(this.#head + i) & (this.#items.length - 1)] as T;
    }
  }

  #grow(): void {
    const items = [...this];
    items.length = this.#items.length * 2;
    this.#items = items;
    this.#head = 0;
  }
}

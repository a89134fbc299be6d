/**
 * Remembers the key lists of a message's objects, so that a thousand records send their field names
 * once.
 *
 * @module
 */

import { MAX_SHAPE_KEYS, MAX_SHAPES } from "./tags.ts";

const NONE: readonly string[] = [];

/** Numbers key lists in the order in which they are met. */
export class ShapeTable {
  readonly #shapes: (readonly string[])[] = [];
  #count = 0;
  #last = 0;

  /** The number that stands for a key list that follows. */
  get count(): number {
    return this.#count;
  }

  /**
   * Looks a key list up.
   *
   * @param keys The keys of an object, in order.
   * @returns The list's number, or -1 when it is not known.
   */
  find(keys: readonly string[]): number {
    if (this.#last < this.#count && sameKeys(this.#shapes[this.#last], keys)) return this.#last;
    for (let i = 0; i < this.#count; i++) {
      if (sameKeys(this.#shapes[i], keys)) return this.#last = i;
    }
    return -1;
  }

  /**
   * Looks a key list up by its number.
   *
   * @param index The number.
   * @returns The keys; not defined for a number that was not given out.
   */
  at(index: number): readonly string[] {
    return this.#shapes[index];
  }

  /**
   * Remembers a key list while there is room. Both sides call it for the same lists in the same
   * order.
   *
   * @param keys The keys.
   */
  add(keys: readonly string[]): void {
    if (this.#count === MAX_SHAPES || keys.length > MAX_SHAPE_KEYS) return;
    this.#shapes[this.#count] = keys;
    this.#last = this.#count++;
  }

  /** Forgets everything. */
  clear(): void {
    for (let i = 0; i < this.#count; i++) this.#shapes[i] = NONE;
    this.#count = 0;
  }
}

function sameKeys(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) {
    if (one[i] !== other[i]) return false;
  }
  return true;
}

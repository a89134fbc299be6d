/**
 * The proxies of values and arrays of numbers.
 *
 * @module
 */

import { BaseProxy, callOf } from "../wire/proxy.ts";

/**
 * A value of a manager. Python's `ValueProxy`.
 *
 * Differences from Python: the type is obeyed.
 *
 * @typeParam T The value.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const count = await manager.Value("int32", 7);
 *   await count.set(8);
 *   console.log(await count.get()); // 8
 * }
 * ```
 */
export class ValueProxy<T = unknown> extends BaseProxy {
  /** The value. */
  get(): Promise<T> {
    return callOf(this, "get", []) as Promise<T>;
  }

  /**
   * Sets the value.
   *
   * @param value The new value.
   * @throws {TypeError} when it is none of its type.
   */
  set(value: T): Promise<void> {
    return callOf(this, "set", [value]) as Promise<void>;
  }
}

/**
 * An array of numbers of a manager. Python's `ArrayProxy`.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const array = await manager.Array("float64", [0.5, 1.5]);
 *   await array.set(0, 2.5);
 *   console.log(await array.slice()); // [ 2.5, 1.5 ]
 * }
 * ```
 */
export class ArrayProxy<T = unknown> extends BaseProxy {
  /**
   * An item.
   *
   * @param index Its index; below 0 counted from the end.
   * @returns The item; `undefined` when there is none.
   */
  at(index: number): Promise<T | undefined> {
    return callOf(this, "at", [index]) as Promise<T | undefined>;
  }

  /**
   * Sets an item.
   *
   * @param index Its index; below 0 counted from the end.
   * @param value The new value.
   * @throws {RangeError} when there is no such item.
   * @throws {TypeError} when the value is none of the array's type.
   */
  set(index: number, value: T): Promise<void> {
    return callOf(this, "set", [index, value]) as Promise<void>;
  }

  /**
   * A copy of a part.
   *
   * @param start The index of the first. @default {0}
   * @param end The index behind the last. @default the length
   */
  slice(start?: number, end?: number): Promise<T[]> {
    return callOf(this, "slice", [start, end]) as Promise<T[]>;
  }

  /** How many items there are. */
  length(): Promise<number> {
    return callOf(this, "length", []) as Promise<number>;
  }

  /** The items, as they are when the first one is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.slice();
  }
}

/**
 * The proxies of lists.
 *
 * @module
 */

import { checkOptions, show } from "../../support/options.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { withSource } from "./dict_proxy.ts";

/** How a list is sorted. */
export interface ListSortOptions {
  /** Whether the largest comes first. @default false */
  reverse?: boolean;
}

/**
 * A list of a manager: an array whose methods return promises. Python's `ListProxy`.
 *
 * - Each method is one step for all processes; two methods one after the other are two.
 * - Values are copies: to change a nested plain value is seen by nobody until it is set again. A proxy as a value stays shared.
 * - `for await` sees the list as it was at one moment.
 * - `includes`, `indexOf`, `count` and `remove` compare objects by what they hold.
 *
 * Differences from Python: the methods are those of an array; an index that does not exist gives `undefined`.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const list = await manager.list([3, 1]);
 *   await list.push(2);
 *   await list.sort();
 *   console.log(await list.slice()); // [ 1, 2, 3 ]
 * }
 * ```
 */
export class ListProxy<T = unknown> extends BaseProxy {
  /**
   * An item.
   *
   * @param index Its index; below 0 counted from the end.
   * @returns A copy; `undefined` when there is none.
   */
  at(index: number): Promise<T | undefined> {
    return callOf(this, "at", [index]) as Promise<T | undefined>;
  }

  /**
   * Replaces an item.
   *
   * @param index Its index; below 0 counted from the end.
   * @param value The new item.
   * @throws {RangeError} when there is no such item.
   */
  set(index: number, value: T): Promise<void> {
    return callOf(this, "set", [index, value]) as Promise<void>;
  }

  /**
   * Adds items at the end.
   *
   * @param items The items.
   * @returns How many there are then.
   */
  push(...items: T[]): Promise<number> {
    return callOf(this, "push", items) as Promise<number>;
  }

  /**
   * Adds all items of an iterable at the end, in one step.
   *
   * @param items The items; those of another list of a manager are copied.
   */
  extend(items: Iterable<T> | ListProxy<T>): Promise<void> {
    return withSource(items, (sent) => callOf(this, "extend", [sent])) as Promise<void>;
  }

  /**
   * Removes an item and gives it.
   *
   * @param index Its index; below 0 counted from the end. @default {-1}
   * @returns The item; `undefined` when there is none.
   */
  pop(index: number = -1): Promise<T | undefined> {
    return callOf(this, "pop", [index]) as Promise<T | undefined>;
  }

  /**
   * Adds an item in front of another.
   *
   * @param index The other's index.
   * @param value The item.
   */
  insert(index: number, value: T): Promise<void> {
    return callOf(this, "insert", [index, value]) as Promise<void>;
  }

  /**
   * Removes the first item that is the same as a value.
   *
   * @param value The value.
   * @throws {RangeError} when there is none.
   */
  remove(value: T): Promise<void> {
    return callOf(this, "remove", [value]) as Promise<void>;
  }

  /**
   * Removes items, and adds others in their place.
   *
   * @param start The index of the first.
   * @param count How many are removed. @default all to the end
   * @param items What is added.
   * @returns What was removed.
   */
  splice(start: number, count?: number, ...items: T[]): Promise<T[]> {
    return callOf(this, "splice", [start, count, ...items]) as Promise<T[]>;
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

  /** Reverses the order. */
  reverse(): Promise<void> {
    return callOf(this, "reverse", []) as Promise<void>;
  }

  /**
   * Sorts numbers by their size, or texts by their characters.
   *
   * @param options Which come first.
   * @throws {TypeError} when it holds both, or anything else; nothing has changed then. Or when it is given a function:
   *   none is run in the server. Or when there is no such option.
   */
  async sort(options: ListSortOptions = {}): Promise<void> {
    if (typeof options === "function") {
      const remedy =
        "sort a copy: list.splice(0, undefined, ...(await list.slice()).sort(compare))";
      throw new TypeError(`No function is run in the manager: ${remedy}`);
    }
    checkOptions("sort()", options, ["reverse"], "{ reverse: true }");
    const { reverse = false } = options;
    if (typeof reverse !== "boolean") {
      throw new TypeError(`"reverse" must be true or false, got ${show(reverse)}`);
    }
    await callOf(this, "sort", [{ reverse }]);
  }

  /**
   * Whether a value is in the list.
   *
   * @param value The value.
   */
  includes(value: T): Promise<boolean> {
    return callOf(this, "includes", [value]) as Promise<boolean>;
  }

  /**
   * The index of a value.
   *
   * @param value The value.
   * @returns The first index; -1 when it is not there.
   */
  indexOf(value: T): Promise<number> {
    return callOf(this, "indexOf", [value]) as Promise<number>;
  }

  /**
   * How often a value is in the list.
   *
   * @param value The value.
   */
  count(value: T): Promise<number> {
    return callOf(this, "count", [value]) as Promise<number>;
  }

  /** How many items there are. */
  length(): Promise<number> {
    return callOf(this, "length", []) as Promise<number>;
  }

  /** Removes all items. */
  clear(): Promise<void> {
    return callOf(this, "clear", []) as Promise<void>;
  }

  /** The list as it is at one moment, as an array of this process. */
  copy(): Promise<T[]> {
    return callOf(this, "copy", []) as Promise<T[]>;
  }

  /** As `copy()`. */
  override getValue(): Promise<T[]> {
    return this.copy();
  }

  /** The items, as they are when the first one is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.copy();
  }
}

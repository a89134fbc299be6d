/**
 * The lists of a manager.
 *
 * @module
 */

import { show } from "../../support/options.ts";
import type { Call } from "../wire/call.ts";
import { repr } from "./repr.ts";
import { isSame } from "./same.ts";

/** `list(…)` */
export class ServedList {
  readonly #items: unknown[];

  constructor(items?: unknown) {
    this.#items = itemsOf(items);
  }

  at(_call: Call, index: unknown): unknown {
    return this.#items.at(checkIndex(index));
  }

  set(_call: Call, index: unknown, value: unknown): void {
    const { length } = this.#items;
    const position = checkIndex(index) < 0 ? (index as number) + length : index as number;
    if (position < 0 || position >= length) {
      throw new RangeError(`There is no item ${index} in a list of ${length} items`);
    }
    this.#items[position] = value;
  }

  push(_call: Call, ...items: unknown[]): number {
    for (const item of items) this.#items.push(item);
    return this.#items.length;
  }

  extend(_call: Call, items: unknown): void {
    for (const item of itemsOf(items)) this.#items.push(item);
  }

  pop(_call: Call, index: unknown = -1): unknown {
    const position = checkIndex(index) < 0 ? (index as number) + this.#items.length : index;
    return position as number < 0 ? undefined : this.#items.splice(position as number, 1)[0];
  }

  insert(_call: Call, index: unknown, value: unknown): void {
    this.#items.splice(checkIndex(index), 0, value);
  }

  remove(call: Call, value: unknown): void {
    const index = this.indexOf(call, value);
    if (index < 0) throw new RangeError("Cannot remove what is not in the list");
    this.#items.splice(index, 1);
  }

  splice(_call: Call, start: unknown, count?: unknown, ...items: unknown[]): unknown[] {
    const from = checkIndex(start);
    if (count === undefined) return this.#items.splice(from);
    return this.#items.splice(from, checkIndex(count), ...items);
  }

  slice(_call: Call, start?: unknown, end?: unknown): unknown[] {
    return this.#items.slice(
      start === undefined ? undefined : checkIndex(start),
      end === undefined ? undefined : checkIndex(end),
    );
  }

  reverse(_call: Call): void {
    this.#items.reverse();
  }

  sort(_call: Call, options?: unknown): void {
    const isReverse = (options as { reverse?: boolean } | undefined)?.reverse === true;
    // Sorted aside: what cannot be compared changes nothing.
    const sorted = [...this.#items].sort(isReverse ? (a, b) => compare(b, a) : compare);
    for (const [i, item] of sorted.entries()) this.#items[i] = item;
  }

  includes(call: Call, value: unknown): boolean {
    return this.indexOf(call, value) >= 0;
  }

  indexOf(_call: Call, value: unknown): number {
    return this.#items.findIndex((item) => isSame(item, value));
  }

  count(_call: Call, value: unknown): number {
    return this.#items.filter((item) => isSame(item, value)).length;
  }

  length(_call: Call): number {
    return this.#items.length;
  }

  clear(_call: Call): void {
    this.#items.length = 0;
  }

  copy(_call: Call): unknown[] {
    return this.value();
  }

  value(): unknown[] {
    return [...this.#items];
  }

  repr(): string {
    return repr(this.#items);
  }
}

/** The items of what a list is made of. */
function itemsOf(source: unknown): unknown[] {
  if (source === undefined) return [];
  const isIterable = typeof source === "string" ||
    typeof source === "object" && source !== null && Symbol.iterator in source;
  if (!isIterable) throw new TypeError(`Expected something iterable, got ${show(source)}`);
  return [...source as Iterable<unknown>];
}

function checkIndex(index: unknown): number {
  if (Number.isInteger(index)) return index as number;
  throw new TypeError(`An index must be a whole number, got ${show(index)}`);
}

/** Numbers by their size, texts by their characters. */
function compare(a: unknown, b: unknown): number {
  const isNumber = (value: unknown) => typeof value === "number" || typeof value === "bigint";
  if (isNumber(a) && isNumber(b) || typeof a === "string" && typeof b === "string") {
    return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
  }
  throw new TypeError(
    `Cannot sort a list that holds both ${show(a)} and ${
      show(b)
    }: it must be numbers only, or texts only`,
  );
}

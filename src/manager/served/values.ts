/**
 * The values and arrays of a manager: plain objects in its server, of the types that shared memory has.
 *
 * @module
 */

import { checkCount, show } from "../../support/options.ts";
import type { Call } from "../wire/call.ts";
import { repr } from "./repr.ts";
import { type AnyView, type Element, elementOf } from "../../shared/element_types.ts";

/** Items of one type. */
class Items {
  readonly #element: Element;
  readonly #view: AnyView;

  constructor(type: unknown, length: number) {
    this.#element = elementOf(type);
    this.#view = new this.#element.View(length);
  }

  get length(): number {
    return this.#view.length;
  }

  get(index: number): unknown {
    return this.#element.fromElement(this.#view[index]);
  }

  set(index: number, value: unknown): void {
    this.#view[index] = this.#element.toElement(value) as never;
  }
}

/** `Value(type, initial)` */
export class ServedValue {
  readonly #items: Items;

  constructor(type: unknown, initial?: unknown) {
    this.#items = new Items(type, 1);
    if (initial !== undefined) this.#items.set(0, initial);
  }

  get(_call: Call): unknown {
    return this.value();
  }

  set(_call: Call, value: unknown): void {
    this.#items.set(0, value);
  }

  value(): unknown {
    return this.#items.get(0);
  }

  repr(): string {
    return `Value(${repr(this.value())})`;
  }
}

/** `Array(type, sizeOrItems)` */
export class ServedArray {
  readonly #items: Items;

  constructor(type: unknown, sizeOrItems: unknown) {
    if (typeof sizeOrItems === "number") {
      this.#items = new Items(type, checkCount("size", sizeOrItems, 0));
      return;
    }
    if (!Array.isArray(sizeOrItems)) {
      throw new TypeError(`Expected a size or items, got ${show(sizeOrItems)}`);
    }
    this.#items = new Items(type, sizeOrItems.length);
    for (const [i, item] of sizeOrItems.entries()) this.#items.set(i, item);
  }

  at(_call: Call, index: unknown): unknown {
    const position = this.#position(index);
    return position < 0 || position >= this.#items.length ? undefined : this.#items.get(position);
  }

  set(_call: Call, index: unknown, value: unknown): void {
    const position = this.#position(index);
    const { length } = this.#items;
    if (position < 0 || position >= length) {
      throw new RangeError(`There is no item ${index} in an array of ${length} items`);
    }
    this.#items.set(position, value);
  }

  slice(_call: Call, start?: number, end?: number): unknown[] {
    return this.value().slice(start, end);
  }

  length(_call: Call): number {
    return this.#items.length;
  }

  value(): unknown[] {
    return Array.from({ length: this.#items.length }, (_, i) => this.#items.get(i));
  }

  repr(): string {
    return repr(this.value());
  }

  #position(index: unknown): number {
    if (!Number.isInteger(index)) {
      throw new TypeError(`An index must be a whole number, got ${show(index)}`);
    }
    return index as number < 0 ? index as number + this.#items.length : index as number;
  }
}

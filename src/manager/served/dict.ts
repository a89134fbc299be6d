/**
 * The dicts of a manager.
 *
 * @module
 */

import { show } from "../../support/options.ts";
import type { Call } from "../wire/call.ts";
import { repr } from "./repr.ts";

/** `dict(…)` */
export class ServedDict {
  readonly #map: Map<unknown, unknown>;

  constructor(entries?: unknown) {
    this.#map = new Map(entriesOf(entries));
  }

  get(_call: Call, key: unknown): unknown {
    return this.#map.get(key);
  }

  set(_call: Call, key: unknown, value: unknown): void {
    this.#map.set(key, value);
  }

  has(_call: Call, key: unknown): boolean {
    return this.#map.has(key);
  }

  delete(_call: Call, key: unknown): boolean {
    return this.#map.delete(key);
  }

  clear(_call: Call): void {
    this.#map.clear();
  }

  size(_call: Call): number {
    return this.#map.size;
  }

  keys(_call: Call): unknown[] {
    return [...this.#map.keys()];
  }

  values(_call: Call): unknown[] {
    return [...this.#map.values()];
  }

  entries(_call: Call): unknown[] {
    return [...this.#map];
  }

  update(_call: Call, entries: unknown): void {
    for (const [key, value] of entriesOf(entries)) this.#map.set(key, value);
  }

  pop(_call: Call, key: unknown, fallback?: unknown): unknown {
    if (!this.#map.has(key)) return fallback;
    const value = this.#map.get(key);
    this.#map.delete(key);
    return value;
  }

  setDefault(_call: Call, key: unknown, value?: unknown): unknown {
    if (!this.#map.has(key)) this.#map.set(key, value);
    return this.#map.get(key);
  }

  copy(_call: Call): Map<unknown, unknown> {
    return this.value();
  }

  value(): Map<unknown, unknown> {
    return new Map(this.#map);
  }

  repr(): string {
    return repr(this.#map);
  }
}

/**
 * The entries of what a dict is made of.
 *
 * @param source A map, a plain object, or pairs.
 * @returns The entries.
 * @throws {TypeError} when it is none of them.
 */
export function entriesOf(source: unknown): [unknown, unknown][] {
  if (source === undefined) return [];
  if (typeof source === "object" && source !== null) {
    if (source instanceof Map) return [...source];
    if (!(Symbol.iterator in source)) {
      const prototype = Object.getPrototypeOf(source);
      if (prototype === Object.prototype || prototype === null) return Object.entries(source);
    } else {
      const pairs = [...source as Iterable<unknown>];
      const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2;
      if (pairs.every(isPair)) return pairs as [unknown, unknown][];
    }
  }
  throw new TypeError(`Expected a Map, a plain object or pairs, got ${show(source)}`);
}

/**
 * Iterators that methods gave: a client takes their steps.
 *
 * @module
 */

import type { Call } from "../wire/call.ts";
import { ownType, type ServedType } from "./served_type.ts";

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** An iterator, of which one step is taken after the other. */
export class ServedIterator {
  readonly #iterator: AnyIterator;
  #last: Promise<unknown> = Promise.resolve();

  constructor(iterator: AnyIterator) {
    this.#iterator = iterator;
  }

  next(_call: Call, ...args: [] | [unknown]): Promise<IteratorResult<unknown>> {
    return this.#after(() => this.#iterator.next(...args));
  }

  return(_call: Call, value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#after(() => this.#iterator.return?.(value) ?? { done: true, value });
  }

  /** Lets it give up what it has: nobody takes steps any more. What that throws concerns nobody. */
  end(): void {
    void this.#after(() => this.#iterator.return?.());
  }

  repr(): string {
    return "<Iterator>";
  }

  #after<T>(step: () => T | Promise<T>): Promise<T> {
    const taken = this.#last.then(step, step);
    this.#last = taken;
    taken.catch(() => {});
    return taken;
  }
}

/** The type of iterators. */
export const ITERATOR: ServedType = ownType("Iterator", null, "next return", {
  onGone: (iterator) => (iterator as ServedIterator).end(),
});

/**
 * Whether a result is an iterator, as generators are.
 *
 * @param value The result.
 */
export function isIterator(value: unknown): value is AnyIterator {
  if (typeof value !== "object" || value === null) return false;
  const { next } = value as { next?: unknown };
  return typeof next === "function" && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

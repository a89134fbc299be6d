/**
 * Calling a function for each item of a task, where an item that fails does not end the rest.
 *
 * @module
 */

import type { AnyFunction } from "../../callable/callable.ts";

/** An item that failed. */
export interface FailedItem {
  readonly thrown: unknown;
  readonly index: number;
}

/** What came of each item. */
export interface EachOutcome {
  /** By position; nothing where an item failed. */
  readonly results: unknown[];
  readonly failed: FailedItem[];
}

/** How items are called. */
export interface EachOptions {
  /** Whether each item is an array of arguments. */
  readonly star: boolean;
  /** Called before each item but the first, with its position. */
  readonly onItem: (position: number) => void;
}

/**
 * Calls a function for each item; from the first promise on, with `await`.
 *
 * @param fn The function.
 * @param items The items.
 * @param options How they are called.
 * @returns What came of each, at once where nothing had to be waited for.
 */
export function runEach(
  fn: AnyFunction,
  items: readonly unknown[],
  options: EachOptions,
): EachOutcome | Promise<EachOutcome> {
  const outcome: EachOutcome = { results: new Array(items.length), failed: [] };
  for (let i = 0; i < items.length; i++) {
    if (i > 0) options.onItem(i);
    try {
      const result: unknown = options.star ? fn(...items[i] as unknown[]) : fn(items[i]);
      if (isThenable(result)) return goOn(fn, items, options, outcome, result, i);
      outcome.results[i] = result;
    } catch (thrown) {
      outcome.failed.push({ thrown, index: i });
    }
  }
  return outcome;
}

/** Whether a value is a promise, or as good as one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

async function goOn(
  fn: AnyFunction,
  items: readonly unknown[],
  options: EachOptions,
  outcome: EachOutcome,
  first: PromiseLike<unknown>,
  from: number,
): Promise<EachOutcome> {
  for (let i = from; i < items.length; i++) {
    if (i > from) options.onItem(i);
    try {
      outcome.results[i] =
        await (i === from ? first : options.star ? fn(...items[i] as unknown[]) : fn(items[i]));
    } catch (thrown) {
      outcome.failed.push({ thrown, index: i });
    }
  }
  return outcome;
}

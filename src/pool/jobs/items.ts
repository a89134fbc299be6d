/**
 * The items of a map, however they are given: read once, all of them, before the first one is sent.
 *
 * @module
 */

import { show } from "../../support/options.ts";
import { checkIterator, isReadAtOnce, type Items, readAtOnce, Reader, takeRow } from "./reader.ts";

export type { Items, Iterables } from "./reader.ts";

/** Items that have been read, or are being read. */
export type ReadItems = unknown[] | Promise<unknown[]>;

/** Tells a reader that nobody wants the items any more. */
export type IsOver = () => boolean;

/** Whether a value is iterable, now or later. */
function isItems(value: unknown): value is Items<unknown> {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/**
 * Checks what should be items.
 *
 * @throws {TypeError} when it is not iterable, or only seems so.
 */
export function checkItems(value: unknown, what: string): asserts value is Items<unknown> {
  if (!isItems(value)) throw new TypeError(`${what} needs an iterable, got ${show(value)}`);
  const method = isReadAtOnce(value) ? "iterator" : "asyncIterator";
  const found = (value as unknown as Record<symbol, unknown>)[Symbol[method]];
  if (typeof found === "function") return;
  throw new TypeError(
    `${what} needs an iterable, got ${show(value)} whose [Symbol.${method}] is ${show(found)}`,
  );
}

/**
 * Takes the arguments of a map apart: iterables, and the options that may stand behind them.
 *
 * @param what The call, for errors.
 * @param args What stands behind the function.
 * @throws {TypeError} when there is no iterable, or something else among them.
 */
export function takeApart<O>(
  what: string,
  args: readonly unknown[],
): { iterables: Items<unknown>[]; options: O | undefined } {
  const last = args[args.length - 1];
  const hasOptions = args.length > 1 && !isItems(last);
  const iterables = hasOptions ? args.slice(0, -1) : args.filter((item) => item !== undefined);
  if (iterables.length === 0) throw new TypeError(`${what} needs an iterable`);
  for (const iterable of iterables) checkItems(iterable, what);
  return {
    iterables: iterables as Items<unknown>[],
    options: hasOptions ? last as O | undefined : undefined,
  };
}

/**
 * Reads items.
 *
 * @param items The items.
 * @param isOver Asked after each item that had to be waited for.
 * @returns An array of its own, so that the caller may change theirs.
 */
export function readItems(items: Items<unknown>, isOver: IsOver): ReadItems {
  if (Array.isArray(items)) return items.slice();
  return isReadAtOnce(items) ? readAtOnce(items) : readSlowly(items, isOver);
}

/**
 * Reads items that are arrays of arguments.
 *
 * @throws {TypeError} when one is no array.
 */
export function readTuples(items: Items<unknown>, isOver: IsOver): ReadItems {
  const all = readItems(items, isOver);
  return Array.isArray(all) ? checkTuples(all) : all.then(checkTuples);
}

/** Reads several iterables side by side, to the end of the shortest; the others are closed there. */
export function readSideBySide(iterables: Items<unknown>[], isOver: IsOver): ReadItems {
  if (iterables.every((items) => Array.isArray(items))) return zipArrays(iterables);
  const readers = iterables.map((items) => new Reader(items));
  return iterables.every(isReadAtOnce) ? zip(readers) : zipSlowly(readers, isOver);
}

async function readSlowly(items: AsyncIterable<unknown>, isOver: IsOver): Promise<unknown[]> {
  const all: unknown[] = [];
  const iterator = checkIterator(items[Symbol.asyncIterator](), "asyncIterator");
  for await (const item of { [Symbol.asyncIterator]: () => iterator }) {
    if (isOver()) break;
    all.push(item);
  }
  return all;
}

function checkTuples(items: unknown[]): unknown[] {
  items.forEach(checkTuple);
  return items;
}

/**
 * Checks what should be the arguments of one call.
 *
 * @throws {TypeError} when it is no array.
 */
export function checkTuple(item: unknown, index: number): void {
  if (Array.isArray(item)) return;
  throw new TypeError(`starmap() needs arrays of arguments, got ${show(item)} as item ${index}`);
}

function zipArrays(all: unknown[][]): unknown[][] {
  const length = Math.min(...all.map((items) => items.length));
  return Array.from({ length }, (_, i) => all.map((items) => items[i]));
}

function zip(readers: Reader[]): unknown[] {
  const rows: unknown[][] = [];
  try {
    for (let row: unknown[] = []; readers.every((reader) => reader.take(row)); row = []) {
      rows.push(row);
    }
  } finally {
    for (const reader of readers) reader.close();
  }
  return rows;
}

async function zipSlowly(readers: Reader[], isOver: IsOver): Promise<unknown[]> {
  const rows: unknown[][] = [];
  try {
    for (
      let row = await takeRow(readers);
      row !== null && !isOver();
      row = await takeRow(readers)
    ) {
      rows.push(row);
    }
  } finally {
    for (const reader of readers) await reader.close();
  }
  return rows;
}

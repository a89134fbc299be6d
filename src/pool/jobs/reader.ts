/**
 * Reading iterables one item at a time, several side by side, and closing those that are not read to their end.
 *
 * @module
 */

import { show } from "../../support/options.ts";

/** Items, all at once or one by one. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/**
 * Items for each argument of a function.
 *
 * @typeParam Args The types of the arguments.
 */
export type Iterables<Args extends unknown[]> = { [K in keyof Args]: Items<Args[K]> };

/** Whether no item has to be waited for. */
export function isReadAtOnce(items: Items<unknown>): items is Iterable<unknown> {
  return typeof items === "string" || Symbol.iterator in items;
}

/**
 * Reads all items of which none has to be waited for.
 *
 * @throws {TypeError} when what they give is no iterator, or no result of one.
 */
export function readAtOnce(items: Iterable<unknown>): unknown[] {
  const iterator = checkIterator(items[Symbol.iterator](), "iterator");
  const all: unknown[] = [];
  for (let step = iterator.next(); !checkStep(step).done; step = iterator.next()) {
    all.push(step.value);
  }
  return all;
}

/** What an iterable gave, which should be an iterator. */
export function checkIterator<T extends { next: unknown }>(iterator: T, method: string): T {
  if (isObject(iterator) && typeof iterator.next === "function") return iterator;
  throw new TypeError(
    `[Symbol.${method}]() must give an iterator, an object with next(), got ${show(iterator)}`,
  );
}

/** What `next()` gave, which should tell whether there was something. */
function checkStep<T extends { done?: boolean }>(step: T): T {
  if (isObject(step)) return step;
  throw new TypeError(`Iterator result ${show(step)} is not an object`);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" ? value !== null : typeof value === "function";
}

/**
 * Reads one iterable.
 *
 * States: open; reading, while its `next()` runs or is awaited; over, when it has ended by itself or by an error of its own.
 * One that is over must not be closed, nor one whose `next()` is running; one whose `next()` is awaited may be.
 */
export class Reader {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  #state: "open" | "running" | "awaited" | "over" = "open";

  /**
   * @param items What to read.
   * @throws {TypeError} when they give no iterator.
   */
  constructor(items: Items<unknown>) {
    this.#iterator = isReadAtOnce(items)
      ? checkIterator(items[Symbol.iterator](), "iterator")
      : checkIterator(items[Symbol.asyncIterator](), "asyncIterator");
  }

  /** Adds the next item to a row. Returns whether there was one. */
  take(row: unknown[]): boolean {
    this.#state = "running";
    return this.#add(row, this.#iterator.next() as IteratorResult<unknown>);
  }

  /** The same, where it may have to be waited for. */
  async takeLater(row: unknown[]): Promise<boolean> {
    this.#state = "running";
    const next = this.#iterator.next();
    this.#state = "awaited";
    try {
      return this.#add(row, await next);
    } catch (error) {
      this.#state = "over";
      throw error;
    }
  }

  /** Closes it; returns a promise where that takes time. */
  close(): unknown {
    if (this.#state === "over" || this.#state === "running") return undefined;
    this.#state = "over";
    return this.#iterator.return?.();
  }

  #add(row: unknown[], step: IteratorResult<unknown>): boolean {
    const { done, value } = checkStep(step);
    if (this.#state !== "over") this.#state = done ? "over" : "open";
    if (done) return false;
    row.push(value);
    return true;
  }
}

/** Reads one row of several iterables; `null` at the end of the shortest. */
export async function takeRow(readers: Reader[]): Promise<unknown[] | null> {
  const row: unknown[] = [];
  for (const reader of readers) {
    if (!await reader.takeLater(row)) return null;
  }
  return row;
}

/** The items of a stream: of one iterable, or rows of several. */
export class ItemSource {
  /** Whether items may have to be waited for. */
  readonly isSlow: boolean;
  readonly #readers: Reader[];
  readonly #single: boolean;
  readonly #check: ((item: unknown, index: number) => void) | null;
  #count = 0;

  /**
   * @param iterables What to read.
   * @param single Whether an item is what the only iterable gives, and no row.
   * @param check Called with each item and its position.
   */
  constructor(
    iterables: Items<unknown>[],
    single: boolean,
    check: ((item: unknown, index: number) => void) | null = null,
  ) {
    this.isSlow = !iterables.every(isReadAtOnce);
    this.#readers = iterables.map((items) => new Reader(items));
    this.#single = single;
    this.#check = check;
  }

  /** Adds the next item to a list. Returns whether there was one. */
  take(items: { push(item: unknown): void }): boolean {
    const row: unknown[] = [];
    return this.#add(items, this.#readers.every((reader) => reader.take(row)) ? row : null);
  }

  /** The same, where it may have to be waited for. */
  async takeLater(items: { push(item: unknown): void }): Promise<boolean> {
    return this.#add(items, await takeRow(this.#readers));
  }

  /**
   * Closes what is not at its end.
   *
   * @returns What the iterables' own closing gives, where that takes time.
   */
  close(): Promise<unknown> {
    const closings = this.#readers.map(async (reader) => await reader.close());
    const all = Promise.all(closings);
    all.catch(() => {});
    return all;
  }

  #add(items: { push(item: unknown): void }, row: unknown[] | null): boolean {
    if (row === null) {
      void this.close();
      return false;
    }
    const item = this.#single ? row[0] : row;
    this.#check?.(item, this.#count);
    this.#count++;
    items.push(item);
    return true;
  }
}

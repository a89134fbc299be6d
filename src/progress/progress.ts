/**
 * A loop that shows how far it is.
 *
 * Small, since programs have it whether there is a terminal or not: what draws is loaded when the first item is asked for.
 *
 * @module
 */

import { checkBoolean, checkTable, type OptionTable } from "../support/option_checks.ts";
import { checkFunction, show } from "../support/options.ts";
import { ProgressMeter } from "./meter.ts";
import { BAR_OPTIONS } from "./options.ts";
import type { Progress, ProgressOptions } from "./state.ts";

/** How a loop shows how far it is. */
export interface ProgressIteratorOptions extends ProgressOptions {
  /** Called with the progress, at most ten times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
  /** Whether there is a bar; `onProgress` is told anyhow. The opposite of tqdm's `disable`. @default true */
  show?: boolean;
}

const OPTIONS: OptionTable<ProgressIteratorOptions> = {
  ...BAR_OPTIONS,
  onProgress: checkFunction,
  show: checkBoolean,
};

/**
 * Gives the items of an iterable, and shows how many the loop has done: the `tqdm()` of Python.
 *
 * The bar is shown on the standard error stream, if that is a terminal. An item is done when the loop asks for the next one. The bar
 * ends with the loop, also by `break`, `return` or an error; then the source is closed as by the loop itself.
 *
 * Differences from tqdm: it is an async iterable, so the loop is a `for await`; and the options are those of a pool's maps.
 *
 * @typeParam T The items.
 * @param iterable An array, a set, a generator, a stream, `pool.imap(…)`, any iterable or async iterable.
 * @param options A label, how many items there are where the iterable has no `length` and no `size`, whom to tell, and how it is
 *   shown.
 * @returns The items, once.
 * @throws {TypeError} when it is not iterable, or an option is wrong.
 * @throws {RangeError} when `total` is no whole number of at least 0.
 *
 * @example
 * ```ts
 * import { progress } from "@allcores/multiprocessing";
 *
 * let sum = 0;
 * for await (const n of progress([1, 2, 3], { label: "numbers" })) sum += n;
 * console.log(sum); // 6
 * ```
 */
export function progress<T>(
  iterable: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  options: ProgressIteratorOptions = {},
): AsyncIterableIterator<T> {
  const source = openSource<T>(iterable);
  checkTable("progress()", options, OPTIONS, '{ label: "rows" }');
  return new CountedIterator(source, () => {
    const { onProgress, show = true, ...bar } = options;
    return new ProgressMeter({ progress: show && bar, onProgress }, bar.total ?? sizeOf(iterable));
  });
}

/** An iterator of either kind. */
interface Source<T> {
  next(...args: unknown[]): Step<T>;
  return?(value?: unknown): Step<T>;
  throw?(error: unknown): Step<T>;
}

type Step<T> =
  | IteratorResult<T | PromiseLike<T>, unknown>
  | PromiseLike<IteratorResult<T, unknown>>;

/** Counts the items that a loop takes. */
class CountedIterator<T> implements AsyncIterableIterator<T> {
  readonly #source: Source<T>;
  readonly #openMeter: () => ProgressMeter;
  #meter: ProgressMeter | null = null;
  /** How many items have been given to the loop, which has not asked for more since. */
  #given = 0;

  constructor(source: Source<T>, openMeter: () => ProgressMeter) {
    this.#source = source;
    this.#openMeter = openMeter;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(...args: [] | [unknown]): Promise<IteratorResult<T>> {
    if (this.#meter === null) {
      this.#meter = this.#openMeter();
      // A loop that computes and never waits sees its bar only if that is there before.
      if (this.#meter.opened !== null) await this.#meter.opened;
    }
    if (this.#given > 0) {
      this.#given--;
      this.#meter.add(1, 0);
    }
    const result = await this.#take(() => this.#source.next(...args));
    if (result.done) this.#exhausted(this.#meter);
    return result;
  }

  async return(value?: unknown): Promise<IteratorResult<T>> {
    const close = this.#source.return;
    if (close !== undefined) {
      const result = await this.#take(() => close.call(this.#source, value));
      if (result.done) this.#meter?.end();
      return result;
    }
    this.#meter?.end();
    return { done: true, value: await value };
  }

  async throw(error?: unknown): Promise<IteratorResult<T>> {
    const { throw: raise, return: close } = this.#source;
    if (raise !== undefined) {
      const result = await this.#take(() => raise.call(this.#source, error));
      if (result.done) this.#meter?.end();
      return result;
    }
    try {
      await close?.call(this.#source);
    } finally {
      this.#meter?.end();
    }
    throw error;
  }

  /** Takes what the source gives. Whatever but an item ends the loop. */
  async #take(step: () => Step<T>): Promise<IteratorResult<T>> {
    try {
      let result = step();
      // Nothing is waited for that is there: that would cost more than all the rest.
      if (isThenable(result)) result = await result;
      const { value } = result;
      const item = isThenable(value) ? await this.#settle(value, result.done) : value;
      if (!result.done) {
        this.#given++;
        return { done: false, value: item as T };
      }
      return { done: true, value: item };
    } catch (error) {
      this.#meter?.end();
      throw error;
    }
  }

  /** An iterable may give promises; where one fails, it is closed. */
  async #settle(value: PromiseLike<unknown>, isLast: boolean | undefined): Promise<unknown> {
    try {
      return await value;
    } catch (error) {
      if (!isLast) await this.#source.return?.();
      throw error;
    }
  }

  /** Now it is known how many there were. */
  #exhausted(meter: ProgressMeter): void {
    meter.add(this.#given, 0);
    this.#given = 0;
    meter.expect(meter.state.done);
    meter.end();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function openSource<T>(iterable: unknown): Source<T> {
  if (typeof iterable === "object" && iterable !== null || typeof iterable === "string") {
    const methods = iterable as Record<symbol, (() => Source<T>) | undefined>;
    const open = methods[Symbol.asyncIterator] ?? methods[Symbol.iterator];
    if (typeof open === "function") return open.call(iterable);
  }
  throw new TypeError(
    `progress() takes an iterable or async iterable, got ${show(iterable)}`,
  );
}

/** How many items there are, where the iterable tells; `null` where it does not. */
function sizeOf(iterable: unknown): number | null {
  if (typeof iterable === "string") return [...iterable].length;
  const { length, size } = iterable as { length?: unknown; size?: unknown };
  const told = length ?? size;
  return typeof told === "number" && Number.isSafeInteger(told) && told >= 0 ? told : null;
}

/**
 * The proxies of iterators that methods gave.
 *
 * @module
 */

import { BaseProxy, callOf } from "../wire/proxy.ts";

/**
 * An iterator in a manager's server, whose steps are taken from afar. Python's `IteratorProxy`.
 *
 * Its end, or leaving the loop, disposes of it.
 *
 * @typeParam T What it gives.
 *
 * @example A generator in the server
 * ```ts
 * import { BaseManager, register } from "@allcores/multiprocessing";
 *
 * export class Numbers {
 *   *upTo(n: number): Generator<number> {
 *     for (let i = 0; i < n; i++) yield i;
 *   }
 * }
 * register(import.meta.url, { Numbers });
 *
 * const MyManager = BaseManager.extend().register("Numbers", Numbers);
 *
 * if (import.meta.main) {
 *   await using manager = new MyManager();
 *   await manager.start();
 *   const numbers = await manager.Numbers();
 *   for await (const n of await numbers.upTo(3)) console.log(n); // 0, then 1, then 2
 * }
 * ```
 */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterableIterator<T> {
  #isOver = false;

  /** Takes a step. */
  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    const result = await callOf(this, "next", []) as IteratorResult<T, undefined>;
    if (result.done) this.dispose();
    return result;
  }

  /**
   * Ends it early.
   *
   * @param value What it is to return.
   */
  async return(value?: unknown): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: value as undefined };
    try {
      return await callOf(this, "return", [value]) as IteratorResult<T, undefined>;
    } finally {
      this.dispose();
    }
  }

  /** Gives the proxy up; the iterator ends when nobody else has one. */
  override dispose(): void {
    this.#isOver = true;
    super.dispose();
  }

  /** This iterator. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * Queues with the least that a queue needs.
 *
 * @module
 */

import { assemble, type Parts } from "../messages/parts.ts";
import { registerShared } from "../messages/shared_object.ts";
import type { WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { queueParts } from "./queue.ts";
import { QueueCore } from "./core.ts";
import { makeWaitable } from "../parties/waitable.ts";

/**
 * A queue without a limit that does nothing but put and get. Python's `SimpleQueue`.
 *
 * It is a {@linkcode Queue} with fewer methods, and as robust.
 *
 * Differences from Python: `put()` does not wait while nobody gets, whatever there is in the queue. Waits may have a limit.
 *
 * @typeParam T What its items are.
 *
 * @example
 * ```ts
 * import { SimpleQueue } from "@allcores/multiprocessing";
 *
 * const queue = new SimpleQueue<string>();
 * await queue.put("hello");
 * console.log(await queue.empty(), await queue.get()); // false hello
 * ```
 */
export class SimpleQueue<T = unknown> implements Disposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #core: QueueCore;

  static {
    registerShared<SimpleQueue<unknown>>({
      number: 50,
      prototype: SimpleQueue.prototype,
      pieceOf: (value) => value.#core.piece,
      make: (piece) => assemble(SimpleQueue, new QueueCore(piece)),
    });
    makeWaitable(SimpleQueue.prototype, (value) => value.#core.readiness);
  }

  /**
   * Creates a queue.
   *
   * @throws {NotSupportedError} when there is no shared memory for it.
   */
  constructor();
  constructor(parts?: Parts<QueueCore>) {
    this.#core = queueParts(parts, new.target).content;
    this.#core.owner = this;
  }

  /** Puts an item at the end: see {@linkcode Queue.put}. */
  put(item: T, options?: WaitOptions): Promise<void> {
    return this.#core.put(item, options);
  }

  /** Takes the first item; waits while the queue is empty: see {@linkcode Queue.get}. */
  get(options?: WaitOptions): Promise<T> {
    return this.#core.get(options) as Promise<T>;
  }

  /**
   * Whether there is no item; others may change it at any time.
   *
   * @throws {ProcessError} when it was closed in this process.
   */
  // deno-lint-ignore require-await
  async empty(): Promise<boolean> {
    return this.#core.size === 0;
  }

  /** Says that this process neither puts nor gets any more: see {@linkcode Queue.close}. */
  close(): void {
    this.#core.close();
  }

  /** Closes the queue in this process: see {@linkcode SimpleQueue.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

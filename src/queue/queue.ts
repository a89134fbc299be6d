/**
 * Queues: items that any process puts and any process gets.
 *
 * @module
 */

import { assemble, Parts } from "../messages/parts.ts";
import { registerShared } from "../messages/shared_object.ts";
import { untilShutDown } from "./until_shut_down.ts";
import { checkMaxSize, checkShutdown } from "../support/options.ts";
import type { WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { BoundClass } from "../start_method/bound_class.ts";
import { programFor } from "../parties/program_for.ts";
import { QueueCore } from "./core.ts";
import { createQueue } from "./create_queue.ts";
import { liveQueues } from "./live_queues.ts";
import { makeWaitable } from "../parties/waitable.ts";

/** Options of a {@linkcode Queue}. */
export interface QueueOptions {
  /** How many items it holds at most; 0 or less: any number. @default 0 */
  maxSize?: number;
}

/** Options of {@linkcode Queue.shutdown}. */
export interface ShutdownOptions {
  /** Drops the items that nobody has got yet. @default false */
  immediate?: boolean;
}

/** One try. */
const ONE_TRY: WaitOptions = { timeout: 0 };

/** The queue under an object. */
export let coreOf: (value: Queue<unknown>) => QueueCore;

/**
 * Lets a class of queues be sent.
 *
 * @param number Its number among the handles.
 * @param type The class.
 */
export function registerQueue(number: number, type: typeof Queue): void {
  registerShared<Queue<unknown>>({
    number,
    prototype: type.prototype,
    pieceOf: (value) => coreOf(value).piece,
    make: (piece) => assemble(type, new QueueCore(piece)),
  });
}

/**
 * What an object over a queue is made of.
 *
 * @param given What its constructor was given: the options, or the parts where no user makes it.
 * @param target Its class.
 * @param countsTasks Whether its items are to be reported done.
 * @returns The parts.
 */
export function queueParts(
  given: QueueOptions | Parts<QueueCore> | undefined,
  target: BoundClass,
  countsTasks: boolean = false,
): Parts<QueueCore> {
  if (given instanceof Parts) return given;
  const maxSize = takeMaxSize(given);
  const core = createQueue(programFor(target), { maxSize, countsTasks });
  liveQueues.add(core);
  return new Parts(core);
}

/**
 * A queue for any number of producers and consumers in any processes. Python's `Queue`.
 *
 * - The items of one producer arrive in the order in which they were put, and each at one consumer.
 * - An item is copied when it is put: changes made afterwards do not arrive. When `put()` has resolved, it is in the queue.
 * - Those who wait are served in the order in which they came.
 * - Whoever has it may give it to other processes, as an argument or inside another value, also through a queue.
 * - Items may hold locks, queues, shared arrays and the like. A process that puts one keeps it until it is taken; one that
 *   ends before, and had it alone, takes it along.
 * - An item takes 2 GiB at most. 192 processes or threads at most can take part at a time; whoever else uses it then gets
 *   a `NotSupportedError`.
 * - The process that created it takes no part in the work of others: they go on while it is busy, and after its end.
 * - A process that is killed at any instant neither damages nor blocks it. An item that it was putting is there wholly or not
 *   at all; one that it had not got yet goes to somebody else.
 *
 * Differences from Python: what cannot be sent rejects at `put()`. There is no thread that writes in the background, so
 * `joinThread()` only waits for those `put()`s that wait for room. `shutdown()` is that of `queue.Queue` (3.13).
 *
 * @typeParam T What its items are.
 *
 * @example Get what another process puts
 * ```ts
 * import { Process, Queue } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const queue = new Queue<number[]>();
 *   const process = new Process({ target: (q: Queue<number[]>) => q.put([1, 2, 3]), args: [queue] });
 *   await process.start();
 *   console.log(await queue.get()); // [ 1, 2, 3 ]
 *   await process.join();
 * }
 * ```
 */
export class Queue<T = unknown> implements Disposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #core: QueueCore;

  static {
    coreOf = (value) => value.#core;
    registerQueue(48, Queue);
    makeWaitable(Queue.prototype, (value) => value.#core.readiness);
  }

  /**
   * Creates a queue.
   *
   * @param options How many items it holds at most.
   * @throws {TypeError} when an option is of the wrong type.
   * @throws {RangeError} when `maxSize` is no whole number.
   * @throws {NotSupportedError} when there is no shared memory for it.
   */
  constructor(options?: QueueOptions);
  constructor(given?: QueueOptions | Parts<QueueCore>) {
    this.#core = queueParts(given, new.target).content;
    this.#core.owner = this;
  }

  /**
   * Puts an item at the end; waits while the queue is full.
   *
   * @param item The item, which is copied at once.
   * @param options The longest wait (ms), and a signal.
   * @throws {Full} when the time is over; nothing was put then.
   * @throws {SerializationError} when the item cannot be sent; the queue is as before.
   * @throws {ShutDown} when the queue was shut down.
   * @throws {ProcessError} when it was closed in this process.
   * @throws {NotSupportedError} when there is no memory left for the item.
   * @throws the signal's reason when it is aborted; nothing was put then.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    return this.#core.put(item, options);
  }

  /**
   * Puts an item at the end, if there is room. Python's `put_nowait`.
   *
   * @param item The item.
   * @throws {Full} when there is no room.
   * @throws as {@linkcode put}.
   */
  putNoWait(item: T): Promise<void> {
    return this.#core.put(item, ONE_TRY);
  }

  /**
   * Takes the first item; waits while the queue is empty.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The item.
   * @throws {Empty} when the time is over; nothing was taken then.
   * @throws {ShutDown} when the queue was shut down, and nothing is left.
   * @throws {ProcessError} when it was closed in this process, also while this waits.
   * @throws {SerializationError} when the item cannot be rebuilt here, for example because its class is not registered; it is
   *   gone then.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   */
  get(options?: WaitOptions): Promise<T> {
    return this.#core.get(options) as Promise<T>;
  }

  /**
   * Takes the first item, if there is one. Python's `get_nowait`.
   *
   * @returns The item.
   * @throws {Empty} when there is none.
   * @throws as {@linkcode get}.
   */
  getNoWait(): Promise<T> {
    return this.#core.get(ONE_TRY) as Promise<T>;
  }

  /**
   * How many items there are; others may change it at any time.
   *
   * @throws {ProcessError} when it was closed in this process.
   */
  // deno-lint-ignore require-await
  async qsize(): Promise<number> {
    return this.#core.size;
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

  /**
   * Whether there is no room for an item; others may change it at any time.
   *
   * @throws {ProcessError} when it was closed in this process.
   */
  // deno-lint-ignore require-await
  async full(): Promise<boolean> {
    return this.#core.isFull;
  }

  /**
   * Says that this process neither puts nor gets any more: later calls reject, and so does a `get()` that waits. A `put()` that
   * waits goes on. Other processes are not concerned. What concerns all of them can be called as before: `shutdown()`, and
   * `taskDone()` and `join()` of a {@linkcode JoinableQueue}.
   */
  close(): void {
    this.#core.close();
  }

  /** Closes the queue in this process: see {@linkcode Queue.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Waits until no `put()` of this process waits any more. Python's `join_thread`.
   *
   * @throws {ProcessError} when the queue was not closed.
   */
  joinThread(): Promise<void> {
    return this.#core.flush();
  }

  /** Lets this process end while a `put()` waits; its item is lost then. Python's `cancel_join_thread`. */
  cancelJoinThread(): void {
    this.#core.cancelFlush();
  }

  /**
   * Lets nobody put any more, in any process. Those who wait for room are told so by a `ShutDown`; those who get, when nothing
   * is left. It cannot be undone.
   *
   * @param options Whether what is left is dropped.
   * @throws {TypeError} when an option is of the wrong type.
   */
  // deno-lint-ignore require-await
  async shutdown(options?: ShutdownOptions): Promise<void> {
    this.#core.shutDown(checkShutdown(options));
  }

  /** Gets item after item, until the queue is shut down. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return untilShutDown(() => this.get());
  }
}

function takeMaxSize(options: QueueOptions | undefined): number {
  const size = checkMaxSize(options);
  if (size <= LARGEST) return size;
  throw new RangeError(`"maxSize" must be a whole number of at most ${LARGEST}, got ${size}`);
}

const LARGEST = 2 ** 31 - 1;

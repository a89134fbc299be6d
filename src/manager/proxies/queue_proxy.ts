/**
 * The proxies of queues.
 *
 * @module
 */

import { untilShutDown } from "../../queue/until_shut_down.ts";
import { checkShutdown, type WaitOptions } from "../../support/options.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { waitCall } from "./wait_call.ts";

/**
 * A queue of a manager. What Python's `Manager().Queue()` gives.
 *
 * - Items leave it in the order in which they came; who waits is served in order.
 * - A process that is killed while it waits loses nothing: an item that had not reached it goes to the next one.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const queue = await manager.Queue<string>();
 *   await queue.put("hello");
 *   console.log(await queue.get()); // hello
 * }
 * ```
 */
export class QueueProxy<T = unknown> extends BaseProxy {
  /**
   * Puts an item, as soon as there is room.
   *
   * @param item The item, which is copied.
   * @param options The longest wait (ms), and a signal.
   * @throws {Full} when the time is over.
   * @throws {ShutDown} when the queue was shut down.
   * @throws the signal's reason when it is aborted; nothing was put then.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    return waitCall(this, "put", [item], options);
  }

  /**
   * Puts an item if there is room.
   *
   * @param item The item.
   * @throws {Full} when there is none.
   */
  putNoWait(item: T): Promise<void> {
    return callOf(this, "putNoWait", [item]) as Promise<void>;
  }

  /**
   * Takes the next item, as soon as there is one.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The item.
   * @throws {Empty} when the time is over.
   * @throws {ShutDown} when the queue was shut down and is empty.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   */
  get(options?: WaitOptions): Promise<T> {
    return waitCall(this, "get", [], options);
  }

  /**
   * Takes the next item if there is one.
   *
   * @throws {Empty} when there is none.
   */
  getNoWait(): Promise<T> {
    return callOf(this, "getNoWait", []) as Promise<T>;
  }

  /** How many items there are. */
  qsize(): Promise<number> {
    return callOf(this, "qsize", []) as Promise<number>;
  }

  /** Whether there is no item. */
  empty(): Promise<boolean> {
    return callOf(this, "empty", []) as Promise<boolean>;
  }

  /** Whether there is no room. */
  full(): Promise<boolean> {
    return callOf(this, "full", []) as Promise<boolean>;
  }

  /**
   * Ends the queue: nothing can be put any more; what is there can be taken.
   *
   * @param options Whether what is there is dropped, too.
   * @throws {TypeError} when the options are none.
   */
  async shutdown(options?: { immediate?: boolean }): Promise<void> {
    await callOf(this, "shutdown", [{ immediate: checkShutdown(options) }]);
  }

  /** Takes items until the queue was shut down and is empty. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return untilShutDown(() => this.get());
  }
}

/**
 * A queue of a manager that knows when all items were dealt with. What Python's `Manager().JoinableQueue()` gives.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const queue = await manager.JoinableQueue<string>();
 *   await queue.put("an item");
 *   console.log(await queue.get()); // an item
 *   await queue.taskDone();
 *   await queue.join();
 * }
 * ```
 */
export class JoinableQueueProxy<T = unknown> extends QueueProxy<T> {
  /**
   * Says that an item that was taken has been dealt with.
   *
   * @throws {RangeError} when it is called more often than there were items.
   */
  taskDone(): Promise<void> {
    return callOf(this, "taskDone", []) as Promise<void>;
  }

  /**
   * Waits until all items have been dealt with.
   *
   * @param options The longest wait (ms), and a signal.
   * @throws {TimeoutError} when the time is over.
   */
  join(options?: WaitOptions): Promise<void> {
    return waitCall(this, "join", [], options);
  }
}

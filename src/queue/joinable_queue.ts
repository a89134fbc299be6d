/**
 * Queues whose items are reported done.
 *
 * @module
 */

import type { WaitOptions } from "../support/options.ts";
import type { Parts } from "../messages/parts.ts";
import type { QueueCore } from "./core.ts";
import { coreOf, Queue, type QueueOptions, queueParts, registerQueue } from "./queue.ts";

/**
 * A queue that one can wait for until all its items are done. Python's `JoinableQueue`.
 *
 * - Each `put()` adds a task; whoever got an item calls `taskDone()` when it is done with it. Any process may call it.
 * - `join()` waits until there are as many `taskDone()`s as there were items.
 * - `shutdown({ immediate: true })` counts what it drops as done.
 *
 * Differences from Python: a `join()` does not wait for ever for a process that has ended before it called `taskDone()`: it
 * rejects when no other task is left. The count stays, and somebody else may call `taskDone()` for it.
 *
 * @typeParam T What its items are.
 *
 * @example Wait for a worker's work
 * ```ts
 * import { JoinableQueue, Process } from "@allcores/multiprocessing";
 *
 * async function work(tasks: JoinableQueue<string>) {
 *   for await (const task of tasks) {
 *     console.log("doing", task);
 *     tasks.taskDone();
 *   }
 * }
 *
 * if (import.meta.main) {
 *   const tasks = new JoinableQueue<string>();
 *   const worker = new Process({ target: work, args: [tasks], daemon: true });
 *   await worker.start();
 *   await tasks.put("this");
 *   await tasks.put("that");
 *   await tasks.join();
 *   await tasks.shutdown();
 *   await worker.join();
 * }
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  static {
    registerQueue(49, JoinableQueue);
  }

  /**
   * Creates a queue.
   *
   * @param options How many items it holds at most.
   * @throws as {@linkcode Queue}.
   */
  constructor(options?: QueueOptions);
  constructor(given?: QueueOptions | Parts<QueueCore>) {
    super(queueParts(given, new.target, true) as never);
  }

  /**
   * Says that an item that somebody got is done.
   *
   * @throws {RangeError} when all items are done already; nothing has changed then.
   */
  taskDone(): void {
    if (coreOf(this).taskDone()) return;
    throw new RangeError("Cannot report a task done: taskDone() was called too many times");
  }

  /**
   * Waits until all items that were put are done; at once when there are none.
   *
   * @param options The longest wait (ms), and a signal.
   * @throws {TimeoutError} when the time is over.
   * @throws {ProcessError} when all that is left was taken by processes that have ended.
   * @throws the signal's reason when it is aborted.
   */
  join(options?: WaitOptions): Promise<void> {
    return coreOf(this).join(options);
  }
}

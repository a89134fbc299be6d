/**
 * Waiting for several objects at once.
 *
 * @module
 */

import { TimeoutError } from "./errors.ts";
import { within } from "./support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "./support/options.ts";
import { isTurnDue, nextTurn } from "./event_loop/turns.ts";
import type { Connection } from "./connection/connection.ts";
import type { Queue } from "./queue/queue.ts";
import type { Sentinel } from "./process/sentinel.ts";
import { type Readiness, readinessOf } from "./parties/waitable.ts";

/** What `wait()` waits for. */
// deno-lint-ignore no-explicit-any
export type WaitObject = Connection<any, any> | Sentinel | Queue<any>;

/**
 * Waits until at least one of several objects is ready. Python's `multiprocessing.connection.wait`.
 *
 * A connection is ready when there is a message, or its end; a sentinel, when its process has ended; a queue, when there is
 * an item. Nothing is taken: another process may be faster to take what there is.
 *
 * @typeParam T What is waited for.
 * @param objects Connections, sentinels and queues.
 * @param options The longest wait (ms), and a signal.
 * @returns All that are ready, in the order in which they were given; none when the time is over, or when nothing was given.
 * @throws {TypeError} when it is given anything else.
 * @throws {ProcessError} when an object was closed here, or given away.
 * @throws the signal's reason when it is aborted.
 *
 * @example
 * ```ts
 * import { Pipe, wait } from "@allcores/multiprocessing";
 *
 * const [a, b] = Pipe<string>();
 * const [c] = Pipe<string>();
 * await b.send("hello");
 * const ready = await wait([a, c], { timeout: 1000 });
 * console.log(ready.length, ready[0] === a); // 1 true
 * ```
 */
export async function wait<T extends WaitObject>(
  objects: Iterable<T>,
  options?: WaitOptions,
): Promise<T[]> {
  checkWaitOptions(options);
  if (typeof objects?.[Symbol.iterator] !== "function") {
    throw new TypeError(`wait() needs a list of objects, got ${show(objects)}`);
  }
  const all = new Map<T, Readiness>([...objects].map((object) => [object, readinessFor(object)]));
  options?.signal?.throwIfAborted();
  const ready = readyOf(all);
  if (ready.length > 0 || all.size === 0 || (options?.timeout ?? 1) <= 0) {
    return isTurnDue() ? await nextTurn(ready) : ready;
  }
  return await become(all, options);
}

async function become<T>(
  all: Map<T, Readiness>,
  options: WaitOptions | undefined,
): Promise<T[]> {
  const stops: (() => void)[] = [];
  const found = new Promise<T[]>((resolve, reject) => {
    const look = (): void => {
      try {
        const ready = readyOf(all);
        if (ready.length > 0) resolve(ready);
      } catch (error) {
        reject(error);
      }
    };
    for (const { watch } of all.values()) stops.push(watch(look));
    look();
  });
  try {
    return await within(found, options, "an object to become ready");
  } catch (error) {
    if (error instanceof TimeoutError) return [];
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}

function readyOf<T>(all: Map<T, Readiness>): T[] {
  const ready: T[] = [];
  for (const [object, readiness] of all) if (readiness.ready()) ready.push(object);
  return ready;
}

function readinessFor(object: unknown): Readiness {
  const readiness = readinessOf(object);
  if (readiness !== undefined) return readiness;
  throw new TypeError(`wait() takes connections, sentinels and queues, got ${show(object)}`);
}

/**
 * Waits with a limit: a longest time, and a signal.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { WaitOptions } from "./options.ts";

/** The longest delay (ms) of a timer: a longer one fires at once. A wait of 24 days is one without an end. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;

/** What ends a wait before its time. */
export interface Limit {
  /** Limits the wait no more: to be called when it has ended, however it did. */
  end(): void;
}

/** The limit of a wait that has none. */
export const NO_LIMIT: Limit = { end: () => {} };

/**
 * Limits a wait that begins now. Neither function is called before this returns, and nothing sees to it that only one of them
 * is called: whichever comes first ends the limit.
 *
 * @param options The longest time (ms), and a signal, which is not aborted yet.
 * @param onExpire Called when the time is over.
 * @param onAbort Called with the signal's reason when it is aborted.
 * @returns The limit.
 */
export function limited(
  options: WaitOptions | undefined,
  onExpire: () => void,
  onAbort: (reason: unknown) => void,
): Limit {
  if (options === undefined) return NO_LIMIT;
  const { timeout, signal } = options;
  const isTimed = timeout !== undefined && timeout < LONGEST_DELAY;
  const timer = isTimed ? setTimeout(onExpire, Math.max(1, timeout)) : undefined;
  if (signal === undefined) {
    return timer === undefined ? NO_LIMIT : { end: () => clearTimeout(timer) };
  }
  const onSignal = (): void => onAbort(signal.reason);
  signal.addEventListener("abort", onSignal, { once: true });
  return {
    end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onSignal);
    },
  };
}

/**
 * Waits for a promise, for a limited time. What the promise stands for goes on: it must be something that a wait
 * does not consume.
 *
 * @param promise What to wait for.
 * @param options The limits.
 * @param what What is waited for, for the error.
 * @returns What the promise gives.
 * @throws {TimeoutError} when the time is over.
 * @throws the signal's reason when it is aborted.
 */
export async function within<T>(
  promise: Promise<T>,
  options: WaitOptions | undefined,
  what: string,
): Promise<T> {
  if (options?.timeout === undefined && options?.signal === undefined) return await promise;
  // Whoever gives up must not leave a rejection behind that nobody handles.
  promise.catch(() => {});
  options.signal?.throwIfAborted();
  let limit = NO_LIMIT;
  const over = new Promise<never>((_, reject) => {
    limit = limited(options, () => reject(timedOut(options, what)), reject);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    limit.end();
  }
}

/**
 * The error of a wait whose time is over.
 *
 * @param options The limits.
 * @param what What was waited for.
 * @returns The error.
 */
export function timedOut(options: WaitOptions | undefined, what: string): TimeoutError {
  return new TimeoutError(`Timed out after ${options?.timeout} ms: ${what}`);
}

/**
 * What calls of a queue reject with.
 *
 * @module
 */

import { Empty, Full, ProcessError, ShutDown } from "../errors.ts";
import type { WaitOptions } from "../support/options.ts";

/** There was no room in time. */
export function wasFull(options: WaitOptions | undefined): Full {
  return new Full(`Cannot put into the queue: it was full${during(options)}`);
}

/** There was no item in time. */
export function wasEmpty(options: WaitOptions | undefined): Empty {
  return new Empty(`Cannot get from the queue: it was empty${during(options)}`);
}

/** It was shut down. `what` is what was tried: `put into`. */
export function wasShutDown(what: string): ShutDown {
  return new ShutDown(`Cannot ${what} the queue: it was shut down`);
}

/** It was closed in this process. */
export function wasClosed(what: string): ProcessError {
  return new ProcessError(`Cannot ${what} the queue: it was closed in this process by close()`);
}

/** Nobody will report the last items done. */
export function tasksLost(count: number): ProcessError {
  return new ProcessError(
    `Cannot join the queue: ${count} items were taken by processes that ended before they called ` +
      "taskDone() for them. Call it in their place, or put the items again",
  );
}

function during(options: WaitOptions | undefined): string {
  return isOneTry(options) ? "" : ` for ${options?.timeout} ms`;
}

/** Whether a call does not wait. */
export function isOneTry(options: WaitOptions | undefined): boolean {
  return options?.timeout !== undefined && options.timeout <= 0;
}

/**
 * Timers that nobody waits for.
 *
 * @module
 */

/** A timer, as each runtime gives it. */
export type Timer = ReturnType<typeof setTimeout>;

/**
 * Lets the program end although a timer is set.
 *
 * @param timer The timer.
 * @returns The timer.
 */
export function unrefTimer(timer: Timer): Timer {
  (timer as { unref?(): void }).unref?.();
  return timer;
}

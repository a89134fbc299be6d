/**
 * Turns of the event loop for code that never waits: one that awaits promises which are settled already would keep timers and
 * sockets from being served for ever.
 *
 * @module
 */

/** Calls that need not wait until the event loop gets a turn. */
const CALLS_A_TURN = 1000;

let calls = 0;

/** Whether a call that need not wait is to wait for a turn all the same. */
export function isTurnDue(): boolean {
  return ++calls >= CALLS_A_TURN;
}

/**
 * Lets the event loop have a turn.
 *
 * @param value What to give then.
 * @returns The value.
 */
export function nextTurn<T>(value: T): Promise<T> {
  calls = 0;
  return new Promise((resolve) => setImmediate(resolve, value));
}

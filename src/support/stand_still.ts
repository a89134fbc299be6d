/**
 * Waiting without yielding: nothing else of this thread runs meanwhile.
 *
 * @module
 */

const word = new Int32Array(new SharedArrayBuffer(4));

/**
 * Stands still for some time, at no cost to others.
 *
 * @param time How long (ms); `Infinity`: for ever.
 */
export function nap(time: number): void {
  Atomics.wait(word, 0, 0, time);
}

/** Tells the processor that a loop waits for a change in memory. Does nothing where a runtime cannot say so. */
export const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => {});

/**
 * A party that is killed at an exact moment: runs code up to one of its atomic operations, and no further.
 *
 * @module
 */

import { replaceAtomics } from "./atomics.ts";

const DEATH = Symbol("death");

/**
 * Runs a party until it is killed.
 *
 * @param step Before which of its atomic operations: 0 is the first one.
 * @param life What it does; it must not catch what it does not know.
 * @returns Whether it was killed; false when it came to its end before.
 */
export function killAt(step: number, life: () => void): boolean {
  let left = step;
  const restore = replaceAtomics((operation) => (...args) => {
    if (left-- === 0) throw DEATH;
    return operation(...args);
  });
  try {
    life();
    return false;
  } catch (error) {
    if (error !== DEATH) throw error;
    return true;
  } finally {
    restore();
  }
}

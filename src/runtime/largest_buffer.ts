/**
 * How much one buffer of this runtime can hold.
 *
 * @module
 */

import { builtin } from "./node/globals.ts";

/** All runtimes hold as much: what is smaller need not be compared with the limit, which takes a module to find out. */
const HELD_EVERYWHERE = 2 ** 31;

/** The most bytes that one buffer can have here; the memory of the machine may be less. */
export function largestBuffer(): number {
  return builtin<typeof import("node:buffer")>("node:buffer").constants.MAX_LENGTH;
}

/** Whether a buffer of so many bytes can exist here at all. */
export function canHold(size: number): boolean {
  return size <= HELD_EVERYWHERE || size <= largestBuffer();
}

/**
 * How many items a chunk has where the user does not say: as many as take a good time, by what was measured.
 *
 * @module
 */

import type { PoolFunction } from "./function_table.ts";

/** The longest time (ms) that a chunk of a map should take. */
const CHUNK_TIME = 2;
/** Items of a chunk at most, so that it fits into a ring where the items are numbers. */
const CHUNK_LIMIT = 4096;
/** A chunk is at most so many times as long as the one before, while the items' time is still being learned. */
const CHUNK_GROWTH = 16;

/**
 * The size of the next chunk.
 *
 * @param fn The function, with the time that its calls take.
 * @param last The size of the last chunk.
 * @returns A number of items.
 */
export function timedChunk(fn: PoolFunction, last: number): number {
  const timed = fn.callTime === 0 ? 1 : Math.ceil(CHUNK_TIME / fn.callTime);
  return Math.min(timed, last * CHUNK_GROWTH, CHUNK_LIMIT);
}

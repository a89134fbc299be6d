/**
 * Where the items of a list in shared memory stand.
 *
 * @module
 */

/** Places and sizes are 32-bit words without a sign. */
const LARGEST_LIST = 2 ** 32 - 8;

/** Where the content of each slot begins and how much room it has; and how much memory all take (bytes). */
export interface ListLayout {
  readonly places: readonly number[];
  readonly rooms: readonly number[];
  readonly size: number;
}

/**
 * Gives each item a place at a multiple of 8, with room for more than it has.
 *
 * @param sizes The sizes of the items (bytes).
 * @param start Where the first one may begin (bytes).
 * @returns The places.
 * @throws {RangeError} when the places cannot be told by the words for them.
 */
export function layOut(sizes: readonly number[], start: number): ListLayout {
  const rooms = sizes.map((size) => Math.floor(size / 8 + 1) * 8);
  let end = Math.ceil(start / 8) * 8;
  const places = rooms.map((room) => (end += room) - room);
  if (end <= LARGEST_LIST) return { places, rooms, size: end };
  throw new RangeError(
    `A list in shared memory has ${LARGEST_LIST} bytes at most: these items take ${end}`,
  );
}

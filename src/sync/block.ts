/**
 * A block: bytes that several parties see. How they come to see them is the only difference between
 * the start methods: processes map a file, threads share one buffer.
 *
 * @module
 */

import type { MappingRef } from "../runtime/shared_memory.ts";

/** Where a block is found: plain data that can be sent to any party of the same program. */
export type BlockRef = MappingRef | ArenaRef;

/** A place in the buffer that the threads of a program share. */
export interface ArenaRef {
  /** Bytes from the buffer's start. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Bytes as two views. */
export interface Views {
  readonly bytes: Uint8Array;
  /** The same bytes as 32-bit words. */
  readonly words: Int32Array;
}

/** Shared bytes. Words that several parties touch are read and written by `Atomics` only. */
export interface Block extends Views {
  readonly ref: BlockRef;
  /** Gives the block up: no party may open it any more; those that did may go on using it. */
  free(): void;
}

/** Where blocks come from. */
export interface Memory {
  /**
   * Creates a block of zeros.
   *
   * @param size Bytes.
   * @throws {NotSupportedError} when there is no memory left.
   */
  allocate(size: number): Block;
  /** Opens a block that another party created. */
  open(ref: BlockRef): Block;
}

/**
 * More memory of a shared structure, of which it takes parts and gives them back while it is used, besides the words that it
 * consists of. It goes with the structure at the latest. Where a part is, its place, is a number that every party understands.
 */
export interface Extension {
  /** Whether a part may be freed twice; others must be forgotten before they are freed. */
  readonly canFreeTwice: boolean;
  /**
   * Chooses a place that nobody else has.
   *
   * @param size Bytes, a multiple of 8; of {@linkcode PLACE_UNIT}, where it is to be claimed: see `claims.ts`.
   * @returns The place, a number above 0.
   * @throws {NotSupportedError} when there is none left.
   */
  choose(size: number): number;
  /**
   * Creates a part at a chosen place.
   *
   * @returns Its bytes; what they hold is not known.
   * @throws {NotSupportedError} when there is no memory left; the place is still to be freed.
   */
  create(place: number, size: number): Views;
  /** Opens a part that some party has created. */
  open(place: number, size: number): Views;
  /** Gives a part back. */
  free(place: number, size: number): void;
}

/** Places of an extension that a word tells the size of come in multiples of this (bytes). */
export const PLACE_UNIT = 4096;
/** The largest size of such a place (bytes). */
export const LARGEST_PLACE: number = (2 ** 31 - 1) * PLACE_UNIT;

/**
 * Writes a size or a position into two words.
 *
 * @param words The words.
 * @param at The first one.
 * @param size A whole number from 0 to 2^53 - 1.
 */
export function putSize(words: Int32Array, at: number, size: number): void {
  words[at] = size;
  words[at + 1] = Math.floor(size / 2 ** 32);
}

/** Reads what {@linkcode putSize} has written. */
export function getSize(words: Int32Array, at: number): number {
  const high = words[at + 1];
  // Small sizes stay integers: one number of the other kind, and engines keep what is counted from it as such for good.
  return high === 0 ? words[at] >>> 0 : high * 2 ** 32 + (words[at] >>> 0);
}

/**
 * The next multiple of 8.
 *
 * @param size Bytes, also more than 2 GiB.
 * @returns Bytes.
 */
export function align(size: number): number {
  return size + (-size & 7);
}

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
   * @param size Bytes, a multiple of 8.
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

/**
 * The next multiple of 8.
 *
 * @param size Bytes, also more than 2 GiB.
 * @returns Bytes.
 */
export function align(size: number): number {
  return size + (-size & 7);
}

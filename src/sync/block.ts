/**
 * A block: bytes that several parties see. How they come to see them is the only difference between
 * the start methods: processes map a file, threads share one buffer.
 *
 * @module
 */

import type { MappingRef } from "../runtime/types.ts";

/** Where a block is found: plain data that can be sent to any party of the same domain. */
export type BlockRef = MappingRef | ArenaRef;

/** A place in the buffer that the threads of a program share. */
export interface ArenaRef {
  /** Bytes from the buffer's start. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Shared bytes. Words that several parties touch are read and written by `Atomics` only. */
export interface Block {
  readonly ref: BlockRef;
  readonly bytes: Uint8Array;
  /** The same bytes as 32-bit words. */
  readonly words: Int32Array;
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

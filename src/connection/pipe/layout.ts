/**
 * The memory of a pipe, which both its ends share.
 *
 * Layout: the words of end 0, those of end 1 on a cache line of their own, then the ring from end 0 to end 1, then the other one,
 * if the pipe has it.
 *
 * @module
 */

import { createPiece, type SharedPiece } from "../../messages/shared_object.ts";
import type { Program } from "../../parties/program.ts";
import type { Views } from "../../sync/block.ts";
import { ringBytes } from "../../sync/ring.ts";

/** Words of each end. */
export const END_WORDS = 16;
const HEADER_BYTES = 2 * END_WORDS * 4;
/** Bytes of each ring: a message of up to a quarter of it does not wait for its receiver, as in a pipe of Linux. */
const RING_CAPACITY = 256 * 1024;

/** Where an end is. */
export interface EndPlace {
  readonly piece: SharedPiece;
  /** Which end: the first ring leads from 0 to 1. */
  readonly side: 0 | 1;
  /** Whether there is a ring for each direction; else only from 0 to 1. */
  readonly duplex: boolean;
}

/** How many ends of a pipe this party uses, where it has created the pipe. */
const usedEnds = new WeakMap<SharedPiece, number>();

/**
 * Allocates the memory of a pipe, both of whose ends this party will use.
 *
 * @param program The program.
 * @param duplex Whether messages go both ways.
 * @returns The memory.
 */
export function createPipePiece(program: Program, duplex: boolean): SharedPiece {
  const piece = createPiece(program, HEADER_BYTES + ringBytes(RING_CAPACITY) * (duplex ? 2 : 1));
  usedEnds.set(piece, 2);
  return piece;
}

/** Says that an end is used here no more. When that goes for both, the memory of a pipe that was never sent is free. */
export function retireEnd({ piece }: EndPlace): void {
  const others = (usedEnds.get(piece) ?? 0) - 1;
  usedEnds.set(piece, others);
  if (others === 0) piece.share.release();
}

/** The ring that leads away from an end. */
export function ringFrom({ piece: { share } }: EndPlace, side: number): Views {
  const size = ringBytes(RING_CAPACITY);
  const start = share.start + HEADER_BYTES + side * size;
  return {
    bytes: new Uint8Array(share.buffer, start, size),
    words: new Int32Array(share.buffer, start, size / 4),
  };
}

/**
 * The memory of a pipe, which both its ends share.
 *
 * Layout: the words of end 0, those of end 1 on a cache line of their own, then for each end where the ring is that leads away
 * from it, in the extension (0: it has not sent anything yet). Only who holds an end makes that ring: once, when it first
 * sends; so a pipe that nobody uses costs no more than its words.
 *
 * @module
 */

import { createPiece, type SharedPiece } from "../../messages/shared_object.ts";
import type { Program } from "../../parties/program.ts";
import type { Views } from "../../sync/block.ts";
import { resetRing, ringBytes } from "../../sync/ring.ts";

/** Words of each end. */
export const END_WORDS = 16;
const RINGS = 2 * END_WORDS;
/** More than 4 KiB, so that it has an extension of its own. */
const PIPE_BYTES = 4096 + 64;
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

/** How many pipes that were closed are kept for new ones. */
const KEPT_PIPES = 8;

/** What this party knows of the memory of a pipe. */
interface Known {
  /** How many of its ends this party uses, where it has created the pipe. */
  uses: number;
  /** The rings that are open here, by the end that they lead away from. */
  readonly rings: [Views | null, Views | null];
}

const known = new WeakMap<SharedPiece, Known>();
/** The memory of pipes that were closed and never sent: nobody else has it. */
const closed = new WeakMap<Program, SharedPiece[]>();

/**
 * The memory of a new pipe, both of whose ends this party will use.
 *
 * @param program The program.
 * @returns The memory.
 * @throws {NotSupportedError} when there is no memory left.
 */
export function createPipePiece(program: Program): SharedPiece {
  const used = closed.get(program)?.pop();
  const piece = used ?? createPiece(program, PIPE_BYTES);
  const { rings } = knownOf(piece);
  if (used !== undefined) {
    piece.words.fill(0, 0, RINGS);
    for (const ring of rings) if (ring !== null) resetRing(ring);
  }
  known.set(piece, { uses: 2, rings });
  return piece;
}

/** Says that an end is used here no more. When that goes for both, the memory of a pipe that was never sent is free. */
export function retireEnd({ piece }: EndPlace): void {
  const { program, share } = piece;
  if (--knownOf(piece).uses !== 0 || share.wasSent) return;
  const pieces = closed.get(program) ?? [];
  closed.set(program, pieces);
  if (pieces.length < KEPT_PIPES) pieces.push(piece);
  else share.release();
}

/** The ring that leads away from an end; `null` where that end has not sent anything yet. */
export function findRing({ piece }: EndPlace, side: 0 | 1): Views | null {
  const { rings } = knownOf(piece);
  const ring = Atomics.load(piece.words, RINGS + side);
  if (ring === 0) return null;
  return rings[side] ??= piece.share.extension().open(ring, ringBytes(RING_CAPACITY));
}

/**
 * The ring that leads away from an end, by who holds that end.
 *
 * @throws {NotSupportedError} when there is no memory for it.
 */
export function makeRing(place: EndPlace): Views {
  const { side, piece } = place;
  const found = findRing(place, side);
  if (found !== null) return found;
  const extension = piece.share.extension();
  const size = ringBytes(RING_CAPACITY);
  const ring = extension.choose(size);
  try {
    const views = extension.create(ring, size);
    Atomics.store(piece.words, RINGS + side, ring);
    return knownOf(piece).rings[side] = views;
  } catch (error) {
    extension.free(ring, size);
    throw error;
  }
}

function knownOf(piece: SharedPiece): Known {
  let found = known.get(piece);
  if (found === undefined) known.set(piece, found = { uses: 0, rings: [null, null] });
  return found;
}

/**
 * Shared memory for processes: pieces of segments, which are mapped.
 *
 * Small pieces share segments, since a mapping each would be too much: 45 µs and 4 KiB, against 1 µs and 64 bytes. Each piece has a
 * buffer of its own, over just its bytes. A small piece is used again after its buffer was collected, unless one of its segment
 * was ever sent: nobody knows then who has which; so that segment is filled once, and ends when all its pieces are
 * collected everywhere. A segment lives as long as some process has it, so it outlives its creator.
 *
 * @module
 */

import type { Extension } from "../sync/block.ts";
import { type Segment, type SegmentRef, Segments } from "./segments.ts";
import { fromTicket, Outbox, type Share, type SharedHeap, toTicket } from "./share.ts";

/** Pieces start at multiples of a cache line, so that two processes that use neighbours do not disturb each other. */
const UNIT = 64;
const SEGMENT = 1 << 16;
/** Larger pieces get a segment of their own. */
const LARGEST_SMALL = 4096;

/** Where the segment is, the piece's offset and size in it, and the number of the sending. */
type Payload = [SegmentRef, number, number, number];

/** A piece in a segment. */
interface Piece {
  readonly segment: Segment;
  readonly offset: number;
  readonly capacity: number;
  /** Whether others may know it. */
  known: boolean;
}

/** {@linkcode SharedHeap} over mappings. */
export class MappedHeap implements SharedHeap {
  readonly #segments: Segments;
  readonly #outbox = new Outbox<Segment>();
  readonly #free = new Map<number, Piece[]>();
  /** A buffer over a piece does not keep the segment mapped by itself. */
  readonly #pieces = new WeakMap<ArrayBuffer, Piece>();
  readonly #pieceGone = new FinalizationRegistry<Piece>((piece) => {
    if (!piece.known && piece.segment.isUnsent) this.#putFree(piece);
  });
  #current: Segment | null = null;
  #used = SEGMENT;
  readonly #onFirstSent = (segment: Segment): void => this.#retire(segment);

  /** @param folder The run folder; `null` where files need no name. */
  constructor(folder: string | null) {
    this.#segments = new Segments(folder);
  }

  allocate(size: number): Share {
    if (this.#outbox.tidy()) this.#segments.sweep();
    const capacity = Math.max(1, Math.ceil(size / UNIT)) * UNIT;
    return this.#toShare(this.#newPiece(capacity), size);
  }

  open(payload: unknown): Share {
    const [ref, offset, size, ticket] = payload as Payload;
    const segment = this.#segments.open(ref);
    if (!(offset >= 0 && size >= 0 && offset + size <= segment.size)) {
      throw new RangeError("Cannot open shared memory: there is no such place in it");
    }
    segment.arrive(fromTicket(ticket));
    return this.#toShare({ segment, offset, capacity: size, known: true }, size);
  }

  bury(): void {
    this.#segments.sweep();
  }

  #newPiece(capacity: number): Piece {
    const reused = this.#free.get(capacity)?.pop();
    if (reused !== undefined) {
      new Uint8Array(reused.segment.buffer, reused.offset, capacity).fill(0);
      return reused;
    }
    if (capacity > LARGEST_SMALL) {
      return { segment: this.#segments.create(capacity), offset: 0, capacity, known: true };
    }
    if (this.#current === null || this.#used + capacity > SEGMENT) {
      this.#current = this.#segments.create(SEGMENT);
      this.#used = 0;
    }
    const offset = this.#used;
    this.#used += capacity;
    return { segment: this.#current, offset, capacity, known: false };
  }

  #putFree(piece: Piece): void {
    const list = this.#free.get(piece.capacity);
    if (list === undefined) this.#free.set(piece.capacity, [piece]);
    else list.push(piece);
  }

  /** From now on a segment is not used again piece by piece. */
  #retire(segment: Segment): void {
    for (const [capacity, pieces] of this.#free) {
      this.#free.set(capacity, pieces.filter((piece) => piece.segment !== segment));
    }
  }

  #toShare(piece: Piece, size: number): Share {
    const { segment, offset } = piece;
    const buffer = bufferOf(segment, offset, size);
    this.#pieces.set(buffer, piece);
    if (!piece.known) this.#pieceGone.register(buffer, piece);
    return new MappedShare(buffer, piece, this.#outbox, this.#onFirstSent);
  }
}

class MappedShare implements Share {
  readonly buffer: ArrayBuffer;
  readonly start: number = 0;
  readonly #piece: Piece;
  readonly #outbox: Outbox<Segment>;
  readonly #onFirstSent: (segment: Segment) => void;

  constructor(
    buffer: ArrayBuffer,
    piece: Piece,
    outbox: Outbox<Segment>,
    onFirstSent: (segment: Segment) => void,
  ) {
    this.buffer = buffer;
    this.#piece = piece;
    this.#onFirstSent = onFirstSent;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.buffer.byteLength;
  }

  send(): Payload {
    const { segment, offset } = this.#piece;
    this.#piece.known = true;
    if (segment.isUnsent) this.#onFirstSent(segment);
    const ticket = toTicket(segment.send());
    this.#outbox.add(segment);
    return [segment.ref, offset, this.size, ticket];
  }

  get wasSent(): boolean {
    return this.#piece.known && !this.#piece.segment.isUnsent;
  }

  release(): void {
    // What somebody still reads of it, against what was promised, must not end the process: so its end is found out.
  }

  pin(): void {
    // The buffer is followed itself.
  }

  extension(): Extension {
    return this.#piece.segment.extension();
  }
}

/** One buffer for all of it where that is so: runtimes collect garbage the more often, the more memory buffers seem to have. */
function bufferOf(segment: Segment, offset: number, size: number): ArrayBuffer {
  if (size === segment.size) return segment.buffer;
  return size === 0 ? new ArrayBuffer(0) : segment.part(offset, size);
}

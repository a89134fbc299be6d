/**
 * Shared memory for processes: segments that are mapped, and pieces of them.
 *
 * A segment lives as long as some process has it open. Each process that has it opens it under a path of its own, so
 * it outlives its creator. Small pieces share segments, since a mapping and a descriptor each would be too much: 45 µs
 * and 4 KiB, against 1 µs and 64 bytes. Each piece has a buffer of its own, over just its bytes.
 *
 * Header of a segment, in words: 0 and 1 its id; 2 how often pieces were sent; 3 the number of the last sending that
 * arrived; 4 how much behind it was chosen for its piece's extension. A piece is used again after its buffer was
 * collected, unless it was ever sent: nobody knows then who has it.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { Mapping } from "../runtime/shared_memory.ts";
import { shortageIn } from "../support/shortage.ts";
import type { Extension } from "../sync/block.ts";
import { MappedExtension } from "./mapped_extension.ts";
import {
  fromTicket,
  isBefore,
  nextSending,
  Outbox,
  type Outgoing,
  randomWord,
  type Share,
  type SharedHeap,
  toTicket,
} from "./share.ts";

const HEADER = 64;
const SENT = 2;
const ARRIVED = 3;
const CHOSEN = 4;
/** Pieces start at multiples of a cache line, so that two processes that use neighbours do not disturb each other. */
const UNIT = 64;
const SEGMENT = 1 << 16;
/** Larger pieces get a segment of their own. */
const LARGEST_SMALL = 4096;

/** Paths of the segment, its id, its size, the piece's offset and size, and the number of the sending. */
type Payload = [string[], number, number, number, number, number, number];

class Segment implements Outgoing {
  readonly mapping: Mapping;
  readonly size: number;
  readonly words: Int32Array;
  /** Where it may be found besides the mapping's own path. */
  readonly others: readonly string[];
  #lastSent = 0;

  constructor(mapping: Mapping, size: number, others: readonly string[]) {
    this.mapping = mapping;
    this.size = size;
    this.others = others;
    this.words = new Int32Array(mapping.buffer, 0, HEADER / 4);
  }

  get paths(): string[] {
    return [this.mapping.path, ...this.others];
  }

  get key(): string {
    return `${this.words[0]},${this.words[1]}`;
  }

  send(): number {
    this.#lastSent = nextSending(this.words, SENT);
    return this.#lastSent;
  }

  arrive(number: number): void {
    const { words } = this;
    for (let before = Atomics.load(words, ARRIVED); isBefore(before, number);) {
      const found = Atomics.compareExchange(words, ARRIVED, before, number);
      if (found === before) return;
      before = found;
    }
  }

  delivered(): boolean {
    return !isBefore(Atomics.load(this.words, ARRIVED), this.#lastSent);
  }
}

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
  readonly #folder: string | null;
  readonly #outbox = new Outbox<Segment>();
  readonly #segments = new Map<string, WeakRef<Segment>>();
  readonly #free = new Map<number, Piece[]>();
  /** A buffer over a piece does not keep the segment mapped by itself. */
  readonly #pieces = new WeakMap<ArrayBuffer, Piece>();
  readonly #pieceGone = new FinalizationRegistry<Piece>((piece) => {
    if (!piece.known) this.#putFree(piece);
  });
  readonly #segmentGone = new FinalizationRegistry<{ key: string; close: () => void }>(
    ({ key, close }) => {
      close();
      if (this.#segments.get(key)?.deref() === undefined) this.#segments.delete(key);
    },
  );
  #current: Segment | null = null;
  #used = SEGMENT;

  /** @param folder The run folder; `null` where blocks need no name. */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  allocate(size: number): Share {
    this.#outbox.tidy();
    const capacity = Math.max(1, Math.ceil(size / UNIT)) * UNIT;
    return this.#toShare(this.#newPiece(capacity), size);
  }

  open(payload: unknown): Share {
    const [paths, id0, id1, total, offset, size, ticket] = payload as Payload;
    const segment = this.#segments.get(`${id0},${id1}`)?.deref() ??
      this.#adopt(paths, id0, id1, total);
    if (!(offset >= HEADER && size >= 0 && offset + size <= segment.size)) {
      throw new RangeError("Cannot open shared memory: there is no such place in it");
    }
    segment.arrive(fromTicket(ticket));
    return this.#toShare({ segment, offset, capacity: size, known: true }, size);
  }

  #newPiece(capacity: number): Piece {
    const reused = this.#free.get(capacity)?.pop();
    if (reused !== undefined) {
      new Uint8Array(reused.segment.mapping.buffer, reused.offset, capacity).fill(0);
      return reused;
    }
    if (capacity > LARGEST_SMALL) {
      return { segment: this.#create(HEADER + capacity), offset: HEADER, capacity, known: true };
    }
    if (this.#current === null || this.#used + capacity > SEGMENT) {
      this.#current = this.#create(SEGMENT);
      this.#used = HEADER;
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

  #create(size: number): Segment {
    const mapping = runtime.memory.create(size, this.#folder);
    new Int32Array(mapping.buffer).set([randomWord(), randomWord()]);
    return this.#remember(new Segment(mapping, size, []));
  }

  #adopt(paths: readonly string[], id0: number, id1: number, size: number): Segment {
    for (const path of paths) {
      const mapping = tryAdopt(path, size);
      if (mapping === null) continue;
      const [found0, found1] = new Int32Array(mapping.buffer, 0, 2);
      if (found0 === id0 && found1 === id1) {
        return this.#remember(new Segment(mapping, size, paths.slice(0, 2)));
      }
      mapping.close();
    }
    throw new NotSupportedError(
      "Cannot open shared memory: every process that had it has ended or given it up. Keep it until it was received",
    );
  }

  #remember(segment: Segment): Segment {
    const { key } = segment;
    this.#segments.set(key, new WeakRef(segment));
    this.#segmentGone.register(segment, { key, close: segment.mapping.close });
    return segment;
  }

  #toShare(piece: Piece, size: number): Share {
    const { segment, offset } = piece;
    const buffer = size === 0 ? new ArrayBuffer(0) : segment.mapping.part(offset, size);
    this.#pieces.set(buffer, piece);
    if (!piece.known) this.#pieceGone.register(buffer, piece);
    return new MappedShare(buffer, piece, this.#outbox, (piece) => this.#putFree(piece));
  }
}

class MappedShare implements Share {
  readonly buffer: ArrayBuffer;
  readonly start: number = 0;
  readonly #piece: Piece;
  readonly #outbox: Outbox<Segment>;
  readonly #putFree: (piece: Piece) => void;

  constructor(
    buffer: ArrayBuffer,
    piece: Piece,
    outbox: Outbox<Segment>,
    putFree: (piece: Piece) => void,
  ) {
    this.buffer = buffer;
    this.#piece = piece;
    this.#putFree = putFree;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.buffer.byteLength;
  }

  send(): Payload {
    const { segment, offset } = this.#piece;
    this.#piece.known = true;
    const { words, paths, size } = segment;
    const ticket = toTicket(segment.send());
    this.#outbox.add(segment);
    return [paths, words[0], words[1], size, offset, this.size, ticket];
  }

  release(): void {
    const { segment } = this.#piece;
    // Used again, not unmapped: what somebody still reads of it, against what was promised, must not end the process.
    if (isAlone(this.#piece) && Atomics.load(segment.words, SENT) === 0) this.#putFree(this.#piece);
  }

  pin(): void {
    // The buffer is followed itself.
  }

  extension(): Extension {
    const { mapping, words } = this.#piece.segment;
    return new MappedExtension(mapping.parts, words, CHOSEN);
  }
}

/** Whether a piece has a segment of its own, and nobody but its user follows what becomes of it. */
function isAlone({ known, capacity }: Piece): boolean {
  return known && capacity > LARGEST_SMALL;
}

function tryAdopt(path: string, size: number): Mapping | null {
  try {
    return runtime.memory.adopt({ path, nonce: 0, size });
  } catch (error) {
    // It may be there all the same.
    if (shortageIn(error) !== null) throw error;
    return null;
  }
}

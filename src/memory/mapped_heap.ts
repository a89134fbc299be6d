/**
 * Shared memory for processes: segments that are mapped, and pieces of them.
 *
 * A segment lives as long as some process has it open. Each process that has it opens it under a path of its own, so
 * it outlives its creator. Small pieces share segments, since a mapping and a descriptor each would be too much: 45 µs
 * and 4 KiB, against 1 µs and 64 bytes. Each piece has a buffer of its own, over just its bytes.
 *
 * Header of a segment, in words: 0 and 1 its id; 2 how often pieces were sent; 3 the number of the last sending that
 * arrived; 4 how much room behind it was chosen for its piece's annex. A piece is used again after its buffer was collected, unless it was ever sent: nobody knows then who has it.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { Mapping } from "../runtime/shared_memory.ts";
import type { Annex } from "../sync/block.ts";
import { MappedAnnex } from "./mapped_annex.ts";
import {
  fromTicket,
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
    this.#lastSent = Atomics.add(this.words, SENT, 1) + 1;
    return this.#lastSent;
  }

  arrive(number: number): void {
    const { words } = this;
    for (let before = Atomics.load(words, ARRIVED); before < number;) {
      const found = Atomics.compareExchange(words, ARRIVED, before, number);
      if (found === before) return;
      before = found;
    }
  }

  delivered(): boolean {
    return Atomics.load(this.words, ARRIVED) >= this.#lastSent;
  }
}

/** A place in a segment. */
interface Place {
  readonly segment: Segment;
  readonly offset: number;
  readonly room: number;
  /** Whether others may know it. */
  known: boolean;
}

/** {@linkcode SharedHeap} over mappings. */
export class MappedHeap implements SharedHeap {
  readonly #folder: string | null;
  readonly #outbox = new Outbox<Segment>();
  readonly #segments = new Map<string, WeakRef<Segment>>();
  readonly #free = new Map<number, Place[]>();
  /** A buffer over a piece does not keep the segment mapped by itself. */
  readonly #places = new WeakMap<ArrayBuffer, Place>();
  readonly #pieceGone = new FinalizationRegistry<Place>((place) => {
    if (!place.known) this.#putFree(place);
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
    const room = Math.max(1, Math.ceil(size / UNIT)) * UNIT;
    return this.#toShare(this.#place(room), size);
  }

  open(payload: unknown): Share {
    const [paths, id0, id1, total, offset, size, ticket] = payload as Payload;
    const segment = this.#segments.get(`${id0},${id1}`)?.deref() ??
      this.#adopt(paths, id0, id1, total);
    if (!(offset >= HEADER && size >= 0 && offset + size <= segment.size)) {
      throw new RangeError("Cannot open shared memory: there is no such place in it");
    }
    segment.arrive(fromTicket(ticket));
    return this.#toShare({ segment, offset, room: size, known: true }, size);
  }

  #place(room: number): Place {
    const reused = this.#free.get(room)?.pop();
    if (reused !== undefined) {
      new Uint8Array(reused.segment.mapping.buffer, reused.offset, room).fill(0);
      return reused;
    }
    if (room > LARGEST_SMALL) {
      return { segment: this.#create(HEADER + room), offset: HEADER, room, known: true };
    }
    if (this.#current === null || this.#used + room > SEGMENT) {
      this.#current = this.#create(SEGMENT);
      this.#used = HEADER;
    }
    const offset = this.#used;
    this.#used += room;
    return { segment: this.#current, offset, room, known: false };
  }

  #putFree(place: Place): void {
    const list = this.#free.get(place.room);
    if (list === undefined) this.#free.set(place.room, [place]);
    else list.push(place);
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

  #toShare(place: Place, size: number): Share {
    const { segment, offset } = place;
    const buffer = size === 0 ? new ArrayBuffer(0) : segment.mapping.part(offset, size);
    this.#places.set(buffer, place);
    if (!place.known) this.#pieceGone.register(buffer, place);
    return new MappedShare(buffer, place, this.#outbox, (place) => this.#putFree(place));
  }
}

class MappedShare implements Share {
  readonly buffer: ArrayBuffer;
  readonly start: number = 0;
  readonly #place: Place;
  readonly #outbox: Outbox<Segment>;
  readonly #putFree: (place: Place) => void;

  constructor(
    buffer: ArrayBuffer,
    place: Place,
    outbox: Outbox<Segment>,
    putFree: (place: Place) => void,
  ) {
    this.buffer = buffer;
    this.#place = place;
    this.#putFree = putFree;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.buffer.byteLength;
  }

  send(): Payload {
    const { segment, offset } = this.#place;
    this.#place.known = true;
    const { words, paths, size } = segment;
    const ticket = toTicket(segment.send());
    this.#outbox.add(segment);
    return [paths, words[0], words[1], size, offset, this.size, ticket];
  }

  release(): void {
    const { segment } = this.#place;
    // Used again, not unmapped: what somebody still reads of it, against what was promised, must not end the process.
    if (isAlone(this.#place) && Atomics.load(segment.words, SENT) === 0) this.#putFree(this.#place);
  }

  pin(): void {
    // The buffer is followed itself.
  }

  annex(): Annex {
    const { mapping, words } = this.#place.segment;
    return new MappedAnnex(mapping.path, words, CHOSEN);
  }
}

/** Whether a piece has a segment of its own, and nobody but its user follows what becomes of it. */
function isAlone({ known, room }: Place): boolean {
  return known && room > LARGEST_SMALL;
}

function tryAdopt(path: string, size: number): Mapping | null {
  try {
    return runtime.memory.adopt({ path, nonce: 0, size });
  } catch {
    return null;
  }
}

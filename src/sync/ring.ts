/**
 * A ring of records in a block: one writer, one reader, no lock.
 *
 * Three words say how far things are, each on a cache line of its own, counted in units of 8 bytes and never reset:
 *
 * - `tail`: up to here the writer has published. A record counts only when the tail has passed it, so a writer
 *   that dies leaves nothing half-written.
 * - `claim`: up to here records have been taken. The reader moves it by compare-and-exchange, since the
 *   writer may move it too: that takes back what nobody has started yet.
 * - `released`: up to here the reader has read; the writer may use the bytes again. Only the reader moves it. Always
 *   `released` ≤ `claim` ≤ `tail` ≤ `released` + capacity.
 *
 * A fourth word is set by a writer that waits for room; the reader rings for it when it has released something.
 *
 * A record is a header of four words (length in units, kind, and two words of the user) and a payload, in one piece: what
 * does not fit before the end of the ring starts at its beginning, behind a record of kind 0 that fills the gap and may have
 * no more than its first two words.
 *
 * Long because the invariants hold between the writer and the reader, which stand side by side.
 *
 * @module
 */

import type { Views } from "./block.ts";

const TAIL = 0;
const CLAIM = 16;
const RELEASED = 32;
const WANTED = 48;
const DATA_BYTES = 256;
/** The bytes that positions are counted in. */
export const RING_UNIT = 8;
const HEADER_BYTES = 16;
/** The words of a header. */
const LENGTH = 0;
const KIND = 1;
const A = 2;
const B = 3;
const GAP = 0;
/**
 * How far (units) before its end a new ring begins. So the step from the end to the beginning, which is rare, is among the
 * first: an engine throws the code away that it has compiled before it saw such a step.
 */
const RUN_UP = 512;

/** Bytes of a block that holds a ring of the given capacity (bytes, a power of two). */
export function ringBytes(capacity: number): number {
  return DATA_BYTES + capacity;
}

/** Makes a ring empty that nobody uses. */
export function resetRing({ words }: Views): void {
  words.fill(0, 0, DATA_BYTES / 4);
}

/** Writes a value into bytes: the part of the codec's `Encoder` that is used here. */
export interface PayloadEncoder {
  /** Returns the position behind the value, or -1 when it does not fit. */
  encode(value: unknown, bytes: Uint8Array, start: number, end: number, root?: string): number;
}

/** A record as its reader sees it; valid until the next call on the ring. */
export interface RingRecord {
  kind: number;
  a: number;
  b: number;
  /** Where the payload starts in the ring's bytes. */
  start: number;
  /** Where the payload's room ends. */
  end: number;
}

/** The writer's side. */
export class RingWriter {
  /** The bytes that payloads are written to. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #capacity: number;
  #tail: number;
  #released = 0;
  /** Where (bytes) the next record goes, and how far it may reach there, by what is known: see `#aim`. */
  #at = 0;
  #end = 0;
  /** The length (units) of the last record. */
  #lastLength = 1;
  /** The largest payload (bytes) that is written into the ring; larger ones belong in a block of their own. */
  readonly payloadLimit: number;

  /** @param block A block of zeros, or the block of a ring. */
  constructor(block: Views) {
    this.bytes = block.bytes;
    this.#words = block.words;
    this.#capacity = (block.bytes.length - DATA_BYTES) / RING_UNIT;
    this.payloadLimit = this.#capacity * RING_UNIT / 4 - HEADER_BYTES;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.#aim();
  }

  /**
   * Writes and publishes a record.
   *
   * @param kind What the record is; not 0.
   * @param a A word of the user.
   * @param b A word of the user.
   * @param encoder Writes the payload.
   * @param value The payload.
   * @param root What the payload is called in an error's path.
   * @returns `"written"`, `"full"` when there is no room now, or `"large"` when it is larger than the limit.
   */
  write(
    kind: number,
    a: number,
    b: number,
    encoder: PayloadEncoder,
    value: unknown,
    root?: string,
  ): "written" | "full" | "large" {
    if (this.#tryHere(kind, a, b, encoder, value, root)) return "written";
    if (this.#hasRoomForAll) return "large";
    // The reader may have released something since, and there may be more room at the ring's beginning.
    this.#aim();
    if (this.#tryHere(kind, a, b, encoder, value, root)) return "written";
    if (this.#hasRoomForAll) return "large";
    if (this.#skipToStart() && this.#tryHere(kind, a, b, encoder, value, root)) return "written";
    return this.#hasRoomForAll ? "large" : "full";
  }

  /**
   * Takes back all records that the reader has not claimed.
   *
   * @param each Called for each, in order.
   * @returns How many there were.
   */
  revoke(each: (record: RingRecord) => void): number {
    let claimed = Atomics.load(this.#words, CLAIM);
    for (;;) {
      const seen = Atomics.compareExchange(this.#words, CLAIM, claimed, this.#tail);
      if (seen === claimed) break;
      claimed = seen;
    }
    return this.#each(claimed, each);
  }

  /**
   * Looks at what nobody has claimed. The reader may do so meanwhile: what is told was so a moment ago.
   *
   * @param each Called for each record, in order.
   */
  eachUnclaimed(each: (record: RingRecord) => void): void {
    this.#each(Atomics.load(this.#words, CLAIM), each);
  }

  #each(from: number, each: (record: RingRecord) => void): number {
    let count = 0;
    const record = newRecord();
    for (let at = from; at !== this.#tail;) {
      readRecord(this.#words, this.#capacity, at, record);
      at = (at + record.length) | 0;
      if (record.kind === GAP) continue;
      each(record);
      count++;
    }
    return count;
  }

  /** The position behind the last record. */
  get tail(): number {
    return this.#tail;
  }

  /** How much (units) nobody has claimed. */
  get unclaimed(): number {
    return this.#tail - Atomics.load(this.#words, CLAIM) | 0;
  }

  /** The length (units) of the last record. */
  get lastLength(): number {
    return this.#lastLength;
  }

  /** Whether everything before a position has been read. */
  isReleased(position: number): boolean {
    return (Atomics.load(this.#words, RELEASED) - position | 0) >= 0;
  }

  /** Whether the reader has released something since the writer last looked for room. */
  get hasMoved(): boolean {
    return Atomics.load(this.#words, RELEASED) !== this.#released;
  }

  /** Asks the reader to ring when it has released something; then look once more before sleeping. */
  wantRoom(): void {
    Atomics.store(this.#words, WANTED, 1);
  }

  #tryHere(
    kind: number,
    a: number,
    b: number,
    encoder: PayloadEncoder,
    value: unknown,
    root: string | undefined,
  ): boolean {
    const at = this.#at;
    const start = at + HEADER_BYTES;
    if (start > this.#end) return false;
    const limit = Math.min(this.#end, start + this.payloadLimit);
    const end = encoder.encode(value, this.bytes, start, limit, root);
    if (end < 0) return false;
    const word = at >> 2;
    this.#words[word + KIND] = kind;
    this.#words[word + A] = a;
    this.#words[word + B] = b;
    this.#publish((end - at + RING_UNIT - 1) >> 3);
    return true;
  }

  /** Publishes a record; all but its length is there. */
  #publish(length: number): void {
    this.#words[(this.#at >> 2) + LENGTH] = length;
    this.#at += length * RING_UNIT;
    this.#tail = (this.#tail + length) | 0;
    this.#lastLength = length;
    Atomics.store(this.#words, TAIL, this.#tail);
  }

  /** Finds out where the next record goes, and how much room there is in one piece. */
  #aim(): void {
    this.#released = Atomics.load(this.#words, RELEASED);
    this.#at = placeOf(this.#tail, this.#capacity);
    const free = this.#capacity - (this.#tail - this.#released | 0);
    this.#end = Math.min(this.#at + free * RING_UNIT, DATA_BYTES + this.#capacity * RING_UNIT);
  }

  /** Whether there is room for every record that is not too large. */
  get #hasRoomForAll(): boolean {
    return this.#end - this.#at >= this.payloadLimit + HEADER_BYTES;
  }

  /** Fills what is left before the ring's end, if it is free, so that the next record starts at its beginning. */
  #skipToStart(): boolean {
    const left = DATA_BYTES + this.#capacity * RING_UNIT - this.#at;
    if (this.#end - this.#at < left || left === this.#capacity * RING_UNIT) return false;
    this.#words[(this.#at >> 2) + KIND] = GAP;
    this.#publish(left >> 3);
    this.#aim();
    return true;
  }
}

/** The reader's side. */
export class RingReader {
  /** The bytes that payloads are read from. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #record = newRecord();
  #claimed: number;
  readonly #takesBack: boolean;

  /**
   * @param block The block of a ring.
   * @param takesBack Whether the writer takes records back; a reader that knows that it does not is faster.
   */
  constructor(block: Views, takesBack: boolean) {
    this.bytes = block.bytes;
    this.#words = block.words;
    this.#takesBack = takesBack;
    this.#capacity = (block.bytes.length - DATA_BYTES) / RING_UNIT;
    this.#claimed = Atomics.load(this.#words, RELEASED);
  }

  /** The position behind the record that was claimed last. */
  get position(): number {
    return this.#claimed;
  }

  /** Whether there is a record that nobody has claimed. */
  get ready(): boolean {
    return Atomics.load(this.#words, CLAIM) !== Atomics.load(this.#words, TAIL);
  }

  /**
   * Looks at the next record, and leaves it where it is.
   *
   * @returns The record, which the next call overwrites; `null` when there is none.
   */
  peek(): RingRecord | null {
    for (;;) {
      const at = Atomics.load(this.#words, CLAIM);
      if (at === Atomics.load(this.#words, TAIL)) {
        if (at !== this.#claimed) this.#passOver(at);
        return null;
      }
      const record = readRecord(this.#words, this.#capacity, at, this.#record);
      if (record.kind !== GAP) return record;
      const next = (at + record.length) | 0;
      if (!this.#move(at, next)) continue;
      this.#claimed = next;
      this.release();
    }
  }

  /**
   * Claims the next record. Its bytes stay as they are until {@linkcode release}.
   *
   * @returns The record, which the next call overwrites; `null` when there is none.
   */
  claim(): RingRecord | null {
    for (;;) {
      const at = Atomics.load(this.#words, CLAIM);
      if (at === Atomics.load(this.#words, TAIL)) {
        if (at !== this.#claimed) this.#passOver(at);
        return null;
      }
      const record = readRecord(this.#words, this.#capacity, at, this.#record);
      const next = (at + record.length) | 0;
      if (!this.#move(at, next)) continue;
      this.#claimed = next;
      if (record.kind !== GAP) return record;
      this.release();
    }
  }

  /** Whether the writer waits for room: true once for each time that it asked. */
  takeWanted(): boolean {
    return Atomics.load(this.#words, WANTED) === 1 &&
      Atomics.exchange(this.#words, WANTED, 0) === 1;
  }

  /** What the writer took back meanwhile must be released by the reader all the same. */
  #passOver(at: number): void {
    this.#claimed = at;
    this.release();
  }

  #move(at: number, next: number): boolean {
    if (this.#takesBack) return Atomics.compareExchange(this.#words, CLAIM, at, next) === at;
    Atomics.store(this.#words, CLAIM, next);
    return true;
  }

  /** Says that the claimed record has been read: its bytes may be used again. */
  release(): void {
    Atomics.store(this.#words, RELEASED, this.#claimed);
  }
}

/** Where (bytes) a position stands in the block. */
function placeOf(position: number, capacity: number): number {
  return DATA_BYTES + ((position + capacity - RUN_UP) & (capacity - 1)) * RING_UNIT;
}

function newRecord(): RingRecord & { length: number } {
  return { kind: 0, a: 0, b: 0, start: 0, end: 0, length: 0 };
}

function readRecord(
  words: Int32Array,
  capacity: number,
  at: number,
  into: RingRecord & { length: number },
): RingRecord & { length: number } {
  const place = placeOf(at, capacity);
  const word = place >> 2;
  into.length = words[word + LENGTH];
  into.kind = words[word + KIND];
  // A gap may be as short as these two words.
  if (into.kind === GAP) return into;
  into.a = words[word + A];
  into.b = words[word + B];
  into.start = place + HEADER_BYTES;
  into.end = place + into.length * RING_UNIT;
  return into;
}

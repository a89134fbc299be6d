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
 * does not fit before the end of the ring starts at its beginning, behind a record of kind 0 that fills the gap.
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
const GAP = 0;

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
  #released: number;
  /** The length (units) of the last record. */
  #lastLength = 1;

  /** @param block A block of zeros, or the block of a ring. */
  constructor(block: Views) {
    this.bytes = block.bytes;
    this.#words = block.words;
    this.#capacity = (block.bytes.length - DATA_BYTES) / RING_UNIT;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.#released = Atomics.load(this.#words, RELEASED);
  }

  /** The largest payload (bytes) that is written into the ring; larger ones belong in a block of their own. */
  get payloadLimit(): number {
    return this.#capacity * RING_UNIT / 4 - HEADER_BYTES;
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
    if (this.#room() * RING_UNIT >= this.payloadLimit + HEADER_BYTES) return "large";
    if (this.#skipToStart() && this.#tryHere(kind, a, b, encoder, value, root)) return "written";
    return this.#room() * RING_UNIT >= this.payloadLimit + HEADER_BYTES ? "large" : "full";
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
    let count = 0;
    for (let at = claimed; at !== this.#tail;) {
      const record = readRecord(this.#words, this.#capacity, at);
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

  /** About how many records nobody has claimed, if they are as long as the last one. */
  get unclaimed(): number {
    const units = this.#tail - Atomics.load(this.#words, CLAIM) | 0;
    return Math.ceil(units / this.#lastLength);
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
    const room = this.#room() * RING_UNIT;
    if (room < HEADER_BYTES) return false;
    const at = this.#position(this.#tail);
    const start = at + HEADER_BYTES;
    const limit = start + Math.min(room - HEADER_BYTES, this.payloadLimit);
    const end = encoder.encode(value, this.bytes, start, limit, root);
    if (end < 0) return false;
    this.#publish(at, (end - at + RING_UNIT - 1) >> 3, kind, a, b);
    return true;
  }

  #publish(at: number, length: number, kind: number, a: number, b: number): void {
    const word = at >> 2;
    this.#words[word] = length;
    this.#words[word + 1] = kind;
    this.#words[word + 2] = a;
    this.#words[word + 3] = b;
    this.#tail = (this.#tail + length) | 0;
    this.#lastLength = length;
    Atomics.store(this.#words, TAIL, this.#tail);
  }

  /** Units that can be written in one piece from the tail on. */
  #room(): number {
    const toEnd = this.#capacity - (this.#tail & (this.#capacity - 1));
    let free = this.#capacity - (this.#tail - this.#released | 0);
    if (free < toEnd) {
      this.#released = Atomics.load(this.#words, RELEASED);
      free = this.#capacity - (this.#tail - this.#released | 0);
    }
    return Math.min(free, toEnd);
  }

  #skipToStart(): boolean {
    const toEnd = this.#capacity - (this.#tail & (this.#capacity - 1));
    if (this.#room() < toEnd || toEnd === this.#capacity) return false;
    this.#publish(this.#position(this.#tail), toEnd, GAP, 0, 0);
    return true;
  }

  #position(units: number): number {
    return DATA_BYTES + (units & (this.#capacity - 1)) * RING_UNIT;
  }
}

/** The reader's side. */
export class RingReader {
  /** The bytes that payloads are read from. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #record: RingRecord & { length: number } = {
    kind: 0,
    a: 0,
    b: 0,
    start: 0,
    end: 0,
    length: 0,
  };
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
      if (at === Atomics.load(this.#words, TAIL)) return this.#none(at);
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
      if (at === Atomics.load(this.#words, TAIL)) return this.#none(at);
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

  /** Nothing to claim; what the writer took back meanwhile must be released by the reader all the same. */
  #none(at: number): null {
    if (this.#claimed !== at) {
      this.#claimed = at;
      this.release();
    }
    return null;
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

function readRecord(
  words: Int32Array,
  capacity: number,
  at: number,
  into: RingRecord & { length: number } = { kind: 0, a: 0, b: 0, start: 0, end: 0, length: 0 },
): RingRecord & { length: number } {
  const position = DATA_BYTES + (at & (capacity - 1)) * RING_UNIT;
  const word = position >> 2;
  into.length = words[word];
  into.kind = words[word + 1];
  into.a = words[word + 2];
  into.b = words[word + 3];
  into.start = position + HEADER_BYTES;
  into.end = position + into.length * RING_UNIT;
  return into;
}

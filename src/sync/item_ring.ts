/**
 * Records in a chain of segments, which grows with what it has to hold: the memory of a queue.
 *
 * Each segment is a ring. A record that does not fit into the last one goes to a new segment, which is larger up to a limit; the
 * reader goes on there when it has come to the end of the one before, which is free then. So a queue that was
 * long once keeps one segment, and one that is short uses one again and again.
 *
 * Layout: place, size and position of the head, then those of the tail, in words of the structure; place 0: no segment
 * yet. A segment begins with the place and the size of the next one, and with the position where its writer left it, which
 * hold only when the tail is elsewhere. A record is its payload's size, its kind, and the payload; all is aligned to 8 bytes.
 *
 * Invariants, guarded by the structure's latch: bytes are written before the tail passes them, and read before the head does;
 * head and tail are equal only where there is no record; a segment that the tail has entered holds a record.
 *
 * @module
 */

import { align, type Extension, type Views } from "./block.ts";
import type { Latch } from "./latch.ts";

const HEAD_PLACE = 0;
const HEAD_SIZE = 1;
const HEAD_AT = 2;
const TAIL_PLACE = 3;
const TAIL_SIZE = 4;
const TAIL_AT = 5;

/** How many words of the structure it takes. */
export const ITEM_RING_WORDS = 6;

const NEXT_PLACE = 0;
const NEXT_SIZE = 1;
const END = 2;
/** Where the records of a segment begin. */
const FIRST = 16;
const HEADER = 8;
/** Stands for a size: the next record is at the segment's beginning. */
const WRAP = -1;

/** So small that the step to another segment is among the first that are taken: compiled code knows it then. */
const SMALLEST_SEGMENT = 1 << 12;
const LARGEST_SEGMENT = 1 << 20;
/** The largest payload (bytes); larger ones belong in a place of their own. */
export const RECORD_LIMIT: number = 1 << 17;
/** Segments that are kept open. */
const KEPT_SEGMENTS = 8;

/** A part of the extension. */
export interface Part {
  readonly place: number;
  readonly size: number;
}

/** The first record, as its reader sees it. */
export interface ItemRecord {
  kind: number;
  /** Bytes. */
  size: number;
  bytes: Uint8Array;
  /** Where the payload begins in the bytes. */
  start: number;
}

/** The records. All methods are called with the latch held. */
export class ItemRing {
  readonly #latch: Latch;
  readonly #at: number;
  readonly #extension: Extension;
  readonly #opened = new Map<number, Views>();
  readonly #record: ItemRecord = { kind: 0, size: 0, bytes: new Uint8Array(0), start: 0 };
  #headPlace = 0;
  #head: Views = { bytes: new Uint8Array(0), words: new Int32Array(0) };
  #tailPlace = 0;
  #tail: Views = this.#head;
  /** Where the first record was found, and the segment that it was found in. */
  #found = 0;
  #foundIn: Part | null = null;

  /**
   * @param latch The structure's latch.
   * @param at Where its words begin.
   * @param extension Where segments come from.
   */
  constructor(latch: Latch, at: number, extension: Extension) {
    this.#latch = latch;
    this.#at = at;
    this.#extension = extension;
  }

  /**
   * Writes a record, if there is room for it.
   *
   * @param kind A number of the user.
   * @param bytes The payload, from the first byte on.
   * @param size How many bytes of it.
   * @returns Whether there was room; if not, {@linkcode link} a segment of at least {@linkcode wanted} bytes.
   */
  write(kind: number, bytes: Uint8Array, size: number): boolean {
    const need = HEADER + align(size);
    const at = this.#fit(need);
    if (at < 0) return false;
    const segment = this.#tail;
    segment.words[at >> 2] = size;
    segment.words[(at >> 2) + 1] = kind;
    copy(bytes, 0, size, segment.bytes, at + HEADER);
    this.#set(TAIL_AT, at + need);
    return true;
  }

  /** How large a new segment is to be for a payload (bytes). */
  wanted(size: number): number {
    let wanted = Math.min(LARGEST_SEGMENT, 2 * this.#get(TAIL_SIZE));
    wanted = Math.max(wanted, SMALLEST_SEGMENT);
    while (wanted < 2 * (FIRST + HEADER + size)) wanted *= 2;
    return wanted;
  }

  /** Makes a segment the last one; a record must be written next. */
  link({ place, size }: Part): void {
    const last = this.#get(TAIL_PLACE);
    if (last === 0) {
      this.#set(HEAD_PLACE, place);
      this.#set(HEAD_SIZE, size);
      this.#set(HEAD_AT, FIRST);
    } else {
      const { words } = this.#open(last, this.#get(TAIL_SIZE));
      words[NEXT_PLACE] = place;
      words[NEXT_SIZE] = size;
      words[END] = this.#get(TAIL_AT);
    }
    this.#set(TAIL_PLACE, place);
    this.#set(TAIL_SIZE, size);
    this.#set(TAIL_AT, FIRST);
  }

  /** Finds the first record; there must be one. What is given is valid until the latch is left. */
  first(): ItemRecord {
    this.#foundIn = null;
    let at = this.#get(HEAD_AT);
    let size = this.#get(HEAD_SIZE);
    let { words } = this.#openHead(this.#get(HEAD_PLACE), size);
    if (this.#headPlace !== this.#get(TAIL_PLACE) && at === words[END]) {
      const next = { place: words[NEXT_PLACE], size: words[NEXT_SIZE] };
      this.#foundIn = next;
      ({ size } = next);
      ({ words } = this.#openHead(next.place, size));
      at = FIRST;
    } else if (at >= size || words[at >> 2] === WRAP) {
      at = FIRST;
    }
    return this.#read(at);
  }

  /**
   * Takes the record that {@linkcode first} has found.
   *
   * @returns The segment that is not used any more; `null` if it is.
   */
  drop(): Part | null {
    let left: Part | null = null;
    if (this.#foundIn !== null) {
      left = { place: this.#get(HEAD_PLACE), size: this.#get(HEAD_SIZE) };
      this.#set(HEAD_PLACE, this.#foundIn.place);
      this.#set(HEAD_SIZE, this.#foundIn.size);
    }
    this.#set(HEAD_AT, this.#found + HEADER + align(this.#record.size));
    return left;
  }

  #read(at: number): ItemRecord {
    const { words, bytes } = this.#head;
    const record = this.#record;
    this.#found = at;
    record.size = words[at >> 2];
    record.kind = words[(at >> 2) + 1];
    record.bytes = bytes;
    record.start = at + HEADER;
    return record;
  }

  /** Where a record of some bytes fits; -1 where it does not. */
  #fit(need: number): number {
    const place = this.#get(TAIL_PLACE);
    if (place === 0) return -1;
    const size = this.#get(TAIL_SIZE);
    const at = this.#get(TAIL_AT);
    const { words } = this.#openTail(place, size);
    if (this.#get(HEAD_PLACE) !== place) return size - at >= need ? at : -1;
    const head = this.#get(HEAD_AT);
    if (head > at) return head - at > need ? at : -1;
    if (head === at && (size > SMALLEST_SEGMENT || size - at < need)) {
      if (size - FIRST < need) return -1;
      // Nothing is in it: its first bytes are used again, so that a long segment does not fill for nothing.
      this.#set(HEAD_AT, FIRST);
      return FIRST;
    }
    if (size - at >= need) return at;
    if (head - FIRST <= need) return -1;
    if (at < size) words[at >> 2] = WRAP;
    return FIRST;
  }

  #openHead(place: number, size: number): Views {
    if (this.#headPlace !== place || this.#head.bytes.length !== size) {
      this.#head = this.#open(place, size);
      this.#headPlace = place;
    }
    return this.#head;
  }

  #openTail(place: number, size: number): Views {
    if (this.#tailPlace !== place || this.#tail.bytes.length !== size) {
      this.#tail = this.#open(place, size);
      this.#tailPlace = place;
    }
    return this.#tail;
  }

  #open(place: number, size: number): Views {
    const known = this.#opened.get(place);
    if (known !== undefined && known.bytes.length === size) return known;
    const segment = this.#extension.open(place, size);
    if (this.#opened.size >= KEPT_SEGMENTS) this.#opened.delete(this.#opened.keys().next().value!);
    this.#opened.set(place, segment);
    return segment;
  }

  #get(word: number): number {
    return this.#latch.get(this.#at + word);
  }

  #set(word: number, value: number): void {
    this.#latch.set(this.#at + word, value);
  }
}

/** Copies bytes; a few of them faster than by views. */
export function copy(
  from: Uint8Array,
  start: number,
  size: number,
  to: Uint8Array,
  at: number,
): void {
  if (size > 32) return to.set(from.subarray(start, start + size), at);
  for (let i = 0; i < size; i++) to[at + i] = from[start + i];
}

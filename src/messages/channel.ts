/**
 * One direction between a pool and a worker: a ring, and blocks of their own for what is too large for it.
 *
 * A large block is used again when its record has been released; the receiver keeps the last ones open.
 *
 * Long because both sides share the layout of a message.
 *
 * @module
 */

import { decoder, encodeFor, encoder, orFree } from "./message.ts";
import { bytesFor, checkFits, checkSize } from "./message_size.ts";
import { type Carried, keepDeparted, sendingEncoder } from "./moves.ts";
import {
  align,
  type Block,
  type BlockRef,
  getSize,
  type Memory,
  putSize,
  type Views,
} from "../sync/block.ts";
import { copy } from "../sync/item_ring.ts";
import { type PayloadEncoder, RingReader, type RingRecord, RingWriter } from "../sync/ring.ts";

/** A message in a block of its own begins with the position behind it, in two words. */
const MESSAGE_START = 8;
const NO_BYTES = new Uint8Array(0);
/** Large blocks that either side keeps for the next time. */
const KEPT_BLOCKS = 2;

/** Set in a kind when the payload stands in a block of its own, and the record holds only where. */
export const LARGE = 0x100;

/** A value that was encoded before. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** What it takes away from this party. */
  readonly carried?: Carried | null;
}

/** Gives up what an encoded value takes away, which will never be sent. */
export function dropEncoded({ carried }: Encoded): void {
  carried?.moves.forEach((move) => move.giveUp());
}

/** Writes a value, and tells beforehand how many bytes that will be. */
export interface MessageEncoder extends PayloadEncoder {
  /** Returns how many bytes `encode` writes. */
  measure(value: unknown, root?: string): number;
}

/** Writes what was encoded before. Both positions are multiples of 8, so aligned parts stay aligned. */
export const copier: MessageEncoder = {
  measure: (value) => (value as Encoded).end - (value as Encoded).start,
  encode(value, bytes, start, end) {
    const { bytes: from, start: first, end: last } = value as Encoded;
    if (end - start < last - first) return -1;
    copy(from, first, last - first, bytes, start);
    return start + last - first;
  },
};

/** The sending side. */
export class Sender {
  readonly ring: RingWriter;
  /** How many bytes were sent in blocks of their own. */
  largeBytes = 0;
  /** Whether the last value that was sent took something away from this party. */
  tookAway = false;
  readonly #memory: Memory;
  readonly #isLost: () => boolean;
  readonly #blocks: { block: Block; position: number }[] = [];
  /** What was sent and takes something away, until it has arrived, with the words of its record. */
  #carried: { a: number; b: number; carried: Carried }[] = [];

  /**
   * @param memory The memory of the program.
   * @param block The block of the ring.
   * @param isLost Whether nobody will ever read what was sent.
   */
  constructor(memory: Memory, block: Views, isLost: () => boolean = isNeverLost) {
    this.#isLost = isLost;
    this.#memory = memory;
    this.ring = new RingWriter(block);
  }

  /**
   * Sends a record; what its value takes away has left then: see `takeDeparted`.
   *
   * @param kind Its kind.
   * @param a A word.
   * @param b A word.
   * @param payload The value, or an {@linkcode Encoded} with the {@linkcode copier}.
   * @param root What the value is called in an error's path.
   * @param from How the payload is written.
   * @returns Whether there was room.
   */
  send(
    kind: number,
    a: number,
    b: number,
    payload: unknown,
    root: string,
    from: MessageEncoder = encoder,
  ): boolean {
    encodeFor(this.#memory);
    const writer = from === encoder ? sendingEncoder : from;
    const written = this.ring.write(kind, a, b, writer, payload, root);
    const isSent = written === "large"
      ? this.#sendLarge(kind, a, b, payload, root, from)
      : written === "written";
    if (isSent) this.#follow(a, b, from === copier ? (payload as Encoded).carried : null);
    return isSent;
  }

  /** Whether all values have been read that stand in blocks of their own. */
  get isRead(): boolean {
    if (this.#blocks.length === 0) return true;
    return this.#blocks.every(({ position }) => this.ring.isReleased(position));
  }

  /** Copies what a record holds that was taken back. */
  copyOf(record: RingRecord): Encoded {
    const { bytes } = this.ring;
    const carried = this.#takeBack(record);
    if ((record.kind & LARGE) === 0) {
      const copy = bytes.slice(record.start, record.end);
      return carrying({ bytes: copy, start: 0, end: copy.byteLength }, carried);
    }
    const ref = decoder.decode(bytes, record.start, record.end) as BlockRef;
    const { block } = this.#blocks.find(({ block }) => isSame(block.ref, ref))!;
    const copy = block.bytes.slice(MESSAGE_START, getSize(block.words, 0));
    return carrying({ bytes: copy, start: 0, end: copy.byteLength }, carried);
  }

  /** Gives all blocks back. */
  close(): void {
    for (const { block } of this.#blocks) block.free();
    this.#blocks.length = 0;
  }

  #follow(a: number, b: number, sentBefore: Carried | null | undefined): void {
    const carried = sentBefore ?? keepDeparted(this.#isLost);
    this.tookAway = carried !== null;
    if (carried === null) return;
    carried.isLost = this.#isLost;
    const isOver = ({ moves }: Carried) => moves.every((move) => move.isOver);
    this.#carried = this.#carried.filter((entry) => !isOver(entry.carried));
    this.#carried.push({ a, b, carried });
  }

  /** What a record takes away that goes another way now. */
  #takeBack({ a, b }: RingRecord): Carried | null {
    const entry = this.#carried.findLast((entry) => entry.a === a && entry.b === b);
    if (entry === undefined) return null;
    return entry.carried;
  }

  #sendLarge(
    kind: number,
    a: number,
    b: number,
    payload: unknown,
    root: string,
    from: MessageEncoder,
  ): boolean {
    const size = from.measure(payload, root);
    checkSize(size, root);
    const block = this.#takeBlock(MESSAGE_START + size);
    // What is in no record is nowhere else: it would be lost, with its descriptor.
    const end = orFree(block, () => {
      const { bytes } = block;
      return checkFits(from.encode(payload, bytes, MESSAGE_START, bytes.byteLength, root), root);
    });
    putSize(block.words, 0, end);
    const written = this.ring.write(kind | LARGE, a, b, sendingEncoder, block.ref);
    this.#blocks.push({ block, position: this.ring.tail });
    if (written === "written") this.largeBytes += end;
    return written === "written";
  }

  /** A block whose last message has been read, or a new one. */
  #takeBlock(size: number): Block {
    const free = this.#blocks.filter(({ position }) => this.ring.isReleased(position));
    const fitting = free.find(({ block }) => block.bytes.byteLength >= size);
    for (const entry of free) {
      const spare = this.#blocks.length - KEPT_BLOCKS;
      if (entry === fitting || spare >= 0) this.#blocks.splice(this.#blocks.indexOf(entry), 1);
      if (entry !== fitting && spare >= 0) entry.block.free();
    }
    return fitting?.block ?? this.#memory.allocate(size);
  }
}

/** The receiving side. */
export class Receiver {
  readonly ring: RingReader;
  /** How many bytes were received in blocks of their own. */
  largeBytes = 0;
  readonly #memory: Memory;
  readonly #opened: Block[] = [];

  constructor(memory: Memory, block: Views, takesBack: boolean) {
    this.#memory = memory;
    this.ring = new RingReader(block, takesBack);
  }

  /** Reads the payload of the record that was claimed last. */
  read(record: RingRecord): unknown {
    if ((record.kind & LARGE) === 0) {
      return decoder.decode(this.ring.bytes, record.start, record.end);
    }
    const { bytes, start, end } = this.openLarge(record);
    this.largeBytes += end;
    return decoder.decode(bytes, start, end);
  }

  /**
   * Where the payload stands of a record that holds only where.
   *
   * @param record The record.
   * @returns Its place.
   * @throws {NotSupportedError} when its sender has given the memory up, as it does by its end.
   */
  openLarge(record: RingRecord): Encoded {
    const ref = decoder.decode(this.ring.bytes, record.start, record.end) as BlockRef;
    const { bytes, words } = this.#open(ref);
    return { bytes, start: MESSAGE_START, end: getSize(words, 0) };
  }

  #open(ref: BlockRef): Block {
    const known = this.#opened.findIndex((block) => isSame(block.ref, ref));
    const block = known < 0 ? this.#memory.open(ref) : this.#opened.splice(known, 1)[0];
    this.#opened.push(block);
    if (this.#opened.length > KEPT_BLOCKS) this.#opened.shift();
    return block;
  }
}

function isSame(a: BlockRef, b: BlockRef): boolean {
  return "nonce" in a && "nonce" in b
    ? a.nonce === b.nonce && a.path === b.path
    : "offset" in a && "offset" in b && a.offset === b.offset && a.size === b.size;
}

/** Encodes a value for later, see {@linkcode copier}. */
export class Outbox {
  readonly #memory: Memory | null;
  #chunk: Uint8Array = NO_BYTES;
  #used = 0;

  /** @param memory The memory of the program that the values are for; `null` where it is not known. */
  constructor(memory: Memory | null = null) {
    this.#memory = memory;
  }

  /**
   * Encodes a value now, so that the caller may change it; what it takes away has left then.
   *
   * @param value The value.
   * @param root What it is called in an error's path.
   * @returns The encoded value.
   * @throws {SerializationError} when it cannot be sent.
   */
  encode(value: unknown, root: string): Encoded {
    const chunk = this.#chunk;
    const start = this.#used;
    // A getter in the value may keep something itself: it finds no room here.
    this.#chunk = NO_BYTES;
    const end = encodeFor(this.#memory).encode(value, chunk, start, chunk.length, root);
    this.#chunk = chunk;
    this.#used = start;
    if (end < 0) return this.#encodeInNewChunk(value, root);
    const encoded = { bytes: chunk, start, end };
    this.#used = align(end);
    return withMoves(encoded);
  }

  #encodeInNewChunk(value: unknown, root: string): Encoded {
    const size = encoder.measure(value, root);
    if (size > CHUNK_BYTES / 4) {
      const bytes = bytesFor(size, root);
      const end = checkFits(encoder.encode(value, bytes, 0, size, root), root);
      return withMoves({ bytes, start: 0, end });
    }
    const wanted = Math.max(FIRST_CHUNK_BYTES, 2 * this.#chunk.length, 4 * size);
    this.#chunk = new Uint8Array(Math.min(CHUNK_BYTES, wanted));
    this.#used = 0;
    return this.encode(value, root);
  }
}

function withMoves(encoded: Encoded): Encoded {
  return carrying(encoded, keepDeparted(isNeverLost));
}

function isNeverLost(): boolean {
  return false;
}

/** What was encoded carries what it takes away, and loses it if it is dropped before it is sent. */
function carrying(encoded: Encoded, carried: Carried | null): Encoded {
  if (carried === null) return encoded;
  const result = { ...encoded, carried };
  const weakly = new WeakRef(result);
  carried.isLost = () => weakly.deref() === undefined;
  return result;
}

const CHUNK_BYTES = 64 * 1024;
/** So small that the step to another chunk is among the first that are taken: compiled code knows it then. */
const FIRST_CHUNK_BYTES = 1024;

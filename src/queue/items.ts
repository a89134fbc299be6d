/**
 * The items of a queue as bytes: encoded before the queue is touched and decoded after it, since both may run code of the user.
 *
 * @module
 */

import { decodeWithImports } from "../messages/decode_with_imports.ts";
import { decoder, encodeFor } from "../messages/message.ts";
import type { Move } from "../messages/move.ts";
import { checkSize } from "../messages/message_size.ts";
import { takeDeparted } from "../messages/moves.ts";
import { shortageIn } from "../support/shortage.ts";
import { UnknownClassError } from "../codec/registry.ts";
import { SerializationError } from "../errors.ts";
import { type Extension, type Memory, PLACE_UNIT } from "../sync/block.ts";
import type { Claim } from "../sync/claims.ts";
import { RECORD_LIMIT } from "../sync/item_ring.ts";
import type { Given, Taken } from "../sync/item_store.ts";

/** An item that is to be put. */
export interface Item extends Given {
  bytes: Uint8Array;
  size: number;
  claim: Claim | null;
  carries: boolean;
  /** Its number, if it carries something and was put. */
  number: number;
  /** What it takes away from this party: see `moves.ts`. */
  moves: readonly Move[];
}

/** Where large items are. */
export interface LargeItems {
  readonly extension: Extension;
  /** Chooses a place, and takes note that this party has it in its hand. */
  claim(size: number): Claim;
  /** Frees a place that this party has in its hand. */
  discard(claim: Claim): void;
}

/** How often an item is encoded that is larger each time: a getter may give something else whenever it is read. */
const MOST_TRIES = 4;
const NOTHING = new Uint8Array(0);

/** What small items are encoded into, and what they are taken into: both are used while no code of the user runs. */
const outgoing = new Uint8Array(RECORD_LIMIT);
const incoming = new Uint8Array(RECORD_LIMIT);
/** Whether they are used while code of the user runs, which may use a queue itself. */
let isEncoding = false;
let isDecoding = false;

/** Encodes and decodes the items of one queue. */
export class QueueItems {
  readonly #memory: Memory;
  readonly #large: LargeItems;
  readonly #stuck: Taken[] = [];

  /**
   * @param memory The memory of the queue's program, to which the items' handles have to belong.
   * @param large Where large items are.
   */
  constructor(memory: Memory, large: LargeItems) {
    this.#memory = memory;
    this.#large = large;
  }

  /**
   * Encodes an item. What it takes away from this party has left then.
   *
   * @param value The item.
   * @param item Filled with it, at last. Its bytes are good until code of the user runs, its place is the caller's.
   * @throws {SerializationError} when it cannot be sent.
   * @throws {NotSupportedError} when there is no memory for it.
   */
  encode(value: unknown, item: Item): void {
    const encoder = encodeFor(this.#memory);
    const isNested = isEncoding;
    const bytes = isNested ? new Uint8Array(RECORD_LIMIT) : outgoing;
    let size = -1;
    isEncoding = true;
    try {
      size = encoder.encode(value, bytes, 0, RECORD_LIMIT, "item");
    } finally {
      isEncoding = isNested;
    }
    if (size < 0) return this.#encodeLarge(value, encoder.needed, item);
    item.bytes = bytes;
    item.size = size;
    item.claim = null;
    takeMoves(item);
  }

  /** How many items were taken that could not be rebuilt for want of something, and wait for another try. */
  get stuck(): number {
    return this.#stuck.length;
  }

  /** Keeps an item until somebody gets again. */
  keep(item: Taken): void {
    this.#stuck.push(item);
  }

  /** Takes the first item that was kept; `null` when there is none. */
  takeKept(): Taken | null {
    return this.#stuck.shift() ?? null;
  }

  /** Bytes that a small item can be taken into, to be decoded at once. */
  get room(): Uint8Array {
    return isDecoding ? NOTHING : incoming;
  }

  /**
   * Decodes an item that was taken; a large one's place is free then.
   *
   * @param taken The item.
   * @returns The value.
   * @throws {UnimportedItem} when a module has to be imported for it.
   * @throws {StuckItem} when the system is short of what it needs.
   * @throws {SerializationError} when it cannot be rebuilt.
   */
  decode({ bytes, size, claim }: Taken): unknown {
    if (claim === null) return decodeBytes(bytes, size);
    try {
      return decodeBytes(this.#large.extension.open(claim.place, size).bytes, size);
    } finally {
      this.#large.discard(claim);
    }
  }

  #encodeLarge(value: unknown, needed: number, item: Item): void {
    for (let tries = 0, size = needed; tries < MOST_TRIES; tries++) {
      checkSize(size, "item");
      const claim = this.#large.claim(Math.ceil(size / PLACE_UNIT) * PLACE_UNIT);
      const encoder = encodeFor(this.#memory);
      let end = -1;
      try {
        const { bytes } = this.#large.extension.create(claim.place, claim.size);
        end = encoder.encode(value, bytes, 0, bytes.byteLength, "item");
      } finally {
        if (end < 0) this.#large.discard(claim);
      }
      if (end >= 0) {
        item.bytes = NOTHING;
        item.size = end;
        item.claim = claim;
        takeMoves(item);
        return;
      }
      size = encoder.needed;
    }
    throw new SerializationError("Cannot send item: it is larger whenever it is read");
  }
}

/** Takes note of what has left with an item. */
function takeMoves(item: Item): void {
  item.moves = takeDeparted();
  item.carries = item.moves.length > 0;
}

/** An item that needs modules which are not loaded yet. */
export class UnimportedItem {
  readonly #bytes: Uint8Array;

  /** @param bytes The item, as a copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Imports what it needs, and decodes it.
   *
   * @throws {StuckItem} when the system is short of what it needs.
   */
  async decode(): Promise<unknown> {
    const bytes = this.#bytes;
    try {
      return await decodeWithImports(() => decoder.decode(bytes, 0, bytes.byteLength));
    } catch (error) {
      throw isShort(error) ? new StuckItem(bytes, error) : error;
    }
  }
}

/** Whether an error tells that the system is short of something. */
function isShort(error: unknown): boolean {
  return (shortageIn(error) ?? shortageIn((error as Error)?.cause)) !== null;
}

/** An item that cannot be rebuilt now, and can when the system has again what it is short of. */
export class StuckItem {
  /** The item, as a copy. */
  readonly bytes: Uint8Array;
  readonly error: unknown;

  /**
   * @param bytes The item, as a copy.
   * @param error What it is short of.
   */
  constructor(bytes: Uint8Array, error: unknown) {
    this.bytes = bytes;
    this.error = error;
  }
}

function decodeBytes(bytes: Uint8Array, size: number): unknown {
  const isNested = isDecoding;
  isDecoding = true;
  try {
    return decoder.decode(bytes, 0, size);
  } catch (error) {
    if (error instanceof UnknownClassError) throw new UnimportedItem(bytes.slice(0, size));
    throw isShort(error) ? new StuckItem(bytes.slice(0, size), error) : error;
  } finally {
    isDecoding = isNested;
  }
}

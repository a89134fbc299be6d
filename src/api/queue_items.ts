/**
 * The items of a queue as bytes: encoded before the queue is touched and decoded after it, since both may run code of the user.
 *
 * @module
 */

import { decodeWithImports } from "../domain/decode_with_imports.ts";
import { decoder, encodeFor } from "../domain/message.ts";
import type { Move } from "../domain/move.ts";
import { takeDeparted } from "../domain/moves.ts";
import { UnknownClassError } from "../codec/registry.ts";
import { SerializationError } from "../errors.ts";
import type { Annex, Memory } from "../sync/block.ts";
import type { Claim } from "../sync/claims.ts";
import { align, RECORD_LIMIT } from "../sync/item_ring.ts";
import type { Taken } from "../sync/shared_queue.ts";

/** An item that is to be put. */
export interface Item {
  /** The bytes of a small item, from the first one on. */
  bytes: Uint8Array;
  size: number;
  /** Where a large one is. */
  claim: Claim | null;
  /** What it takes away from this party: see `moves.ts`. */
  moves: readonly Move[];
}

/** Where large items are. */
export interface Places {
  readonly annex: Annex;
  /** Chooses a place, and takes note that this party has it in its hand. */
  claim(size: number): Claim;
  /** Frees a place that this party has in its hand. */
  discard(claim: Claim): void;
}

/** How often an item is encoded that is larger each time: a getter may give something else whenever it is read. */
const MOST_TRIES = 4;
const NOTHING = new Uint8Array(0);

/** Bytes that are in use only while no code of the user runs; one that is nested gets others. */
class Scratch {
  readonly #bytes = new Uint8Array(RECORD_LIMIT);
  #busy = false;

  use<T>(action: (bytes: Uint8Array) => T): T {
    if (this.#busy) return action(new Uint8Array(RECORD_LIMIT));
    this.#busy = true;
    try {
      return action(this.#bytes);
    } finally {
      this.#busy = false;
    }
  }
}

const outgoing = new Scratch();
/** What is taken is decoded from here at once. */
const incoming = new Scratch();

/** Encodes and decodes the items of one queue. */
export class QueueItems {
  readonly #memory: Memory;
  readonly #places: Places;

  /**
   * @param memory The memory of the queue's domain, to which the items' handles have to belong.
   * @param places Where large items are.
   */
  constructor(memory: Memory, places: Places) {
    this.#memory = memory;
    this.#places = places;
  }

  /**
   * Encodes an item, and does something with it.
   *
   * @param value The item.
   * @param action What to do; the bytes are good until it returns, and the place is its own. What the item takes away has left.
   * @returns What it returns.
   * @throws {SerializationError} when it cannot be sent.
   * @throws {NotSupportedError} when there is no memory for it.
   */
  encode<T>(value: unknown, action: (item: Item) => T): T {
    return outgoing.use((bytes) => {
      const encoder = encodeFor(this.#memory);
      const size = encoder.encode(value, bytes, 0, RECORD_LIMIT, "item");
      if (size >= 0) return action({ bytes, size, claim: null, moves: takeDeparted() });
      return action(this.#encodeLarge(value, encoder.needed));
    });
  }

  /** Uses bytes that small items can be taken into. */
  into<T>(action: (bytes: Uint8Array) => T): T {
    return incoming.use(action);
  }

  /**
   * Decodes an item that was taken; a large one's place is free then.
   *
   * @returns The value, or a promise if a module has to be imported for it.
   * @throws {SerializationError} when it cannot be rebuilt.
   */
  decode(taken: Taken): { value: unknown } | Promise<unknown> {
    const { claim, size } = taken;
    if (claim === null) return decodeOrImport(taken.bytes, size);
    try {
      return decodeOrImport(this.#places.annex.open(claim.place, size).bytes, size);
    } finally {
      this.#places.discard(claim);
    }
  }

  #encodeLarge(value: unknown, needed: number): Item {
    for (let tries = 0, size = needed; tries < MOST_TRIES; tries++) {
      const claim = this.#places.claim(align(size));
      const encoder = encodeFor(this.#memory);
      let end = -1;
      try {
        const { bytes } = this.#places.annex.create(claim.place, claim.size);
        end = encoder.encode(value, bytes, 0, bytes.length, "item");
      } finally {
        if (end < 0) this.#places.discard(claim);
      }
      if (end >= 0) return { bytes: NOTHING, size: end, claim, moves: takeDeparted() };
      size = encoder.needed;
    }
    throw new SerializationError("Cannot send item: it is larger whenever it is read");
  }
}

function decodeOrImport(bytes: Uint8Array, size: number): { value: unknown } | Promise<unknown> {
  try {
    return { value: decoder.decode(bytes, 0, size) };
  } catch (error) {
    if (!(error instanceof UnknownClassError)) throw error;
    const copy = bytes.slice(0, size);
    return decodeWithImports(() => decoder.decode(copy, 0, size));
  }
}

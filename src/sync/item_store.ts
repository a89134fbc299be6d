/**
 * The items of a queue as bytes: small ones in a chain of segments, each larger one in a place of its own, of which the chain has
 * the name.
 *
 * A place is always known to somebody: to the chain, or to a member that has it in its hand, from which it is freed if the
 * member dies.
 *
 * @module
 */

import type { Extension } from "./block.ts";
import { type Claim, type Claims, fromUnits, toUnits } from "./claims.ts";
import { copy, ItemRing, type Part } from "./item_ring.ts";
import { type Hands, NO_HAND } from "./hands.ts";
import type { Latch } from "./latch.ts";

/** Bits of a record's kind: its bytes are in a place of their own; it carries something, see `hands.ts`. */
const LARGE = 1;
const CARRIES = 2;

const NOTHING: readonly Part[] = [];

/** An item that is to be put. */
export interface Given {
  /** The bytes of a small item, from the first one on; those of a large one are not read. */
  readonly bytes: Uint8Array;
  readonly size: number;
  /** The place of a large item, of which the member lets go. */
  readonly claim: Claim | null;
  /** Whether something comes with it that somebody follows until it has arrived. */
  readonly carries: boolean;
}

/** An item that was taken. */
export interface Taken {
  /** Takes the bytes of a small item; replaced where it is too short. */
  bytes: Uint8Array;
  size: number;
  /** Where the bytes of a large item are; to be given back. */
  claim: Claim | null;
  /** What is to be let go of when the item was rebuilt: see `hands.ts`. */
  hand: number;
}

/** The items. All methods are called with the latch held. */
export class ItemStore {
  /** Places in this party's hand that have to be freed when the latch has been left. */
  readonly garbage: Claim[] = [];
  /** The number of the last item that this party has put and that carries something. */
  lastCarrying = 0;
  readonly #latch: Latch;
  readonly #claims: Claims;
  readonly #hands: Hands;
  readonly #extension: Extension;
  readonly #ring: ItemRing;
  readonly #name = new Int32Array(2);
  readonly #nameBytes = new Uint8Array(this.#name.buffer);

  /**
   * @param latch The structure's latch.
   * @param at Where the words of the chain begin.
   * @param claims Who has which place in its hand.
   * @param hands Who has which item in its hand.
   * @param extension Where segments and large items are.
   */
  constructor(latch: Latch, at: number, claims: Claims, hands: Hands, extension: Extension) {
    this.#latch = latch;
    this.#claims = claims;
    this.#hands = hands;
    this.#extension = extension;
    this.#ring = new ItemRing(latch, at, extension);
  }

  /**
   * Writes an item behind all others.
   *
   * @param item The item.
   * @param member Who writes it.
   * @throws {NotSupportedError} when there is no memory for it; it is not there then.
   */
  write({ bytes, size, claim, carries }: Given, member: number): void {
    const kind = carries ? CARRIES : 0;
    if (claim === null) this.#record(kind, bytes, size, member);
    else {
      this.#name[0] = claim.place;
      this.#name[1] = toUnits(claim.size);
      this.#record(kind | LARGE, this.#nameBytes, this.#nameBytes.length, member);
      this.#claims.remove(member, claim);
    }
    if (carries) this.lastCarrying = this.#hands.put();
  }

  /**
   * Takes the first item; there must be one.
   *
   * @param taken Filled with it.
   * @param member Who takes it.
   */
  read(taken: Taken, member: number): void {
    const record = this.#ring.first();
    taken.hand = (record.kind & CARRIES) === 0 ? NO_HAND : this.#hands.take(member);
    if ((record.kind & LARGE) !== 0) {
      const part = this.#partOf(record.bytes, record.start);
      taken.claim = this.#claims.add(member, part);
      taken.size = part.size;
    } else {
      if (taken.bytes.length < record.size) taken.bytes = new Uint8Array(record.size);
      copy(record.bytes, record.start, record.size, taken.bytes, 0);
      taken.claim = null;
      taken.size = record.size;
    }
    const left = this.#ring.drop();
    if (left !== null) this.garbage.push(this.#claims.add(member, left));
  }

  /**
   * Removes the first item unread; there must be one.
   *
   * @returns The places that nothing uses any more, each to be given to {@linkcode free}.
   */
  drop(): readonly Part[] {
    const record = this.#ring.first();
    if ((record.kind & CARRIES) !== 0) this.#hands.drop();
    const large = (record.kind & LARGE) !== 0 ? this.#partOf(record.bytes, record.start) : null;
    const left = this.#ring.drop();
    if (large === null && left === null) return NOTHING;
    return [large, left].filter((part) => part !== null);
  }

  /** Frees a place that the changes so far make unused: first it is in a member's hand, and then it is free. */
  free(part: Part, member: number): void {
    const claim = this.#claims.add(member, part);
    this.#latch.commit();
    if (this.#extension.canFreeTwice) this.#extension.free(part.place, part.size);
    this.#claims.remove(member, claim);
    this.#latch.commit();
    if (!this.#extension.canFreeTwice) this.#extension.free(part.place, part.size);
  }

  #record(kind: number, bytes: Uint8Array, size: number, member: number): void {
    if (this.#ring.write(kind, bytes, size)) return;
    const segment = this.#newSegment(this.#ring.wanted(size), member);
    this.#ring.link(segment);
    this.#claims.remove(member, segment);
    this.#ring.write(kind, bytes, size);
  }

  #newSegment(size: number, member: number): Claim {
    const place = this.#extension.choose(size);
    const segment = this.#claims.add(member, { place, size });
    this.#latch.commit();
    try {
      this.#extension.create(place, size);
    } catch (error) {
      this.garbage.push(segment);
      throw error;
    }
    return segment;
  }

  #partOf(bytes: Uint8Array, start: number): Part {
    copy(bytes, start, this.#nameBytes.length, this.#nameBytes, 0);
    return { place: this.#name[0], size: fromUnits(this.#name[1]) };
  }
}

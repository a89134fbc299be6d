/**
 * Places that a member has in its hand: chosen and not yet part of the structure, or taken out of it and not yet free. Whoever
 * buries a member that died frees them.
 *
 * Layout: some pairs of words for each member, place and size, in units of a page; place 0: unused. A member that has more in its hand than
 * there are pairs has the others unseen: they are lost if it dies at that very moment, until the structure ends.
 *
 * @module
 */

import { type Extension, PLACE_UNIT } from "./block.ts";
import type { Part } from "./item_ring.ts";
import type { Latch } from "./latch.ts";
import type { Members } from "./members.ts";

const CLAIMS = 4;

/** How many words of its own a member needs. */
export const CLAIM_WORDS: number = 2 * CLAIMS;

/** A place in the hand of this party. */
export interface Claim extends Part {
  /** Which pair of words tells of it; -1: none. */
  readonly slot: number;
}

/** The claims of all members. Methods but `free` are called with the latch held. */
export class Claims {
  readonly #latch: Latch;
  readonly #members: Members;
  readonly #extension: Extension;

  /**
   * @param latch The structure's latch.
   * @param members The structure's members, with {@linkcode CLAIM_WORDS} words of their own.
   * @param extension What the places are of.
   */
  constructor(latch: Latch, members: Members, extension: Extension) {
    this.#latch = latch;
    this.#members = members;
    this.#extension = extension;
  }

  /** Takes note that a member has a place in its hand. */
  add(member: number, { place, size }: Part): Claim {
    for (let slot = 0; slot < CLAIMS; slot++) {
      if (this.#latch.get(this.#word(member, slot)) !== 0) continue;
      this.#latch.set(this.#word(member, slot), place);
      this.#latch.set(this.#word(member, slot) + 1, toUnits(size));
      return { place, size, slot };
    }
    return { place, size, slot: -1 };
  }

  /** A member has a place in its hand no more. */
  remove(member: number, { slot }: Claim): void {
    if (slot >= 0) this.#latch.set(this.#word(member, slot), 0);
  }

  /** Frees all that a dead member had in its hand. */
  bury(member: number): void {
    for (const { place, size, slot } of this.of(member)) {
      if (this.#extension.canFreeTwice) this.#extension.free(place, size);
      this.#latch.set(this.#word(member, slot), 0);
      this.#latch.commit();
      if (!this.#extension.canFreeTwice) this.#extension.free(place, size);
    }
  }

  /** What a member has in its hand. */
  of(member: number): Claim[] {
    const all: Claim[] = [];
    for (let slot = 0; slot < CLAIMS; slot++) {
      const word = this.#word(member, slot);
      const place = this.#latch.get(word);
      if (place !== 0) all.push({ place, size: fromUnits(this.#latch.get(word + 1)), slot });
    }
    return all;
  }

  #word(member: number, slot: number): number {
    return this.#members.ownWord(member, 2 * slot);
  }
}

/** How a word tells the size of a place that may have more than 2 GiB. */
export function toUnits(size: number): number {
  return Math.ceil(size / PLACE_UNIT);
}

/** The size (bytes) that a word tells. */
export function fromUnits(units: number): number {
  return units * PLACE_UNIT;
}

/**
 * Which items that carry something are in whose hand: taken from a queue, and not yet rebuilt. What such an item carries can
 * still arrive as long as the item is in the queue, or in the hand of somebody who lives, however long that one takes.
 *
 * Layout: the number of the item that was put last, and of the one that left the queue last, since items leave in the order in
 * which they were put; then for each member some words with the numbers of items in its hand (0: none), and how many more it
 * has. Where those are all that is known of a member, each item that has left may be in its hand.
 *
 * Invariant for those who look without the latch: a member has the item before the item has left the queue, and has it no more
 * when what it carries was claimed, or never will be.
 *
 * @module
 */

import type { Latch } from "./latch.ts";
import type { Members } from "./members.ts";

const LAST_PUT = 0;
const LAST_LEFT = 1;

/** How many words of the structure it takes. */
export const HANDS_WORDS = 2;

const SLOTS = 4;

/** How many words of its own a member needs. */
export const HAND_WORDS: number = SLOTS + 1;

/** Not in a hand that has to let go of it. */
export const NO_HAND = -1;

/** The hands of all members. Methods that change something are called with the latch held. */
export class Hands {
  readonly #latch: Latch;
  readonly #members: Members;
  readonly #at: number;
  readonly #own: number;

  /**
   * @param latch The structure's latch.
   * @param members The structure's members.
   * @param at Where its words begin.
   * @param own Where the {@linkcode HAND_WORDS} words of a member begin, among those of its own.
   */
  constructor(latch: Latch, members: Members, at: number, own: number) {
    this.#latch = latch;
    this.#members = members;
    this.#at = at;
    this.#own = own;
  }

  /** An item is put. Returns its number. */
  put(): number {
    return this.#count(LAST_PUT);
  }

  /** A member takes the first item that carries something. Returns what it lets go of it with. */
  take(member: number): number {
    const number = next(this.#latch.get(this.#at + LAST_LEFT));
    let slot = 0;
    while (slot < SLOTS && this.#get(member, slot) !== 0) slot++;
    this.#set(member, slot, slot < SLOTS ? number : this.#get(member, SLOTS) + 1);
    this.#count(LAST_LEFT);
    return slot;
  }

  /** The first item that carries something is dropped. */
  drop(): void {
    this.#count(LAST_LEFT);
  }

  /** A member has rebuilt an item, or cannot. */
  letGo(member: number, slot: number): void {
    this.#set(member, slot, slot < SLOTS ? 0 : this.#get(member, SLOTS) - 1);
  }

  /** A member has died. */
  bury(member: number): void {
    for (let slot = 0; slot <= SLOTS; slot++) this.#set(member, slot, 0);
  }

  /** Whether an item is in the queue. Needs no latch. */
  isWaiting(number: number): boolean {
    return (number - this.#latch.get(this.#at + LAST_LEFT) | 0) > 0;
  }

  /**
   * Who may have an item that is in the queue no more. Needs no latch.
   *
   * @param number The item's number.
   * @param isLost Tells of a party whether it will never do anything with it.
   * @returns The party; 0 when there is none.
   */
  receiverOf(number: number, isLost: (party: number) => boolean): number {
    for (const member of this.#members) {
      if (!this.#mayHave(member, number)) continue;
      const party = this.#members.party(member);
      if (party !== 0 && !isLost(party)) return party;
    }
    return 0;
  }

  #mayHave(member: number, number: number): boolean {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#get(member, slot) === number) return true;
    }
    return this.#get(member, SLOTS) > 0;
  }

  #count(word: number): number {
    const number = next(this.#latch.get(this.#at + word));
    this.#latch.set(this.#at + word, number);
    return number;
  }

  #get(member: number, slot: number): number {
    return this.#latch.get(this.#members.ownWord(member, this.#own + slot));
  }

  #set(member: number, slot: number, value: number): void {
    this.#latch.set(this.#members.ownWord(member, this.#own + slot), value);
  }
}

/** Numbers wrap, and are never 0. */
function next(number: number): number {
  return (number + 1 | 0) || 1;
}

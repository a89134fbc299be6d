/**
 * Who takes part in a structure: a table of the parties that hold something of it or wait at it.
 *
 * Layout: how many entries were ever taken, then the entries. An entry belongs to the party that its first word names. It is taken when the party first needs one; one that holds nothing
 * and waits for nothing may be taken over by another party. All of it is guarded by the structure's latch.
 *
 * An entry's words: the party (0: free), how many permits it holds, and for each wait queue how often it
 * waits, how many grants it has not taken yet, and the entry behind it in the queue.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { Latch } from "./latch.ts";

/** How many parties can hold something of a structure or wait at it at the same time; a structure takes 4 KiB so. */
export const MOST_MEMBERS = 192;

const FIRST = 1;

const PARTY = 0;
const HOLDS = 1;
const QUEUES = 2;
const WORDS_A_QUEUE = 3;

/**
 * How many words the table takes.
 *
 * @param queues How many wait queues the structure has.
 * @param own How many words of its own the structure has for each member.
 * @returns The number of words.
 */
export function memberWords(queues: number, own: number = 0): number {
  return FIRST + MOST_MEMBERS * (QUEUES + WORDS_A_QUEUE * queues + own);
}

/** The table of a structure. A member is given by its place in it. */
export class Members {
  readonly #latch: Latch;
  readonly #at: number;
  readonly #stride: number;
  readonly #own: number;
  /** Where this party was found last. */
  #mine = 0;

  /**
   * @param latch The structure's latch.
   * @param at Where the table begins.
   * @param queues How many wait queues the structure has.
   * @param own How many words of its own the structure has for each member; 0 when it holds nothing by them.
   */
  constructor(latch: Latch, at: number, queues: number, own: number = 0) {
    this.#latch = latch;
    this.#at = at;
    this.#own = QUEUES + WORDS_A_QUEUE * queues;
    this.#stride = this.#own + own;
  }

  /**
   * The entry of a party, which is taken if there is none yet.
   *
   * @param party The party.
   * @returns Its place.
   * @throws {NotSupportedError} when too many parties take part.
   */
  enter(party: number): number {
    if (this.party(this.#mine) === party) return this.#mine;
    const member = this.#find(party);
    if (this.party(member) !== party) this.#latch.set(this.#word(member, PARTY), party);
    this.#mine = member;
    return member;
  }

  /** The party of an entry; 0 when it is free. */
  party(member: number): number {
    return this.#latch.get(this.#word(member, PARTY));
  }

  /** Frees an entry. */
  remove(member: number): void {
    this.#latch.set(this.#word(member, PARTY), 0);
  }

  /** How many permits a member holds. */
  holds(member: number): number {
    return this.#latch.get(this.#word(member, HOLDS));
  }

  /** Changes how many permits a member holds. */
  setHolds(member: number, count: number): void {
    this.#latch.set(this.#word(member, HOLDS), count);
  }

  /** Some member that holds a permit; -1 when there is none. */
  findHolder(): number {
    const count = this.#count;
    for (let member = 0; member < count; member++) {
      if (this.party(member) !== 0 && this.holds(member) > 0) return member;
    }
    return -1;
  }

  /** Whether any member fulfils a condition; also an estimate without the latch. */
  some(condition: (party: number, member: number) => boolean): boolean {
    const count = this.#count;
    for (let member = 0; member < count; member++) {
      const party = this.party(member);
      if (party !== 0 && condition(party, member)) return true;
    }
    return false;
  }

  /** The index of a word of a member's for a wait queue: see `WaitQueue`. */
  queueWord(member: number, queue: number, word: number): number {
    return this.#word(member, QUEUES + WORDS_A_QUEUE * queue + word);
  }

  /** The index of a word that the structure has for a member. */
  ownWord(member: number, word: number): number {
    return this.#word(member, this.#own + word);
  }

  /** The members, as places in the table. */
  *[Symbol.iterator](): Iterator<number> {
    for (let member = 0; member < this.#count; member++) {
      if (this.party(member) !== 0) yield member;
    }
  }

  /** How many entries were ever taken: none stands behind them. */
  get #count(): number {
    return this.#latch.get(this.#at);
  }

  #find(party: number): number {
    const count = this.#count;
    let free = -1;
    for (let member = 0; member < count; member++) {
      if (this.party(member) === party) return member;
      if (free < 0 && this.#isIdle(member)) free = member;
    }
    if (free >= 0) return free;
    if (count === MOST_MEMBERS) {
      throw new NotSupportedError(
        `Cannot use this lock or queue: ${MOST_MEMBERS} processes have something of it or wait for it, and no more can at a time. ` +
          "Let fewer share one, or give each group of them one of its own",
      );
    }
    this.#latch.set(this.#at, count + 1);
    return count;
  }

  /** Whether an entry holds nothing and waits for nothing; a free one does neither. */
  #isIdle(member: number): boolean {
    for (let word = HOLDS; word < this.#stride; word++) {
      if (this.#latch.get(this.#word(member, word)) !== 0) return false;
    }
    return true;
  }

  #word(member: number, word: number): number {
    return this.#at + FIRST + member * this.#stride + word;
  }
}

/**
 * Who has a block of the arena: a list of parties in the block's header, and further lists behind it where that is full.
 *
 * Layout of the header: from word 10 on the parties, in no order (0: nobody); word 4 is the place of the next list, in units of
 * 64 bytes (0: none). A further list is a block of its own: the place of the next one, then parties.
 *
 * All is read and changed under the latch of the heap. A list is complete before it is linked, and stays until its block is free;
 * the place of a party that has dropped the block, or has ended, is used again. So there are never more lists than the most
 * parties that had the block at a time need.
 *
 * @module
 */

import type { ArenaRef } from "../sync/block.ts";
import type { Latch } from "../sync/latch.ts";
import type { ArenaMemory } from "./arena_memory.ts";

/** Bytes of a block's header. */
export const HEADER = 128;

const NEXT = 4;
const FIRST = 10;
const HEADER_END = HEADER / 4;

const UNIT = 64;
const LIST_BYTES = 256;
const LIST_WORDS = LIST_BYTES / 4;

/** The word that names the next list, and the parties behind it. */
interface List {
  readonly next: number;
  readonly first: number;
  readonly end: number;
}

/** The parties that have blocks. All methods are called with the latch held; a block is given by the index of its first word. */
export class Holders {
  readonly #memory: ArenaMemory;
  readonly #latch: Latch;
  readonly #self: number;
  readonly #isDead: (party: number) => boolean;

  /**
   * @param memory The arena.
   * @param latch The latch of the heap.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   */
  constructor(
    memory: ArenaMemory,
    latch: Latch,
    self: number,
    isDead: (party: number) => boolean,
  ) {
    this.#memory = memory;
    this.#latch = latch;
    this.#self = self;
    this.#isDead = isDead;
  }

  /**
   * This party has a block.
   *
   * @param at The block.
   * @throws {NotSupportedError} when there is no memory for one holder more.
   */
  add(at: number): void {
    let free = -1;
    let last = at + NEXT;
    for (const { next, first, end } of this.#lists(at)) {
      last = next;
      for (let word = first; word < end; word++) {
        const holder = this.#latch.get(word);
        if (holder === this.#self) return;
        if (free < 0 && (holder === 0 || this.#isDead(holder))) free = word;
      }
    }
    if (free < 0) this.#link(last);
    else this.#latch.set(free, this.#self);
  }

  /**
   * This party has a block no more.
   *
   * @param at The block.
   * @returns Whether another one that lives has it.
   */
  remove(at: number): boolean {
    let isHeld = false;
    for (const { first, end } of this.#lists(at)) {
      for (let word = first; word < end; word++) {
        const holder = this.#latch.get(word);
        if (holder === this.#self) this.#latch.set(word, 0);
        else if (holder !== 0 && !this.#isDead(holder)) isHeld = true;
      }
    }
    return isHeld;
  }

  /** One that lives and has a block; 0 where there is none. */
  oneLiving(at: number): number {
    for (const { first, end } of this.#lists(at)) {
      for (let word = first; word < end; word++) {
        const holder = this.#latch.get(word);
        if (holder !== 0 && !this.#isDead(holder)) return holder;
      }
    }
    return 0;
  }

  /** Where the further lists of a block begin (bytes): they are to be freed with it. */
  placesOf(at: number): number[] {
    return [...this.#lists(at)].slice(1).map(({ next }) => next * 4);
  }

  /** Frees further lists; of all methods this one alone needs no latch. */
  free(places: readonly number[]): void {
    for (const offset of places) this.#memory.open({ offset, size: LIST_BYTES }).free();
  }

  /** Begins a further list with this party. A thread that is terminated before it is linked loses it, and nothing else. */
  #link(last: number): void {
    const { ref, words } = this.#memory.allocate(LIST_BYTES);
    words[1] = this.#self;
    this.#latch.set(last, (ref as ArenaRef).offset / UNIT);
  }

  *#lists(at: number): Generator<List> {
    let list: List = { next: at + NEXT, first: at + FIRST, end: at + HEADER_END };
    for (;;) {
      yield list;
      const place = this.#latch.get(list.next);
      if (place === 0) return;
      const next = place * (UNIT / 4);
      list = { next, first: next + 1, end: next + LIST_WORDS };
    }
  }
}

/** Gives a new block, which nobody else knows yet, to a party. */
export function initHolders(words: Int32Array, at: number, party: number): void {
  words[at + FIRST] = party;
}

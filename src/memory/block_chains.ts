/**
 * Chains of blocks of the arena: any block can be taken out of its chain without walking it.
 *
 * A block has two words for a chain: the place of the next one, in units of 64 bytes (0: none), and the index of the word
 * that names the block itself, in the block before or where the chain begins. All is read and changed under the latch of the
 * heap.
 *
 * @module
 */

import type { Latch } from "../sync/latch.ts";

/** Words of a unit. */
const UNIT_WORDS = 16;

/** Where the words for the chain of its keeper are in the header of a heap's block. */
export const KEPT = 5;
/** The word of such a header at which the chain of its parts begins. */
export const PARTS = 7;

/** Chains whose words are at one place of their blocks. A block is given by the index of its first word. */
export class BlockChain {
  readonly #latch: Latch;
  readonly #next: number;
  readonly #named: number;

  /**
   * @param latch The latch of the heap.
   * @param words Where the two words are in a block.
   */
  constructor(latch: Latch, words: number) {
    this.#latch = latch;
    this.#next = words;
    this.#named = words + 1;
  }

  /**
   * The first block of a chain.
   *
   * @param begin The word where it begins.
   * @returns The block; 0 where there is none.
   */
  first(begin: number): number {
    return this.#latch.get(begin) * UNIT_WORDS;
  }

  /** The blocks of a chain that is not changed meanwhile. */
  *all(begin: number): Generator<number> {
    for (let at = this.first(begin); at !== 0; at = this.first(at + this.#next)) yield at;
  }

  /** Puts a block before all others of a chain. */
  push(begin: number, at: number): void {
    const latch = this.#latch;
    const next = latch.get(begin);
    latch.set(at + this.#next, next);
    latch.set(at + this.#named, begin);
    if (next !== 0) latch.set(next * UNIT_WORDS + this.#named, at + this.#next);
    latch.set(begin, at / UNIT_WORDS);
  }

  /** Takes a block out of its chain. */
  remove(at: number): void {
    const latch = this.#latch;
    const next = latch.get(at + this.#next);
    const named = latch.get(at + this.#named);
    latch.set(named, next);
    if (next !== 0) latch.set(next * UNIT_WORDS + this.#named, named);
  }
}

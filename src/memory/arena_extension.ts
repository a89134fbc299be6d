/**
 * The extension of a block of the arena: more blocks, in a chain that begins in its header. So they are freed with it, whatever
 * has become of those who used them.
 *
 * Header of a part, in words: 0 and 1 the chain; 2 and 3 its size without the header.
 *
 * @module
 */

import { type ArenaRef, type Extension, getSize, putSize, type Views } from "../sync/block.ts";
import type { Latch } from "../sync/latch.ts";
import type { ArenaMemory } from "./arena_memory.ts";
import { BlockChain, PARTS } from "./block_chains.ts";

/** Bytes, and the unit in which places are told. */
const HEADER = 64;
const CHAIN = 0;
const SIZE = 2;

/** Runs something with the latch of the heap held. */
export type Section = <T>(section: (latch: Latch) => T) => T;

/** {@linkcode Extension} by blocks of the arena, in units of 64 bytes. */
export class ArenaExtension implements Extension {
  readonly canFreeTwice: boolean = false;
  readonly #memory: ArenaMemory;
  readonly #enter: Section;
  readonly #begin: number;

  /**
   * @param memory The arena.
   * @param enter Enters the latch of the heap.
   * @param at The first word of the block.
   */
  constructor(memory: ArenaMemory, enter: Section, at: number) {
    this.#memory = memory;
    this.#enter = enter;
    this.#begin = at + PARTS;
  }

  choose(size: number): number {
    const { ref, words } = this.#memory.allocate(HEADER + size);
    const { offset } = ref as ArenaRef;
    putSize(words, SIZE, size);
    this.#enter((latch) => new BlockChain(latch, CHAIN).push(this.#begin, offset / 4));
    return offset / HEADER;
  }

  create(place: number, size: number): Views {
    return this.open(place, size);
  }

  open(place: number, size: number): Views {
    return this.#memory.open({ offset: (place + 1) * HEADER, size });
  }

  free(place: number, size: number): void {
    const offset = place * HEADER;
    this.#enter((latch) => new BlockChain(latch, CHAIN).remove(offset / 4));
    this.#memory.open({ offset, size: HEADER + size }).free();
  }
}

/** The parts of a block, to be freed with it. The latch of the heap must be held. */
export function partsOf(latch: Latch, at: number): ArenaRef[] {
  const parts = new BlockChain(latch, CHAIN).all(at + PARTS);
  return [...parts].map((part) => ({
    offset: part * 4,
    size: HEADER + getSize(latch.words, part + SIZE),
  }));
}

/**
 * The extension of a mapped piece: more parts of the same file, each mapped by itself.
 *
 * Whoever has the piece has the file open, so it can open all parts, whoever created them and has ended since. Where a part
 * begins in the file costs nothing and is never used twice; its pages are given back when it is freed, even while
 * somebody still has it mapped.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { MappingParts } from "../runtime/shared_memory.ts";
import type { Extension, Views } from "../sync/block.ts";

/** Parts begin at multiples of this (bytes), so that a number names them. */
const UNIT = 1 << 20;
/** The last unit that can be named: 2 PiB of parts, in the whole life of a piece. */
const LAST = 2 ** 31 - 1;

/** {@linkcode Extension} in the file of a mapping. */
export class MappedExtension implements Extension {
  readonly canFreeTwice: boolean = true;
  readonly #parts: MappingParts;
  readonly #words: Int32Array;
  readonly #chosen: number;

  /**
   * @param parts The parts of the file, good as long as the piece.
   * @param words The words of the file's header.
   * @param chosen Which of them tells how many units were chosen.
   */
  constructor(parts: MappingParts, words: Int32Array, chosen: number) {
    this.#parts = parts;
    this.#words = words;
    this.#chosen = chosen;
  }

  choose(size: number): number {
    const units = Math.ceil(size / UNIT);
    const before = Atomics.add(this.#words, this.#chosen, units);
    if (before >= 0 && before + units < LAST) return before + 1;
    Atomics.sub(this.#words, this.#chosen, units);
    throw new NotSupportedError(
      "Cannot put more into this queue: 2 PiB of large items have passed through it. Create a new one",
    );
  }

  create(place: number, size: number): Views {
    return toViews(this.#parts.create(place * UNIT, size));
  }

  open(place: number, size: number): Views {
    return toViews(this.#parts.open(place * UNIT, size));
  }

  free(place: number, size: number): void {
    this.#parts.free(place * UNIT, size);
  }
}

function toViews(buffer: ArrayBuffer): Views {
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
}

/**
 * The extension of a mapped segment: more parts of the same file, each mapped by itself.
 *
 * Whoever has the segment has the file open, so it can open all parts, whoever created them and has ended since. Where a part
 * begins in the file costs nothing and is never used twice; its pages are given back when it is freed, even while
 * somebody still has it mapped.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { Extension, Views } from "../sync/block.ts";
import type { SlottedFile } from "./slotted_file.ts";

/** Parts begin at multiples of this (bytes), so that a number names them. */
const UNIT = 1 << 20;
/** The last unit that can be named: 2 PiB of parts, in the whole life of a slot. */
const LAST = 2 ** 31 - 1;

/** {@linkcode Extension} in the file of a segment, which is smaller than {@linkcode UNIT}. */
export class MappedExtension implements Extension {
  readonly canFreeTwice: boolean = true;
  readonly #file: SlottedFile;
  readonly #slot: number;

  /**
   * @param file The file of the segment.
   * @param slot Its slot.
   */
  constructor(file: SlottedFile, slot: number) {
    this.#file = file;
    this.#slot = slot;
  }

  choose(size: number): number {
    const units = Math.ceil(size / UNIT);
    const { words } = this.#file;
    const chosen = this.#file.chosen(this.#slot);
    const before = Atomics.add(words, chosen, units);
    if (before >= 0 && before + units < LAST) return before + 1;
    Atomics.sub(words, chosen, units);
    throw new NotSupportedError(
      "Cannot put more into this queue: 2 PiB of large items have passed through it. Create a new one",
    );
  }

  create(place: number, size: number): Views {
    return toViews(this.#file.createPart(this.#slot, place * UNIT, size));
  }

  open(place: number, size: number): Views {
    return toViews(this.#file.openPart(this.#slot, place * UNIT, size));
  }

  free(place: number, size: number): void {
    this.#file.freePart(this.#slot, place * UNIT, size);
  }
}

function toViews(buffer: ArrayBuffer): Views {
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
}

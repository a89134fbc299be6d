/**
 * Blocks for threads: places in one growing buffer, which every thread was given at its start.
 *
 * Layout: a header of words, then blocks of 64 × 2ⁿ bytes; above 128 KiB also of 5, 6 and 7 quarters of that, so that larger blocks
 * do not take twice what they hold. Word 1 is the end of what was ever used, in units of 64 bytes; word 16 + n is the first
 * free block of class n, as its offset in the same units, and a free block's first word names the next one.
 *
 * No step holds a lock, so a thread may be terminated anywhere: at worst the free blocks in its hand are lost.
 * A free block is taken by taking the whole list at once and putting the rest back, which cannot be
 * confused by blocks that leave and return in between (the ABA problem of a shared stack).
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { align, type ArenaRef, type Block, type BlockRef, type Memory } from "../sync/block.ts";

const UNIT = 64;
const USED = 1;
const FREE_LISTS = 16;
const HEADER_BYTES = 4096;
const INITIAL_BYTES = 1 << 20;
/**
 * Address space, not memory: pages that are not touched cost nothing. What stands in it is told by the indexes of 32-bit words,
 * which are signed words themselves.
 */
const LARGEST_ARENA = 2 ** 33;
/** The last class (128 KiB) whose blocks are twice as large as those of the class before. */
const LAST_DOUBLE = 11;

/** The buffer of a new arena. */
export function createArena(): SharedArrayBuffer {
  for (let maxByteLength = LARGEST_ARENA;; maxByteLength /= 2) {
    try {
      const buffer = new SharedArrayBuffer(INITIAL_BYTES, { maxByteLength });
      Atomics.store(new Int32Array(buffer), USED, HEADER_BYTES / UNIT);
      return buffer;
    } catch (error) {
      if (maxByteLength <= INITIAL_BYTES) throw error;
    }
  }
}

/** {@linkcode Memory} over a buffer that all threads of a program share. */
export class ArenaMemory implements Memory {
  readonly buffer: SharedArrayBuffer;
  readonly #header: Int32Array;

  /** @param buffer What {@linkcode createArena} made. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
  }

  allocate(size: number): Block {
    const sizeClass = classOf(size);
    const reused = this.#takeFree(sizeClass);
    const offset = reused === 0 ? this.#extend(sizeClass, size) : reused * UNIT;
    const block = this.open({ offset, size: align(size) });
    if (reused !== 0) block.bytes.fill(0);
    return block;
  }

  open(ref: BlockRef): Block {
    const { offset, size } = ref as ArenaRef;
    let freed = false;
    return {
      ref,
      bytes: new Uint8Array(this.buffer, offset, size),
      words: new Int32Array(this.buffer, offset, size / 4),
      free: () => {
        if (!freed) this.#putFree(classOf(size), offset / UNIT, offset / UNIT);
        freed = true;
      },
    };
  }

  /** Takes a block behind all others. The word of what is used is never beyond the end: others would take that for full. */
  #extend(sizeClass: number, size: number): number {
    const units = unitsOf(sizeClass);
    for (let used = Atomics.load(this.#header, USED);;) {
      const end = (used + units) * UNIT;
      if (end > this.buffer.maxByteLength) throw this.#full(size);
      const found = Atomics.compareExchange(this.#header, USED, used, used + units);
      if (found === used) {
        while (this.buffer.byteLength < end) this.#grow(end);
        return used * UNIT;
      }
      used = found;
    }
  }

  #full(size: number): NotSupportedError {
    return new NotSupportedError(
      `Cannot allocate ${size} bytes of shared memory: the threads of this program share ` +
        `${this.buffer.maxByteLength} bytes at most. Use the start method "process" for more`,
    );
  }

  #grow(end: number): void {
    const current = this.buffer.byteLength;
    const target = Math.min(Math.max(end, current * 2), this.buffer.maxByteLength);
    try {
      this.buffer.grow(target);
    } catch (error) {
      // Another thread was faster and made it larger than we asked for.
      if (this.buffer.byteLength === current) throw error;
    }
  }

  #takeFree(sizeClass: number): number {
    const first = Atomics.exchange(this.#header, FREE_LISTS + sizeClass, 0);
    if (first === 0) return 0;
    const rest = this.#next(first);
    if (rest !== 0 && !this.#putBack(sizeClass, rest)) {
      this.#putFree(sizeClass, rest, this.#last(rest));
    }
    return first;
  }

  /** As a rule nobody has freed a block in between: then the list need not be walked to its end. */
  #putBack(sizeClass: number, rest: number): boolean {
    return Atomics.compareExchange(this.#header, FREE_LISTS + sizeClass, 0, rest) === 0;
  }

  #putFree(sizeClass: number, first: number, last: number): void {
    const list = FREE_LISTS + sizeClass;
    for (;;) {
      const head = Atomics.load(this.#header, list);
      this.#link(last, head);
      if (Atomics.compareExchange(this.#header, list, head, first) === head) return;
    }
  }

  #last(first: number): number {
    let last = first;
    for (let next = this.#next(last); next !== 0; next = this.#next(last)) last = next;
    return last;
  }

  #next(unit: number): number {
    return new Int32Array(this.buffer, unit * UNIT, 1)[0];
  }

  #link(unit: number, next: number): void {
    new Int32Array(this.buffer, unit * UNIT, 1)[0] = next;
  }
}

function classOf(size: number): number {
  const power = Math.max(0, Math.ceil(Math.log2(size / UNIT)));
  if (power <= LAST_DOUBLE) return power;
  const quarters = Math.ceil(size / UNIT / 2 ** (power - 3));
  return LAST_DOUBLE + 4 * (power - 1 - LAST_DOUBLE) + quarters - 4;
}

/** How many units a block of a class takes. */
function unitsOf(sizeClass: number): number {
  if (sizeClass <= LAST_DOUBLE) return 2 ** sizeClass;
  const steps = sizeClass - LAST_DOUBLE - 1;
  return (5 + steps % 4) * 2 ** (LAST_DOUBLE - 2 + Math.floor(steps / 4));
}

/**
 * A file of shared memory with many slots, each for a segment: so a segment costs no descriptor.
 *
 * Who uses a slot holds its byte of the file, which is as good as a count that the system keeps: it lets go for a process that
 * ends. Whoever drops a slot tries to have it alone, and if that can be done, frees it. So the last one does, or, where that one
 * was killed, one that dropped it before and looks again.
 *
 * Layout: words 0 and 1 the file's id; 2 how many slots it has; then for each slot its nonce (0: free), how often its
 * segment was sent, the number of the last sending that arrived, and how much was chosen behind the segment (see
 * `MappedExtension`). Slots are so far apart that each has room for all that will ever be behind its segment; what lies
 * between costs nothing.
 *
 * Invariants: only the creator of the file takes slots; a nonce is set while the slot is held, and cleared while it is held alone; what
 * was chosen in a slot is never chosen again, whatever becomes of its segment.
 *
 * Where bytes cannot be held a file has one slot, and ends with it.
 *
 * @module
 */

import type { MappedBytes, MemoryFile } from "../runtime/shared_memory.ts";
import { randomWord } from "./share.ts";

const HEADER = 4096;
const ID = 0;
const SLOTS = 2;
const FIRST = 4;
const SLOT_WORDS = 4;
const MOST_SLOTS = (HEADER / 4 - FIRST) / SLOT_WORDS;

const NONCE = 0;
const SENT = 1;
const ARRIVED = 2;
const CHOSEN = 3;
/** A slot of which more was chosen than this is not taken again. */
const MUCH = 2 ** 30;

/** Where the first slot begins (bytes). */
const START = 1 << 16;
/** How far a slot is from the next one (bytes). */
const SPAN = 2 ** 51;
/** How many slots that others may still have are looked at in a round. */
const LOOKS = 64;

/** The segment of a slot. */
export interface Slot {
  readonly index: number;
  readonly nonce: number;
  readonly bytes: MappedBytes;
}

/** A file with slots, as one process has it. */
export class SlottedFile {
  /** The words of its header. */
  readonly words: Int32Array;
  readonly #file: MemoryFile;
  readonly #slots: number;
  readonly #held = new Set<number>();
  /** Slots that were dropped while others had them, with their nonces. */
  readonly #left = new Map<number, number>();
  /** Where the search for a free slot begins. */
  #next = 0;

  private constructor(file: MemoryFile, words: Int32Array) {
    this.#file = file;
    this.words = words;
    this.#slots = words[SLOTS];
  }

  /**
   * Creates a file, all of whose slots are free.
   *
   * @param file An empty file.
   * @throws {NotSupportedError} when there is no memory left; the file is closed then.
   */
  static create(file: MemoryFile): SlottedFile {
    try {
      const words = new Int32Array(file.create(0, HEADER).buffer);
      const canHold = file.hold(0);
      file.letGo(0);
      words.set([randomWord(), randomWord(), canHold ? MOST_SLOTS : 1]);
      return new SlottedFile(file, words);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Opens a file that another process created.
   *
   * @param file What was found at its path.
   * @param id0 The first word of its id.
   * @param id1 The second.
   * @returns The file; `null` when what was found is another one, which is closed then.
   */
  static open(file: MemoryFile, id0: number, id1: number): SlottedFile | null {
    try {
      const words = new Int32Array(file.open(0, HEADER).buffer);
      const slots = words[SLOTS];
      if (words[ID] === id0 && words[ID + 1] === id1 && slots > 0 && slots <= MOST_SLOTS) {
        return new SlottedFile(file, words);
      }
    } catch {
      // It is not even large enough.
    }
    file.close();
    return null;
  }

  /** Tells it from all others. */
  get key(): string {
    return keyOf(this.words[ID], this.words[ID + 1]);
  }

  /** A path that opens it while this process has it. */
  get path(): string {
    return this.#file.path;
  }

  /** Whether its slots are taken again and again; else it ends with its first segment. */
  get isLasting(): boolean {
    return this.#slots > 1;
  }

  /** Whether this process uses none of its slots. */
  get isUnused(): boolean {
    return this.#held.size === 0;
  }

  /**
   * Takes a free slot, for a new segment of zeros. Only the creator does.
   *
   * @param size Bytes.
   * @returns The slot; `null` when none is free.
   * @throws {NotSupportedError} when there is no memory left.
   */
  take(size: number): Slot | null {
    for (let i = 0; i < this.#slots; i++) {
      const index = (this.#next + i) % this.#slots;
      if (!this.#isFree(index) || !this.#hold(index)) continue;
      const slot = this.#fill(index, size);
      this.#next = index + 1;
      return slot;
    }
    return null;
  }

  /**
   * Opens the segment of a slot, unless this process has it already.
   *
   * @param index The slot.
   * @param nonce Its nonce.
   * @param size Bytes.
   * @returns The slot; `null` when it is another's now, or free.
   * @throws {NotSupportedError} when its bytes are not there.
   */
  join(index: number, nonce: number, size: number): Slot | null {
    const isHeld = this.#held.has(index);
    if (!(index >= 0 && index < this.#slots) || !this.#hold(index)) return null;
    let slot: Slot | null = null;
    try {
      if (Atomics.load(this.words, at(index) + NONCE) === nonce) {
        slot = { index, nonce, bytes: this.#file.open(offsetOf(index), size) };
        this.#left.delete(index);
      }
      return slot;
    } finally {
      // What is there now may be in use here, whatever was asked for.
      if (slot === null && !isHeld) this.#letGo(index);
    }
  }

  /** Says that this process uses a slot no more; frees it if nobody else does. */
  drop(index: number, nonce: number): void {
    this.#letGo(index);
    if (!this.#tryFree(index, nonce)) this.#left.set(index, nonce);
  }

  /** Frees some of the slots whose last user ended without dropping them. */
  sweep(): void {
    let looks = Math.min(LOOKS, this.#left.size);
    for (const [index, nonce] of this.#left) {
      if (looks-- === 0) return;
      this.#left.delete(index);
      if (!this.#tryFree(index, nonce)) this.#left.set(index, nonce);
    }
  }

  /** Where the words of a slot's sendings are: how many there were, and the last that arrived. */
  sendings(index: number): { sent: number; arrived: number } {
    return { sent: at(index) + SENT, arrived: at(index) + ARRIVED };
  }

  /** The word that tells how much was chosen behind the segment of a slot. */
  chosen(index: number): number {
    return at(index) + CHOSEN;
  }

  /** Reserves a part behind the segment of a slot, at a distance (bytes). */
  createPart(index: number, distance: number, size: number): ArrayBuffer {
    return this.#file.create(offsetOf(index) + distance, size).buffer;
  }

  /** Maps such a part. */
  openPart(index: number, distance: number, size: number): ArrayBuffer {
    return this.#file.open(offsetOf(index) + distance, size).buffer;
  }

  /** Gives such a part back. */
  freePart(index: number, distance: number, size: number): void {
    this.#file.free(offsetOf(index) + distance, size);
  }

  /** Closes it here; who has it open elsewhere goes on. */
  close(): void {
    this.#file.close();
  }

  #isFree(index: number): boolean {
    const { words } = this;
    return Atomics.load(words, at(index) + NONCE) === 0 &&
      Atomics.load(words, at(index) + CHOSEN) < MUCH && !this.#held.has(index);
  }

  #fill(index: number, size: number): Slot {
    const { words } = this;
    try {
      const bytes = this.#file.create(offsetOf(index), size);
      const nonce = randomWord();
      Atomics.store(words, at(index) + SENT, 0);
      Atomics.store(words, at(index) + ARRIVED, 0);
      Atomics.store(words, at(index) + NONCE, nonce);
      return { index, nonce, bytes };
    } catch (error) {
      this.#letGo(index);
      throw error;
    }
  }

  /** Returns whether a slot is free, or another's. */
  #tryFree(index: number, nonce: number): boolean {
    const word = at(index) + NONCE;
    if (Atomics.load(this.words, word) !== nonce) return true;
    if (!this.isLasting || !this.#file.holdAlone(index)) return false;
    if (Atomics.load(this.words, word) === nonce) {
      this.#file.free(offsetOf(index), SPAN);
      Atomics.store(this.words, word, 0);
    }
    this.#file.letGo(index);
    return true;
  }

  #hold(index: number): boolean {
    if (this.isLasting && !this.#file.hold(index)) return false;
    this.#held.add(index);
    return true;
  }

  #letGo(index: number): void {
    if (this.isLasting) this.#file.letGo(index);
    this.#held.delete(index);
  }
}

/** What tells a file from all others. */
export function keyOf(id0: number, id1: number): string {
  return `${id0},${id1}`;
}

function at(index: number): number {
  return FIRST + index * SLOT_WORDS;
}

function offsetOf(index: number): number {
  return START + index * SPAN;
}

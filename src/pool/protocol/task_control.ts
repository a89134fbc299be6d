/**
 * What a pool and a worker tell each other besides the records of their rings: about the task that runs, while it runs.
 *
 * - A slot for each task that the worker has been given, by the number in the task's record: its id and attempt, which the
 *   pool writes before the record is published; whether it is to stop, which the pool may write at any time; and which of
 *   its items runs, which the worker writes: that stands here when the worker has ended without an answer.
 * - How far the task is that runs, as it says itself: it costs no message, and the pool looks at it when somebody wants to
 *   know. The words belong together while a count of changes is even, and the same before and after they were read.
 * - A count of steps, which the worker moves whenever it begins or ends a task or an item, so that the pool sees how long one
 *   takes: odd while one runs, even while none does, or what it needs is being loaded. Only where somebody looks.
 *
 * @module
 */

import type { Block } from "../../sync/block.ts";

/** Tasks that a worker may have been given and not answered. */
export const SLOTS = 1024;

const STEPS = 0;
const CHANGES = 1;
/** One more than the slot of the task that has said how far it is; 0: none has. */
const SAID_BY = 2;
const SAID_ITEM = 3;
const DONE = 4;
const TOTAL = 6;
const FIRST_SLOT = 16;
/** How often to read what is being written. */
const TRIES = 16;
/** In the place of a total that is not known. */
const UNKNOWN = -1;
const SLOT_WORDS = 4;
const ID = 0;
const ATTEMPT = 1;
const STOP = 2;
const ITEM = 3;

/** Bytes of the block. */
export const CONTROL_BYTES: number = (FIRST_SLOT + SLOTS * SLOT_WORDS) * 4;

/** Why a task is to stop; 0: it is not. */
export const StopReason = {
  cancelled: 1,
  timeout: 2,
} as const;

/** How far a task is, as it says itself. */
export interface Said {
  /** The number of the task in its record. */
  readonly slot: number;
  /** The position of the item in the task. */
  readonly item: number;
  readonly done: number;
  /** `null` where it is not known. */
  readonly total: number | null;
}

/** The words of one worker. */
export class TaskControl {
  readonly #words: Int32Array;
  /** A number, and its two words. */
  readonly #number = new Float64Array(1);
  readonly #halves = new Int32Array(this.#number.buffer);
  #changes = 0;
  /** The total that stands there: it seldom changes. */
  #total = 0;
  /** What was read last. */
  #said: Said | null = null;

  /** @param block A block of zeros, or the block of a worker. */
  constructor(block: Block) {
    this.#words = block.words;
  }

  /** Pool: says which task a slot is for. To be called before the task's record is published. */
  begin(slot: number, id: number, attempt: number): void {
    const at = FIRST_SLOT + slot * SLOT_WORDS;
    this.#words[at + ID] = id;
    this.#words[at + ATTEMPT] = attempt;
    if (this.#words[at + STOP] !== 0) Atomics.store(this.#words, at + STOP, 0);
    if (this.#words[at + ITEM] !== 0) Atomics.store(this.#words, at + ITEM, 0);
  }

  /** Pool: asks a task to stop. */
  stop(slot: number, reason: number): void {
    Atomics.store(this.#words, FIRST_SLOT + slot * SLOT_WORDS + STOP, reason);
  }

  /** Pool: the position of the item that was begun last, in its task. */
  item(slot: number): number {
    return Atomics.load(this.#words, FIRST_SLOT + slot * SLOT_WORDS + ITEM);
  }

  /** Pool: changes whenever a task or an item is begun or ended; wraps around. */
  get steps(): number {
    return Atomics.load(this.#words, STEPS);
  }

  /** Pool: whether a task or an item was running when there were so many steps. */
  static isRunning(steps: number): boolean {
    return (steps & 1) === 1;
  }

  /**
   * Pool: how far the task is that runs, or ran until now; `null` where it has not said so. While it says so again and
   * again, that may be what it said before.
   */
  get said(): Said | null {
    const words = this.#words;
    for (let i = 0; i < TRIES; i++) {
      const changes = Atomics.load(words, CHANGES);
      if (changes === this.#changes) break;
      if ((changes & 1) === 1) continue;
      const slot = Atomics.load(words, SAID_BY) - 1;
      const item = Atomics.load(words, SAID_ITEM);
      const done = this.#read(DONE);
      const total = this.#read(TOTAL);
      if (Atomics.load(words, CHANGES) !== changes) continue;
      this.#changes = changes;
      this.#said = slot < 0 ? null : { slot, item, done, total: total === UNKNOWN ? null : total };
      break;
    }
    return this.#said;
  }

  /** Worker: says how far the task is that runs. */
  say(slot: number, done: number, total: number | null): void {
    const words = this.#words;
    Atomics.store(words, CHANGES, ++this.#changes);
    const said = slot + 1;
    if (words[SAID_BY] !== said) Atomics.store(words, SAID_BY, said);
    const item = words[FIRST_SLOT + slot * SLOT_WORDS + ITEM];
    if (words[SAID_ITEM] !== item) Atomics.store(words, SAID_ITEM, item);
    this.#write(DONE, done);
    const all = total ?? UNKNOWN;
    if (all !== this.#total) this.#write(TOTAL, all);
    this.#total = all;
    Atomics.store(words, CHANGES, ++this.#changes);
  }

  /** Worker: what was said holds no more. */
  unsay(): void {
    Atomics.store(this.#words, CHANGES, ++this.#changes);
    Atomics.store(this.#words, SAID_BY, 0);
    Atomics.store(this.#words, CHANGES, ++this.#changes);
  }

  /** Worker: a task or an item runs from now on. */
  step(): void {
    const steps = this.#words[STEPS];
    Atomics.store(this.#words, STEPS, steps + 1 + (steps & 1));
  }

  /** Worker: none runs from now on. */
  rest(): void {
    const steps = this.#words[STEPS];
    Atomics.store(this.#words, STEPS, steps + (steps & 1));
  }

  /** Worker: an item of a task is begun; the first one is without this. */
  beginItem(slot: number, position: number): void {
    Atomics.store(this.#words, FIRST_SLOT + slot * SLOT_WORDS + ITEM, position);
  }

  /** Worker: the id of a task. */
  id(slot: number): number {
    return this.#words[FIRST_SLOT + slot * SLOT_WORDS + ID];
  }

  /** Worker: which attempt a task is. */
  attempt(slot: number): number {
    return this.#words[FIRST_SLOT + slot * SLOT_WORDS + ATTEMPT];
  }

  /** Worker: why a task is to stop; 0: it is not. */
  stopReason(slot: number): number {
    return Atomics.load(this.#words, FIRST_SLOT + slot * SLOT_WORDS + STOP);
  }

  #read(at: number): number {
    this.#halves[0] = Atomics.load(this.#words, at);
    this.#halves[1] = Atomics.load(this.#words, at + 1);
    return this.#number[0];
  }

  #write(at: number, value: number): void {
    this.#number[0] = value;
    Atomics.store(this.#words, at, this.#halves[0]);
    Atomics.store(this.#words, at + 1, this.#halves[1]);
  }
}

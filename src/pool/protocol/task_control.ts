/**
 * What a pool and a worker tell each other besides the records of their rings: about the task that runs, while it runs.
 *
 * - A slot for each task that the worker has been given, by the number in the task's record: its id and attempt, which the
 *   pool writes before the record is published; whether it is to stop, which the pool may write at any time; and which of
 *   its items runs, which the worker writes: that stands here when the worker has ended without an answer.
 * - A count of steps, which the worker moves whenever it begins or ends a task or an item, so that the pool sees how long one
 *   takes: odd while one runs, even while none does, or what it needs is being loaded. Only where somebody looks.
 *
 * @module
 */

import type { Block } from "../../sync/block.ts";

/** Tasks that a worker may have been given and not answered. */
export const SLOTS = 1024;

const STEPS = 0;
const FIRST_SLOT = 16;
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

/** The words of one worker. */
export class TaskControl {
  readonly #words: Int32Array;

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
}

/**
 * The table of all parties of a program: the main program and every process or thread below it.
 *
 * A party's id is its slot plus a generation, so that an id that was seen once is never given to somebody else.
 * A slot belongs to the party that its id word names. It is claimed by the creator of a child, which also frees it
 * after it has seen the child end.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { Block } from "../sync/block.ts";

const SLOTS = 1024;
const SLOT_WORDS = 16;
const HEADER_WORDS = 16;

const GENERATION = 0;
const AWAKE = 1;
const NAMES = 2;

const ID = 0;
/**
 * The id of the party that sleeps, so that nobody takes the duty of ringing for it by an older id of its slot; its negative when
 * somebody has taken that duty and it has not woken up yet; 0 while it is awake.
 */
const SLEEPING = 1;
const BELL = 2;
const STATE = 3;
const PID = 4;
const COUNTED_AWAKE = 5;
const GONE = 6;
const ABANDONED = 7;

/** Bytes of the block that the table needs. */
export const PARTY_TABLE_BYTES: number = (HEADER_WORDS + SLOTS * SLOT_WORDS) * 4;

/** What a child has come to, as it says itself. */
export const PartyState = {
  /** Its slot is claimed; it has said nothing yet. */
  starting: 0,
  /** It has accepted its work. */
  running: 1,
  /** It could not accept its work; it says why in its boot block. */
  refused: 2,
  /** It has loaded; what the user wants to run first is under way. */
  joined: 3,
} as const;

/** The table, over a block of zeros. */
export class PartyTable {
  readonly #words: Int32Array;

  /** @param block The program's first block. */
  constructor(block: Block) {
    this.#words = block.words;
  }

  /**
   * Claims a slot for a new party.
   *
   * @returns The party's id.
   * @throws {NotSupportedError} when there are too many parties at once.
   */
  claim(): number {
    const generation = Atomics.add(this.#words, GENERATION, 1) + 1;
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = slotStart(slot);
      const id = generation * SLOTS + slot;
      if (Atomics.compareExchange(this.#words, at + ID, 0, id) !== 0) continue;
      for (let word = SLEEPING; word < SLOT_WORDS; word++) Atomics.store(this.#words, at + word, 0);
      return id;
    }
    throw new NotSupportedError(
      `Cannot start another process or thread: this program has ${SLOTS}, and no more can run at a time. ` +
        "Wait for some to end, or give the work to a Pool",
    );
  }

  /** The main program's process id: it is the first party, and its slot is never freed. */
  get mainPid(): number {
    return Atomics.load(this.#words, slotStart(0) + PID);
  }

  /** Chooses what is random in the name of the folder for records of named memory, unless some party has done so. */
  chooseNamesKey(random: number): void {
    Atomics.compareExchange(this.#words, NAMES, 0, random || 1);
  }

  /** What is random in that folder's name; 0 while no party has created memory that has a name. */
  get namesKey(): number {
    return Atomics.load(this.#words, NAMES);
  }

  /** Frees the slot of a party that has ended. */
  release(id: number): void {
    if (!this.exists(id)) return;
    this.countAwake(id, false);
    Atomics.store(this.#words, slotStart(id % SLOTS) + ID, 0);
  }

  /** Whether the party's slot is still its own. */
  exists(id: number): boolean {
    return Atomics.load(this.#words, slotStart(id % SLOTS) + ID) === id;
  }

  /** Whether a party has ended, as far as anybody has noticed. */
  isDead(id: number): boolean {
    return !this.exists(id) || Atomics.load(this.#words, slotStart(id % SLOTS) + GONE) === 1;
  }

  /** Says that a party was seen to have ended, before its creator may have noticed. */
  markDead(id: number): void {
    if (this.exists(id)) Atomics.store(this.#words, slotStart(id % SLOTS) + GONE, 1);
  }

  /**
   * Whether nothing more can be expected of a party: it has ended, or could not be stopped and was given up. One that was
   * given up may still run: what only it may touch must not be taken from it.
   */
  isLost(id: number): boolean {
    return this.isDead(id) || Atomics.load(this.#words, slotStart(id % SLOTS) + ABANDONED) === 1;
  }

  /** Says that a party could not be stopped, and counts as ended. */
  markAbandoned(id: number): void {
    if (this.exists(id)) Atomics.store(this.#words, slotStart(id % SLOTS) + ABANDONED, 1);
  }

  /** The parties that there are. */
  *[Symbol.iterator](): Iterator<number> {
    for (let slot = 0; slot < SLOTS; slot++) {
      const id = Atomics.load(this.#words, slotStart(slot) + ID);
      if (id !== 0) yield id;
    }
  }

  /** Says that a party is about to sleep, and must be rung for. */
  lieDown(id: number): void {
    this.countAwake(id, false);
    Atomics.store(this.#words, slotStart(id % SLOTS) + SLEEPING, id);
  }

  /** Says that a party woke up by itself. */
  getUp(id: number): void {
    Atomics.store(this.#words, slotStart(id % SLOTS) + SLEEPING, 0);
    this.countAwake(id, true);
  }

  /** Takes the duty of ringing for a party: true for exactly one of those who ask while it sleeps. */
  takeRing(id: number): boolean {
    const at = slotStart(id % SLOTS) + SLEEPING;
    return Atomics.load(this.#words, at) === id &&
      Atomics.compareExchange(this.#words, at, id, -id) === id;
  }

  /** Whether somebody has taken the duty of ringing for a party, and it has not woken up yet. */
  isRung(id: number): boolean {
    return Atomics.load(this.#words, slotStart(id % SLOTS) + SLEEPING) === -id;
  }

  /** How many parties are awake; to spin while more are awake than there are cores only slows them down. */
  get awake(): number {
    return Atomics.load(this.#words, AWAKE);
  }

  /** Counts a party as awake or not; the party itself, or who saw it end, says so. */
  countAwake(id: number, awake: boolean): void {
    const at = slotStart(id % SLOTS) + COUNTED_AWAKE;
    const before = Atomics.exchange(this.#words, at, awake ? 1 : 0);
    if (before === 0 && awake) Atomics.add(this.#words, AWAKE, 1);
    if (before === 1 && !awake) Atomics.sub(this.#words, AWAKE, 1);
  }

  /** The words and the index of the party's bell, for `Atomics.wait` and `notify`. */
  bell(id: number): { words: Int32Array; index: number } {
    return { words: this.#words, index: slotStart(id % SLOTS) + BELL };
  }

  state(id: number): number {
    return Atomics.load(this.#words, slotStart(id % SLOTS) + STATE);
  }

  setState(id: number, state: number): void {
    Atomics.store(this.#words, slotStart(id % SLOTS) + STATE, state);
  }

  pid(id: number): number {
    return Atomics.load(this.#words, slotStart(id % SLOTS) + PID);
  }

  setPid(id: number, pid: number): void {
    Atomics.store(this.#words, slotStart(id % SLOTS) + PID, pid);
  }
}

function slotStart(slot: number): number {
  return HEADER_WORDS + slot * SLOT_WORDS;
}

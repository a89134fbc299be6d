/**
 * The table of all parties of a program: the main program and every process or thread below it.
 *
 * A party's id is its slot plus the slot's generation, so that an id that was seen once is never given to somebody else: a slot
 * whose generations are used up is passed over, and the search begins behind the slot that was taken last. A slot belongs to the
 * party that its id word names. It is claimed by the creator of a child, which also frees it after it has seen the child
 * end; where the creator has ended before, whoever notices does: see {@linkcode PartyTable.orphans}.
 *
 * A thread may run on for a moment after its slot was given to another party. So a word that says something of a party holds
 * the party's id or generation, and changes by compare-exchange: what a former owner writes is not taken for the
 * present one's, and does not destroy what that one has written.
 *
 * Long because all that is said of a party stands in its slot, and is guarded in these ways.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { Block } from "../sync/block.ts";
import {
  ABANDONED,
  AWAKE,
  BELL,
  COUNTED_AWAKE,
  CREATOR,
  FACTS_OF,
  GONE,
  HEADER_WORDS,
  ID,
  LAST_GENERATION,
  LASTING,
  NAMES,
  NEXT,
  PID,
  SECRET,
  SLEEPING,
  SLOT_WORDS,
  SLOTS,
  slotStart,
  STARTED,
  startOf,
  STATE,
  STATE_BITS,
  THREAD,
} from "./party_layout.ts";
import { PartyState } from "./party_state.ts";

/** Bytes of the block that the table needs. */
export const PARTY_TABLE_BYTES: number = (HEADER_WORDS + SLOTS * SLOT_WORDS) * 4;

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
   * @param creator The party that starts it; 0: none does.
   * @param lasting Whether it is a process that may go on when the others have ended.
   * @returns The party's id.
   * @throws {NotSupportedError} when there are too many parties at once.
   */
  claim(creator: number, lasting: boolean = false): number {
    const first = Atomics.load(this.#words, NEXT);
    for (let i = 0; i < SLOTS; i++) {
      const slot = (first + i) % SLOTS;
      const id = this.#claimSlot(slot);
      if (id === 0) continue;
      Atomics.store(this.#words, NEXT, (slot + 1) % SLOTS);
      const at = slotStart(slot);
      Atomics.store(this.#words, at + CREATOR, creator);
      Atomics.store(this.#words, at + SECRET, crypto.getRandomValues(new Int32Array(1))[0]);
      Atomics.store(this.#words, at + LASTING, lasting ? id : 0);
      Atomics.store(this.#words, at + FACTS_OF, id);
      // To start takes a core.
      if (creator !== 0) this.countAwake(id, true);
      return id;
    }
    throw new NotSupportedError(
      `Cannot start another process or thread: this program has ${SLOTS}, and no more can run at a time. ` +
        "Wait for some to end, or give the work to a Pool",
    );
  }

  /** Takes a slot, if it is free and has a generation left; the id of its new party, or 0. */
  #claimSlot(slot: number): number {
    const at = slotStart(slot);
    const free = Atomics.load(this.#words, at + ID);
    if (free > 0 || -free >= LAST_GENERATION) return 0;
    const id = (1 - free) * SLOTS + slot;
    if (Atomics.compareExchange(this.#words, at + ID, free, id) !== free) return 0;
    if (Atomics.exchange(this.#words, at + COUNTED_AWAKE, 0) !== 0) {
      Atomics.sub(this.#words, AWAKE, 1);
    }
    for (let word = SLEEPING; word < SLOT_WORDS; word++) Atomics.store(this.#words, at + word, 0);
    return id;
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
    this.#wakeUp(id);
    this.countAwake(id, false);
    const at = startOf(id) + ID;
    Atomics.compareExchange(this.#words, at, id, -Math.floor(id / SLOTS));
  }

  /** Whether the party's slot is still its own. */
  exists(id: number): boolean {
    return Atomics.load(this.#words, startOf(id) + ID) === id;
  }

  /** Whether a party has ended, as far as anybody has noticed. */
  isDead(id: number): boolean {
    const at = startOf(id);
    return Atomics.load(this.#words, at + ID) !== id || Atomics.load(this.#words, at + GONE) === id;
  }

  /** Says that a party was seen to have ended, before its creator may have noticed. */
  markDead(id: number): void {
    this.#name(id, GONE);
  }

  /**
   * Whether nothing more can be expected of a party: it has ended, or could not be stopped and was given up. One that was
   * given up may still run: what only it may touch must not be taken from it.
   */
  isLost(id: number): boolean {
    return this.isDead(id) || Atomics.load(this.#words, startOf(id) + ABANDONED) === id;
  }

  /** Says that a party could not be stopped, and counts as ended. */
  markAbandoned(id: number): void {
    this.#name(id, ABANDONED);
  }

  /** Writes a party's id into a word of its slot, while the slot is its own. Returns what it replaced; the id for nothing. */
  #name(id: number, word: number): number {
    const at = startOf(id) + word;
    for (;;) {
      const before = Atomics.load(this.#words, at);
      if (before === id || !this.exists(id)) return id;
      if (Atomics.compareExchange(this.#words, at, before, id) === before) return before;
    }
  }

  /** The parties that there are. */
  *[Symbol.iterator](): Iterator<number> {
    for (let slot = 0; slot < SLOTS; slot++) {
      const id = Atomics.load(this.#words, slotStart(slot) + ID);
      if (id > 0) yield id;
    }
  }

  /** The party that started a party; 0: none did. */
  creator(id: number): number {
    return this.#fact(id, CREATOR);
  }

  /** What a word says of a party; 0 while it may still be about the one that had the slot before. */
  #fact(id: number, word: number): number {
    const at = startOf(id);
    return Atomics.load(this.#words, at + FACTS_OF) === id
      ? Atomics.load(this.#words, at + word)
      : 0;
  }

  /** The parties whose creator's slot is free: nobody will free theirs when they end. */
  *orphans(): Generator<number> {
    for (const id of this) {
      const creator = this.creator(id);
      if (creator !== 0 && !this.exists(creator)) yield id;
    }
  }

  /** The processes that may go on when the others have ended. */
  *lasting(): Generator<number> {
    for (const id of this) {
      if (this.isLasting(id)) yield id;
    }
  }

  isLasting(id: number): boolean {
    return this.exists(id) && Atomics.load(this.#words, startOf(id) + LASTING) === id;
  }

  /** Their process ids, as far as they have one. */
  *lastingPids(): Generator<number> {
    for (const id of this.lasting()) {
      const pid = this.pid(id);
      if (pid !== 0) yield pid;
    }
  }

  /** Says that a party has begun to end: nothing more is left to it. */
  lastNoMore(id: number): void {
    Atomics.compareExchange(this.#words, startOf(id) + LASTING, id, 0);
  }

  /** Says that a party is about to sleep, and must be rung for. */
  lieDown(id: number): void {
    this.countAwake(id, false);
    this.#name(id, SLEEPING);
  }

  /** Says that a party woke up by itself. */
  getUp(id: number): void {
    this.#wakeUp(id);
    this.countAwake(id, true);
  }

  #wakeUp(id: number): void {
    const at = startOf(id) + SLEEPING;
    if (Atomics.compareExchange(this.#words, at, id, 0) === id) return;
    Atomics.compareExchange(this.#words, at, -id, 0);
  }

  /** Takes the duty of ringing for a party: true for exactly one of those who ask while it sleeps. */
  takeRing(id: number): boolean {
    const at = startOf(id) + SLEEPING;
    return Atomics.load(this.#words, at) === id &&
      Atomics.compareExchange(this.#words, at, id, -id) === id;
  }

  /** Whether somebody has taken the duty of ringing for a party, and it has not woken up yet. */
  isRung(id: number): boolean {
    return Atomics.load(this.#words, startOf(id) + SLEEPING) === -id;
  }

  /** How many parties are awake; to spin while more are awake than there are cores only slows them down. */
  get awake(): number {
    return Atomics.load(this.#words, AWAKE);
  }

  /** Counts a party as awake or not; the party itself, or who saw it end, says so. */
  countAwake(id: number, awake: boolean): void {
    if (awake) {
      if (this.#name(id, COUNTED_AWAKE) === 0) Atomics.add(this.#words, AWAKE, 1);
      return;
    }
    const at = startOf(id) + COUNTED_AWAKE;
    if (Atomics.compareExchange(this.#words, at, id, 0) === id) Atomics.sub(this.#words, AWAKE, 1);
  }

  /** The words and the index of the party's bell, for `Atomics.wait` and `notify`. */
  bell(id: number): { words: Int32Array; index: number } {
    return { words: this.#words, index: startOf(id) + BELL };
  }

  /** What a child has come to: one of {@linkcode PartyState}. */
  state(id: number): number {
    const packed = Atomics.load(this.#words, startOf(id) + STATE);
    return packed >> STATE_BITS === Math.floor(id / SLOTS)
      ? packed & (2 ** STATE_BITS - 1)
      : PartyState.starting;
  }

  setState(id: number, state: number): void {
    const at = startOf(id) + STATE;
    const packed = (Math.floor(id / SLOTS) << STATE_BITS) | state;
    let before: number;
    do {
      before = Atomics.load(this.#words, at);
      if (!this.exists(id)) return;
    } while (Atomics.compareExchange(this.#words, at, before, packed) !== before);
  }

  /** The process id of a party; 0 while it has not said it. */
  pid(id: number): number {
    return this.#fact(id, PID);
  }

  /** What is random in the name of the party's socket. */
  secret(id: number): number {
    return Atomics.load(this.#words, startOf(id) + SECRET) >>> 0;
  }

  /** Notes the process of a party that has not said it itself yet. */
  notePid(id: number, pid: number): void {
    if (this.exists(id)) Atomics.compareExchange(this.#words, startOf(id) + PID, 0, pid);
  }

  /** When the process of a party was started, as the system says it; 0 where that is not known. */
  started(id: number): number {
    return this.#fact(id, STARTED);
  }

  /**
   * Says which process a party is. One that was taken for dead before it could say so is not to be taken for who has its slot now.
   *
   * @param id The party.
   * @param pid Its process id.
   * @param started When it was started, as the system says it; 0 where that is not known.
   */
  setProcess(id: number, pid: number, started: number): void {
    if (!this.exists(id)) return;
    const at = startOf(id);
    Atomics.store(this.#words, at + STARTED, started);
    Atomics.store(this.#words, at + PID, pid);
  }

  /** The system's number of the thread that the party is; 0 where it is not known. */
  thread(id: number): number {
    return this.#fact(id, THREAD);
  }

  setThread(id: number, thread: number): void {
    if (this.exists(id)) Atomics.store(this.#words, startOf(id) + THREAD, thread);
  }
}

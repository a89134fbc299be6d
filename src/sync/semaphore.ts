/**
 * The semaphore under all locks: permits, who holds them, and who waits for one.
 *
 * States of a permit: free (counted by `value`), held by a member, or lost for good, when somebody else released it.
 * Free permits and waiting members never exist at the same time: a release gives the permit to the member that has
 * waited longest, so nobody can overtake.
 *
 * A re-entrant semaphore has one permit, which its holder may take again and again: `holds` is the depth then, and all waits
 * of the member that gets the permit are granted with it.
 *
 * A holder that dies gives its permits back, and `abandoned` is set until the next release; a grant that a dead party had
 * not taken counts as held by it. Everything happens under the latch, so a party may be killed anywhere.
 *
 * @module
 */

import { Latch, LATCH_WORDS } from "./latch.ts";
import { Members, memberWords } from "./members.ts";
import { WAIT_QUEUE_WORDS, WaitQueue } from "./wait_queue.ts";

const VALUE = LATCH_WORDS;
const LARGEST = VALUE + 1;
const ABANDONED = VALUE + 2;
const REENTRANT = VALUE + 3;
const QUEUE = VALUE + 4;
const MEMBERS = QUEUE + WAIT_QUEUE_WORDS;

/** Bytes of a semaphore's block. */
export const SEMAPHORE_BYTES: number = (MEMBERS + memberWords(1)) * 4;

/**
 * Prepares the block of a semaphore, which nobody else knows yet.
 *
 * @param words A block of zeros.
 * @param value The number of permits.
 * @param largest The number of free permits that must not be exceeded.
 * @param reentrant Whether the holder of its only permit may take it again.
 */
export function initSemaphore(
  words: Int32Array,
  value: number,
  largest: number,
  reentrant: boolean = false,
): void {
  words[VALUE] = value;
  words[LARGEST] = largest;
  words[REENTRANT] = reentrant ? 1 : 0;
}

/** A semaphore in shared words. Its methods but `value` and `abandoned` are called with the latch held. */
export class SharedSemaphore {
  readonly latch: Latch;
  readonly queue: WaitQueue;
  readonly members: Members;
  /** Whether the holder of its only permit may take it again. */
  readonly isReentrant: boolean;
  readonly #words: Int32Array;

  /**
   * @param words The block's words.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   */
  constructor(words: Int32Array, self: number, isDead: (party: number) => boolean) {
    this.#words = words;
    this.isReentrant = words[REENTRANT] === 1;
    this.latch = new Latch(words, 0, self, isDead);
    this.members = new Members(this.latch, MEMBERS, 1);
    this.queue = new WaitQueue(this.latch, this.members, 0, QUEUE);
  }

  /** How many permits are free at this moment. */
  get value(): number {
    return Atomics.load(this.#words, VALUE);
  }

  /** Whether a holder has died since the last release. */
  get abandoned(): boolean {
    return Atomics.load(this.#words, ABANDONED) === 1;
  }

  /**
   * Takes a permit, if there is one; nobody waits then.
   *
   * @param member Who takes it.
   * @returns Whether it was taken.
   */
  tryAcquire(member: number): boolean {
    const value = this.latch.get(VALUE);
    const held = this.members.holds(member);
    if (value > 0) this.latch.set(VALUE, value - 1);
    else if (!this.isReentrant || held === 0) return false;
    this.members.setHolds(member, held + 1);
    return true;
  }

  /** Whether a release would exceed the bound. */
  get isFull(): boolean {
    return this.latch.get(VALUE) >= this.latch.get(LARGEST);
  }

  /**
   * Releases a permit: of this member if it holds one, else of some other.
   *
   * @param member Who releases.
   * @returns The member that got the permit and must be woken; -1 when nobody waits.
   */
  release(member: number): number {
    const holder = this.members.holds(member) > 0 ? member : this.members.findHolder();
    const left = holder >= 0 ? this.members.holds(holder) - 1 : 0;
    if (holder >= 0) this.members.setHolds(holder, left);
    if (this.isReentrant && left > 0) return -1;
    if (this.latch.get(ABANDONED) !== 0) this.latch.set(ABANDONED, 0);
    return this.#pass();
  }

  /**
   * Takes back what a dead member had.
   *
   * @param member The member.
   * @param wake Called for each member that must be woken.
   */
  bury(member: number, wake: (member: number) => void): void {
    this.queue.drop(member);
    if (this.members.holds(member) > 0) this.latch.set(ABANDONED, 1);
    if (this.isReentrant && this.members.holds(member) > 1) this.members.setHolds(member, 1);
    this.latch.commit();
    // One permit at a time: whoever buries may die, and then another one goes on.
    for (let held = this.members.holds(member); held > 0; held--) {
      this.members.setHolds(member, held - 1);
      const next = this.#pass();
      this.latch.commit();
      if (next >= 0) wake(next);
    }
    this.members.remove(member);
    this.latch.commit();
  }

  /** Gives a permit to who has waited longest, or to nobody. */
  #pass(): number {
    const next = this.queue.first;
    if (next < 0) {
      this.latch.set(VALUE, this.latch.get(VALUE) + 1);
      return next;
    }
    const permits = this.isReentrant ? this.queue.wants(next) : 1;
    this.members.setHolds(next, this.members.holds(next) + permits);
    if (this.isReentrant) this.queue.grantAll();
    else this.queue.grant();
    return next;
  }
}

/**
 * Waiting for something to happen: a queue of waits, and some words that say what has happened. The structure under
 * conditions, events and barriers; the semaphore is the one under locks.
 *
 * A member that dies waits no more. Grants that it had not taken go to those behind it, if `passesOn` is set: a notification
 * is not lost with the one that was to get it.
 *
 * @module
 */

import { Latch, LATCH_WORDS } from "./latch.ts";
import { Members, memberWords } from "./members.ts";
import { WAIT_QUEUE_WORDS, WaitQueue } from "./wait_queue.ts";

/** Words that the user of the list has for its own purposes. */
const OWN_WORDS = 6;
const OWN = LATCH_WORDS;
const QUEUE = OWN + OWN_WORDS;
const MEMBERS = QUEUE + WAIT_QUEUE_WORDS;

/** Bytes of a list's block. */
export const WAIT_LIST_BYTES: number = (MEMBERS + memberWords(1)) * 4;

/** Waits and words, in shared memory. Methods that change something are called with the latch held. */
export class WaitList {
  readonly latch: Latch;
  readonly members: Members;
  readonly queue: WaitQueue;
  readonly #words: Int32Array;
  readonly #passesOn: boolean;

  /**
   * @param words The block's words, all 0 at first.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   * @param passesOn Whether the grants of a dead member go to others.
   */
  constructor(
    words: Int32Array,
    self: number,
    isDead: (party: number) => boolean,
    passesOn: boolean,
  ) {
    this.#words = words;
    this.#passesOn = passesOn;
    this.latch = new Latch(words, 0, self, isDead);
    this.members = new Members(this.latch, MEMBERS, 1);
    this.queue = new WaitQueue(this.latch, this.members, 0, QUEUE);
  }

  /** Reads a word of the user's, with the latch held. */
  get(word: number): number {
    return this.latch.get(OWN + word);
  }

  /** Changes a word of the user's, when the latch is left. */
  set(word: number, value: number): void {
    this.latch.set(OWN + word, value);
  }

  /** Reads a word of the user's as it is at this moment. */
  peek(word: number): number {
    return Atomics.load(this.#words, OWN + word);
  }

  /**
   * Grants the first waits.
   *
   * @param count How many.
   * @param wake Called for each member that must be woken.
   */
  grant(count: number, wake: (member: number) => void): void {
    this.queue.owe(count);
    this.queue.settleDebts(wake);
  }

  /**
   * Ends all waits without a grant; whoever waits is told so.
   *
   * @param wake Called for each member that must be woken.
   */
  dismissAll(wake: (member: number) => void): void {
    for (let member = this.queue.dismiss(); member >= 0; member = this.queue.dismiss()) {
      this.latch.commit();
      wake(member);
    }
  }

  /**
   * Forgets a member that has died.
   *
   * @param member The member.
   * @param wake Called for each member that must be woken.
   */
  bury(member: number, wake: (member: number) => void): void {
    const untaken = this.queue.drop(member);
    if (this.#passesOn) this.queue.owe(untaken);
    this.members.remove(member);
    this.queue.settleDebts(wake);
    this.latch.commit();
  }
}

/**
 * The semaphore under all locks: the rules of permits over shared words.
 *
 * A permit that nobody holds and that `value` does not count belongs to nobody: it stays taken until somebody adds one. A grant
 * counts as held until it is taken, also one for a permit that is to belong to nobody: if the party dies before, the next one
 * gets it. Everything happens under the latch, so a party may be killed anywhere.
 *
 * @module
 */

import { Latch, LATCH_WORDS } from "./latch.ts";
import { Members, memberWords } from "./members.ts";
import { PermitRules } from "./permit_rules.ts";
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

/**
 * A semaphore in shared words. Its owners are the members of the structure. Its methods but `value` and `abandoned` are called
 * with the latch held.
 */
export class SharedSemaphore extends PermitRules<number> {
  readonly latch: Latch;
  readonly queue: WaitQueue;
  readonly members: Members;
  readonly isReentrant: boolean;
  readonly #words: Int32Array;

  /**
   * @param words The block's words.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   */
  constructor(words: Int32Array, self: number, isDead: (party: number) => boolean) {
    super();
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
   * Buries a dead member.
   *
   * @param member The member.
   * @param wake Called for each member that must be woken.
   */
  bury(member: number, wake: (member: number) => void): void {
    this.queue.drop(member);
    this.takeBack(member, wake);
    this.members.remove(member);
    this.latch.commit();
  }

  protected get free(): number {
    return this.latch.get(VALUE);
  }

  protected set free(count: number) {
    this.latch.set(VALUE, count);
  }

  protected get largest(): number {
    return this.latch.get(LARGEST);
  }

  protected holdsOf(member: number): number {
    return this.members.holds(member);
  }

  protected setHolds(member: number, count: number): void {
    this.members.setHolds(member, count);
  }

  protected findHolder(): number | null {
    const holder = this.members.findHolder();
    return holder < 0 ? null : holder;
  }

  protected markAbandoned(isAbandoned: boolean): void {
    const word = isAbandoned ? 1 : 0;
    if (this.latch.get(ABANDONED) !== word) this.latch.set(ABANDONED, word);
  }

  protected firstWaiting(): number | null {
    const { first } = this.queue;
    return first < 0 ? null : first;
  }

  protected grantTo(member: number, all: boolean): number {
    const count = all ? this.queue.wants(member) : 1;
    if (all) this.queue.grantAll();
    else this.queue.grant();
    return count;
  }

  protected override commit(): void {
    this.latch.commit();
  }
}

/**
 * Who waits at a structure, first come, first served.
 *
 * A member stands in the queue once, however often it waits; when one of its waits has been granted and others are
 * left, it goes to the end. A grant is given to the member that stands first, and is taken by that party when it wakes up. All
 * of it is guarded by the structure's latch.
 *
 * Layout: the first and the last member (as place + 1; 0: none), and how many grants are still to be given; the members' words
 * are in their table.
 *
 * Invariants: a member stands in the queue exactly when it waits (`wants` > 0); grants are given in the order of the queue;
 * a wait ends by exactly one of a grant, `leave`, `dismiss` and `drop`.
 *
 * Many grants at once do not fit into one change of the latch. So their number is written down first, and each grant takes one
 * from it: whoever takes the latch over from a party that dies in between gives the rest.
 *
 * @module
 */

import type { Latch } from "./latch.ts";
import type { Members } from "./members.ts";

const FIRST = 0;
const LAST = 1;
const OWED = 2;

const WANTS = 0;
const GRANTED = 1;
const NEXT = 2;

/** How many words a queue takes besides those of its members. */
export const WAIT_QUEUE_WORDS = 3;

/** A queue of waiting members. */
export class WaitQueue {
  readonly #latch: Latch;
  readonly #members: Members;
  readonly #queue: number;
  readonly #at: number;

  /**
   * @param latch The structure's latch.
   * @param members The structure's members.
   * @param queue The number of this queue among those of the structure.
   * @param at Where the queue's words begin.
   */
  constructor(latch: Latch, members: Members, queue: number, at: number) {
    this.#latch = latch;
    this.#members = members;
    this.#queue = queue;
    this.#at = at;
  }

  /** The member that stands first; -1 when nobody waits. */
  get first(): number {
    return this.#latch.get(this.#at + FIRST) - 1;
  }

  /** How many waits there are. */
  get length(): number {
    let length = 0;
    for (const member of this) length += this.wants(member);
    return length;
  }

  /** How often a member waits; may be read without the latch, and is exact with it. */
  wants(member: number): number {
    return this.#get(member, WANTS);
  }

  /** Lets a member wait once more. */
  join(member: number): void {
    const wants = this.#get(member, WANTS);
    this.#set(member, WANTS, wants + 1);
    if (wants === 0) this.#append(member);
  }

  /**
   * Grants the first member one of its waits.
   *
   * @returns The member; -1 when nobody waits.
   */
  grant(): number {
    const member = this.first;
    if (member < 0) return -1;
    this.#remove(member);
    const wants = this.#get(member, WANTS) - 1;
    this.#set(member, WANTS, wants);
    this.#set(member, GRANTED, this.#get(member, GRANTED) + 1);
    if (wants > 0) this.#append(member);
    return member;
  }

  /**
   * Grants the first member all of its waits.
   *
   * @returns The member; -1 when nobody waits.
   */
  grantAll(): number {
    const member = this.first;
    if (member < 0) return -1;
    this.#remove(member);
    this.#set(member, GRANTED, this.#get(member, GRANTED) + this.#get(member, WANTS));
    this.#set(member, WANTS, 0);
    return member;
  }

  /**
   * Promises the first waits a grant each; the next `settleDebts` gives them. What is changed besides is changed with it.
   *
   * @param count How many grants, at most as many as there are waits.
   */
  owe(count: number): void {
    if (count > 0) this.#latch.set(this.#at + OWED, Math.min(count, this.length));
  }

  /**
   * Gives the grants that were promised.
   *
   * @param wake Called for each member that must be woken.
   */
  settleDebts(wake: (member: number) => void): void {
    for (let owed = this.#latch.get(this.#at + OWED); owed > 0; owed--) {
      this.#latch.commit();
      this.#latch.set(this.#at + OWED, owed - 1);
      const member = this.grant();
      if (member >= 0) wake(member);
    }
  }

  /**
   * Ends the waits of the first member without a grant.
   *
   * @returns The member; -1 when nobody waits.
   */
  dismiss(): number {
    const member = this.first;
    if (member < 0) return -1;
    this.#remove(member);
    this.#set(member, WANTS, 0);
    return member;
  }

  /** How many grants a member has not taken yet; may be read without the latch, and is exact with it. */
  granted(member: number): number {
    return this.#get(member, GRANTED);
  }

  /** Takes all grants of a member. */
  take(member: number): number {
    const granted = this.#get(member, GRANTED);
    if (granted > 0) this.#set(member, GRANTED, 0);
    return granted;
  }

  /** Takes one grant of a member, which has one. */
  takeOne(member: number): void {
    this.#set(member, GRANTED, this.#get(member, GRANTED) - 1);
  }

  /**
   * Ends one wait of a member without a grant.
   *
   * @param member The member.
   * @returns Whether it did: false when all its waits have been granted meanwhile.
   */
  leave(member: number): boolean {
    const wants = this.#get(member, WANTS);
    if (wants === 0) return false;
    this.#set(member, WANTS, wants - 1);
    if (wants === 1) this.#remove(member);
    return true;
  }

  /**
   * Ends all waits of a member that has died.
   *
   * @returns How many grants it had not taken.
   */
  drop(member: number): number {
    if (this.#get(member, WANTS) > 0) this.#remove(member);
    this.#set(member, WANTS, 0);
    return this.take(member);
  }

  /** The members that wait, first to last. */
  *[Symbol.iterator](): Iterator<number> {
    for (let next = this.#latch.get(this.#at + FIRST); next !== 0;) {
      yield next - 1;
      next = this.#get(next - 1, NEXT);
    }
  }

  #append(member: number): void {
    const last = this.#latch.get(this.#at + LAST);
    if (last === 0) this.#latch.set(this.#at + FIRST, member + 1);
    else this.#set(last - 1, NEXT, member + 1);
    this.#latch.set(this.#at + LAST, member + 1);
    this.#set(member, NEXT, 0);
  }

  #remove(member: number): void {
    let before = 0;
    for (const waiting of this) {
      if (waiting === member) break;
      before = waiting + 1;
    }
    const next = this.#get(member, NEXT);
    if (before === 0) this.#latch.set(this.#at + FIRST, next);
    else this.#set(before - 1, NEXT, next);
    if (next === 0) this.#latch.set(this.#at + LAST, before);
    this.#set(member, NEXT, 0);
  }

  #get(member: number, word: number): number {
    return this.#latch.get(this.#members.queueWord(member, this.#queue, word));
  }

  #set(member: number, word: number, value: number): void {
    this.#latch.set(this.#members.queueWord(member, this.#queue, word), value);
  }
}

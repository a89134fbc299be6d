/**
 * Waiting at a shared structure: the promises of this party, and the shared queue that they stand for.
 *
 * Long because a class cannot be split over files.
 *
 * A wait is entered in the shared queue and in a list here; a grant of the shared queue settles the first of the list. A wait
 * that ends by its timeout or its signal leaves both, unless a grant was faster: then it was in time. Waits that have left the
 * shared queue without a grant and without this party's doing were dismissed.
 *
 * Before a wait is entered, what has happened to earlier ones is taken note of. So grants and dismissals that are found
 * together have come in this order, and it is known which waits they are for.
 *
 * Who dies is noticed in three ways: its creator rings for everybody; whoever waits follows the parties that
 * hold something or stand ahead of it; and whoever finds the latch taken for long asks the system for its owner. Then
 * the structure is put in order by whoever comes first.
 *
 * @module
 */

import { limited, NO_LIMIT } from "../support/limit.ts";
import type { WaitOptions } from "../support/options.ts";
import { Deque } from "../support/deque.ts";
import { GoneError, type Latch } from "../sync/latch.ts";
import type { Members } from "../sync/members.ts";
import { takeLatch } from "../sync/take_latch.ts";
import type { WaitQueue } from "../sync/wait_queue.ts";
import { NotSupportedError } from "../errors.ts";
import { followParty } from "./follow.ts";
import type { Program } from "./program.ts";
import type { Poller } from "./waker.ts";

/** Notes whom to wake when the latch has been left. */
export type Wake = (member: number) => void;

/** What a monitor looks after. */
export interface Structure {
  readonly latch: Latch;
  readonly members: Members;
  readonly queue: WaitQueue;
  /** Takes back what a dead member had; called with the latch held. */
  bury(member: number, wake: Wake): void;
  /** Finishes what a party has begun that died with the latch held; called with the latch held. */
  finish?(wake: Wake): void;
  /** What a wait rejects with that was dismissed. */
  dismissal?(): Error;
}

/** How a wait ended. */
const Outcome = { granted: 0, expired: 1, dismissed: 2 } as const;

interface Waiter {
  settle(outcome: number): void;
  /** Ends the wait for a reason of this party's own. */
  cancel(reason: unknown): void;
  /** Takes what was granted; see {@linkcode Monitor.wait}. */
  readonly redeem: Redeem | undefined;
}

/** Takes what was granted, with the latch held; it must not throw. */
export type Redeem = (member: number, wake: Wake) => void;

/** The waits of this party at one structure. */
export class Monitor implements Poller {
  readonly #program: Program;
  readonly #structure: Structure;
  readonly #waiters = new Deque<Waiter>();
  readonly #woken: number[] = [];
  readonly #wake: Wake = (member) => {
    this.#woken.push(this.#structure.members.party(member));
  };
  readonly #isDead = (party: number): boolean => this.#program.parties.isDead(party);
  /** This party's member; it stays the same for as long as there are waits. */
  #member = 0;
  /** What was found with the latch held, and is told after it has been left. */
  #granted = 0;
  #dismissed = 0;

  /**
   * @param program The program of the structure.
   * @param structure What is looked after.
   */
  constructor(program: Program, structure: Structure) {
    this.#program = program;
    this.#structure = structure;
  }

  /** Whether this party waits here. */
  get waiting(): boolean {
    return this.#waiters.length > 0;
  }

  /** Whether waits keep the event loop alive. */
  holdsLoop: boolean = true;

  /**
   * Does something with the latch held. What it throws changes nothing.
   *
   * @param section What to do; it is given this party's member, and a function that notes whom to wake afterwards.
   * @returns What it returns.
   */
  enter<T>(section: (member: number, wake: Wake) => T): T {
    const { latch } = this.#structure;
    if (this.#program.waker.isGone) throw new GoneError();
    if (!latch.tryEnter()) takeLatch(latch, this.#program.probe);
    let result: T;
    try {
      if (latch.isInherited) this.#finish();
      result = section(this.#enterMember(), this.#wake);
      latch.leave();
    } catch (error) {
      latch.abandon();
      this.#wakeAll();
      throw error;
    }
    if (this.#woken.length > 0) this.#wakeAll();
    return result;
  }

  /**
   * Waits in the queue, unless an attempt succeeds at once.
   *
   * @param attempt What to try, with the latch held.
   * @param options The longest wait (ms), and a signal.
   * @param redeem Takes what was granted, as soon as this party knows of the grant, in the order of the waits; all waits of
   *   a monitor have one, or none. An attempt comes after what was granted to earlier waits.
   * @returns Whether the attempt succeeded, or the wait was granted; false when the time is over.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   */
  async wait(
    attempt: (member: number, wake: Wake) => boolean,
    options?: WaitOptions,
    redeem?: Redeem,
  ): Promise<boolean> {
    options?.signal?.throwIfAborted();
    this.reapKnown();
    const isOneTry = (options?.timeout ?? 1) <= 0;
    const done = this.enter((member, wake) => {
      if (redeem !== undefined) this.#collect(member);
      if (attempt(member, wake)) return true;
      if (!isOneTry) this.join(member);
      return false;
    });
    this.#tell();
    return done || !isOneTry && await this.settled(options, redeem);
  }

  /** Ends all waits of this party. What was granted already is told. */
  cancelAll(reason: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.cancel(reason);
  }

  /**
   * Enters a wait in the queue, with the latch held; `settled` must be called when it has been left.
   *
   * @param member This party's member.
   */
  join(member: number): void {
    const { members, queue } = this.#structure;
    this.#collect(member);
    for (const other of members) followParty(this.#program, members.party(other));
    queue.join(member);
    this.#member = member;
  }

  /**
   * Gives the end of the wait that was joined just before.
   *
   * @param options The limits of the wait.
   * @param redeem See {@linkcode wait}.
   * @returns As {@linkcode wait}.
   */
  settled(options?: WaitOptions, redeem?: Redeem): Promise<boolean> {
    this.#tell();
    return new Promise<boolean>((resolve, reject) => this.#await(options, redeem, resolve, reject));
  }

  poll(): boolean {
    if (this.#program.waker.isGone) return false;
    if (this.#structure.latch.isOrphaned) this.enter(() => {});
    this.reapKnown();
    if (!this.#hasNews()) return false;
    this.enter((member) => this.#collect(member));
    return this.#tell();
  }

  /** Puts the structure in order, if a member is known to have died. */
  reapKnown(): void {
    if (this.#structure.members.some(this.#isDead)) this.#reap();
  }

  /** Asks the system about all members, and puts the structure in order. */
  reapAll(): void {
    const { members } = this.#structure;
    for (const member of [...members]) this.#program.probe(members.party(member));
    this.reapKnown();
  }

  #reap(): void {
    this.enter((_, wake) => this.#buryDead(wake));
  }

  #buryDead(wake: Wake): void {
    const { members } = this.#structure;
    for (const member of members) {
      if (this.#isDead(members.party(member))) this.#structure.bury(member, wake);
    }
  }

  /** Ends what a dead party has begun. */
  #finish(): void {
    this.#structure.queue.settleDebts(this.#wake);
    this.#structure.finish?.(this.#wake);
    this.#structure.latch.commit();
  }

  /** This party's member; where the table is full, those of the dead are taken. */
  #enterMember(): number {
    const { members } = this.#structure;
    const { self } = this.#program;
    try {
      return members.enter(self);
    } catch (error) {
      if (!(error instanceof NotSupportedError) || !members.some(this.#isDead)) throw error;
      this.#buryDead(this.#wake);
      return members.enter(self);
    }
  }

  #await(
    options: WaitOptions | undefined,
    redeem: Redeem | undefined,
    resolve: (granted: boolean) => void,
    reject: (reason: unknown) => void,
  ): void {
    let limit = NO_LIMIT;
    const waiter: Waiter = {
      redeem,
      settle: (outcome) => {
        limit.end();
        if (outcome === Outcome.dismissed) reject(this.#structure.dismissal!());
        else resolve(outcome === Outcome.granted);
      },
      cancel: (reason) => {
        if (!this.#giveUp(waiter)) return;
        limit.end();
        reject(reason);
      },
    };
    this.#waiters.push(waiter);
    if (this.#waiters.length === 1) this.#program.waker.add(this);
    this.#program.waker.expect();
    if (options === undefined) return;
    const onExpire = (): void => {
      if (this.#giveUp(waiter)) waiter.settle(Outcome.expired);
    };
    limit = limited(options, onExpire, waiter.cancel);
  }

  /** Ends a wait. Returns false when it was settled otherwise meanwhile. */
  #giveUp(waiter: Waiter): boolean {
    const isLost = this.enter((member) => {
      this.#collect(member);
      // What was granted goes to those who have waited longest; that may be this one.
      return !this.#isTold(waiter) && this.#structure.queue.leave(member);
    });
    if (isLost) {
      this.#waiters.remove(waiter);
      if (this.#waiters.length === 0) this.#program.waker.remove(this);
    }
    this.#tell();
    return isLost;
  }

  /** Whether it is known how a wait has ended. */
  #isTold(waiter: Waiter): boolean {
    const told = this.#granted + this.#dismissed;
    return told > 0 && [...this.#waiters].indexOf(waiter) < told;
  }

  /** Whether something may have happened to a wait of this party. */
  #hasNews(): boolean {
    const { queue } = this.#structure;
    return queue.granted(this.#member) > 0 || queue.wants(this.#member) < this.#waiters.length;
  }

  /** Takes note of what has happened to the waits of this party, with the latch held. */
  #collect(member: number): void {
    const { queue } = this.#structure;
    const told = this.#granted + this.#dismissed;
    if (this.#waiters.length === told) return;
    const granted = this.#waiters.first!.redeem === undefined
      ? queue.take(member)
      : this.#redeem(member, told);
    this.#granted += granted;
    this.#dismissed += this.#waiters.length - told - granted - queue.wants(member);
  }

  /** Takes what was granted to waits, one at a time: this party may die in between. */
  #redeem(member: number, told: number): number {
    const { latch, queue } = this.#structure;
    let count = 0;
    for (; queue.granted(member) > 0; count++) {
      queue.takeOne(member);
      this.#waiters.at(told + count)!.redeem!(member, this.#wake);
      latch.commit();
    }
    return count;
  }

  /** Settles what was taken note of. Returns whether there was anything. */
  #tell(): boolean {
    let granted = this.#granted;
    let dismissed = this.#dismissed;
    this.#granted = this.#dismissed = 0;
    const found = granted + dismissed > 0;
    for (; granted > 0; granted--) this.#waiters.shift()!.settle(Outcome.granted);
    for (; dismissed > 0; dismissed--) this.#waiters.shift()!.settle(Outcome.dismissed);
    if (found && this.#waiters.length === 0) this.#program.waker.remove(this);
    return found;
  }

  #wakeAll(): void {
    for (const party of this.#woken) {
      if (party === this.#program.self) this.#program.waker.expect();
      else this.#program.waker.notify(party);
    }
    this.#woken.length = 0;
  }
}

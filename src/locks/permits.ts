/**
 * What all locks have in common: permits of a shared semaphore, and the promises of those who wait for one.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { Monitor, type Redeem, type Wake } from "../parties/monitor.ts";
import { createPiece, type SharedPiece } from "../messages/shared_object.ts";
import { isTurnDue, nextTurn } from "../event_loop/turns.ts";
import { timedOut } from "../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../support/options.ts";
import { initSemaphore, SEMAPHORE_BYTES, SharedSemaphore } from "../sync/semaphore.ts";

const YES: Promise<boolean> = Promise.resolve(true);
const NO: Promise<boolean> = Promise.resolve(false);

/** How the permits of an object begin. */
export interface PermitsOptions {
  /** How many are free. */
  readonly value: number;
  /** How many may be free at most. */
  readonly largest: number;
  /** Whether the holder of the only permit may take it again. */
  readonly reentrant?: boolean;
}

/** How a permit is taken: at once, or when a wait for it has been granted. */
interface Manner {
  readonly attempt: (member: number) => boolean;
  readonly redeem?: Redeem;
}

/**
 * The permits behind a lock or a semaphore. A lock uses `acquire` and `release`; a semaphore the others, so that each of its waits
 * says how its grant is taken.
 */
export class Permits {
  readonly piece: SharedPiece;
  /** The object that they belong to, which lives as long as somebody waits. */
  owner: object | null = null;
  readonly #semaphore: SharedSemaphore;
  readonly #monitor: Monitor;
  readonly #locked: Manner = { attempt: (member) => this.#semaphore.tryTake(member) };
  readonly #held: Manner = { ...this.#locked, redeem: () => {} };
  readonly #unowned: Manner = {
    attempt: () => this.#semaphore.tryTakeUnowned(),
    redeem: (member) => this.#semaphore.disown(member),
  };
  readonly #release = (member: number, wake: Wake): boolean => {
    const semaphore = this.#semaphore;
    if (semaphore.isFull) return false;
    if (semaphore.isReentrant && semaphore.members.holds(member) === 0) return false;
    const next = semaphore.giveBack(member);
    if (next !== null) wake(next);
    return true;
  };
  readonly #endHold = (member: number, wake: Wake): boolean => {
    const semaphore = this.#semaphore;
    const { isFull } = semaphore;
    // Somebody else has released one too many; this one is held no more all the same.
    const next = isFull ? semaphore.disown(member) : semaphore.giveBack(member);
    if (typeof next === "number") wake(next);
    return !isFull;
  };
  readonly #add = (_member: number, wake: Wake): boolean => {
    const semaphore = this.#semaphore;
    if (semaphore.isFull) return false;
    const next = semaphore.add();
    if (next !== null) wake(next);
    return true;
  };

  /** @param piece The semaphore's memory, prepared. */
  constructor(piece: SharedPiece) {
    const { program } = piece;
    this.piece = piece;
    const isDead = (party: number) => program.parties.isDead(party);
    this.#semaphore = new SharedSemaphore(piece.words, program.self, isDead);
    const { latch, members, queue } = this.#semaphore;
    this.#monitor = new Monitor(program, {
      latch,
      members,
      queue,
      bury: (member, wake) => this.#semaphore.bury(member, wake),
    });
  }

  /** How many are free. */
  get value(): number {
    this.#monitor.reapKnown();
    return this.#semaphore.value;
  }

  /** Whether a holder has died since the last release. */
  get abandoned(): boolean {
    this.#monitor.reapKnown();
    return this.#semaphore.abandoned;
  }

  /** How many this party holds; of a re-entrant lock, how often. */
  get held(): number {
    return this.#monitor.enter((member) => this.#semaphore.members.holds(member));
  }

  /**
   * Takes the one of a lock.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#acquire(this.#locked, options);
  }

  /** Releases the one of a lock. Returns false when there is none to release; nothing has changed then. */
  release(): boolean {
    return this.#monitor.enter(this.#release);
  }

  /** Takes one that comes back at the end of this party: see `acquire`. */
  acquireHeld(options?: WaitOptions): Promise<boolean> {
    return this.#acquire(this.#held, options);
  }

  /** Gives one back that is held. Returns false when none may be added; it is held no more then, either. */
  endHold(): boolean {
    return this.#monitor.enter(this.#endHold);
  }

  /** Takes one that belongs to nobody then: see `acquire`. */
  acquireUnowned(options?: WaitOptions): Promise<boolean> {
    return this.#acquire(this.#unowned, options);
  }

  /** Adds one, and takes none from a party. Returns false when none may be added; nothing has changed then. */
  add(): boolean {
    return this.#monitor.enter(this.#add);
  }

  #acquire(manner: Manner, options: WaitOptions | undefined): Promise<boolean> {
    if (options !== undefined) return this.#acquireWithin(manner, options);
    if (this.#mayTry() && this.#monitor.enter(manner.attempt)) return taken();
    return this.#monitor.wait(manner.attempt, undefined, manner.redeem);
  }

  /** Whether it is worth to enter the latch: somebody may hold it all. */
  #mayTry(): boolean {
    return this.#semaphore.isReentrant || this.#semaphore.value > 0;
  }

  async #acquireWithin({ attempt, redeem }: Manner, options: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    options.signal?.throwIfAborted();
    if (this.#mayTry() && this.#monitor.enter(attempt)) return await taken();
    if ((options.timeout ?? 1) > 0) return await this.#monitor.wait(attempt, options, redeem);
    // Nobody may have noticed so far that a holder has died.
    this.#monitor.reapAll();
    return await (this.#monitor.enter(attempt) ? YES : NO);
  }
}

function taken(): Promise<boolean> {
  return isTurnDue() ? nextTurn(true) : YES;
}

/**
 * Creates the permits of a new object.
 *
 * @param program Its program.
 * @param options How they begin.
 * @returns The permits.
 */
export function newPermits(
  program: Program,
  { value, largest, reentrant }: PermitsOptions,
): Permits {
  const piece = createPiece(program, SEMAPHORE_BYTES);
  initSemaphore(piece.words, value, largest, reentrant);
  return new Permits(piece);
}

/** What can be held for a scope. */
export interface Holdable {
  acquire(options?: WaitOptions): Promise<boolean>;
  release(): void;
}

/**
 * Acquires something, and releases it at the end of a scope.
 *
 * @param lock What to acquire.
 * @param options The longest wait (ms), and a signal.
 * @returns Releases it when it is disposed of.
 * @throws {TimeoutError} when the time is over.
 */
export async function hold(lock: Holdable, options?: WaitOptions): Promise<Disposable> {
  if (!await lock.acquire(options)) {
    throw timedOut(options, "the lock to be free");
  }
  let isHeld = true;
  return {
    [Symbol.dispose]: () => {
      if (!isHeld) return;
      isHeld = false;
      lock.release();
    },
  };
}

/**
 * Calls a function with something acquired.
 *
 * @param lock What to acquire.
 * @param fn The function, which may be asynchronous.
 * @returns What it returns.
 */
export async function withLock<T>(lock: Holdable, fn: () => T | Promise<T>): Promise<T> {
  await lock.acquire();
  try {
    return await fn();
  } finally {
    lock.release();
  }
}

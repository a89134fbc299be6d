/**
 * What all locks have in common: permits of a shared semaphore, and the promises of those who wait for one.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { Monitor, type Wake } from "../parties/monitor.ts";
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

/** The permits behind a lock or a semaphore. */
export class Permits {
  readonly piece: SharedPiece;
  /** The object that they belong to, which lives as long as somebody waits. */
  owner: object | null = null;
  readonly #semaphore: SharedSemaphore;
  readonly #monitor: Monitor;
  readonly #attempt = (member: number): boolean => this.#semaphore.tryTake(member);
  readonly #release = (member: number, wake: Wake): boolean => {
    const semaphore = this.#semaphore;
    if (semaphore.isFull) return false;
    if (semaphore.isReentrant && semaphore.members.holds(member) === 0) return false;
    const next = semaphore.giveBack(member);
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
   * Takes one.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    if (options !== undefined) return this.#acquireWithin(options);
    if (this.#mayTry() && this.#monitor.enter(this.#attempt)) return taken();
    return this.#monitor.wait(this.#attempt);
  }

  /** Releases one. Returns false when there is none to release; nothing has changed then. */
  release(): boolean {
    return this.#monitor.enter(this.#release);
  }

  /** Whether it is worth to enter the latch: somebody may hold it all. */
  #mayTry(): boolean {
    return this.#semaphore.isReentrant || this.#semaphore.value > 0;
  }

  async #acquireWithin(options: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    options.signal?.throwIfAborted();
    if (this.#mayTry() && this.#monitor.enter(this.#attempt)) return await taken();
    if ((options.timeout ?? 1) > 0) return await this.#monitor.wait(this.#attempt, options);
    // Nobody may have noticed so far that a holder has died.
    this.#monitor.reapAll();
    return await (this.#monitor.enter(this.#attempt) ? YES : NO);
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
      if (isHeld) lock.release();
      isHeld = false;
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

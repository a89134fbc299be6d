/**
 * Semaphores: as many holders at a time as there are permits, among all processes.
 *
 * @module
 */

import { assemble, Parts } from "../messages/parts.ts";
import { registerShared, type SharedPiece } from "../messages/shared_object.ts";
import { programFor } from "../parties/program_for.ts";
import { checkCount } from "../support/options.ts";
import type { WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { hold, type Holdable, newPermits, Permits, withLock } from "./permits.ts";

/** The largest number of permits. */
const LARGEST = 2 ** 31 - 1;

let pieceOf: (value: Semaphore) => SharedPiece;

function registerSemaphore(number: number, type: typeof Semaphore): void {
  registerShared<Semaphore>({
    number,
    prototype: type.prototype,
    pieceOf,
    make: (piece) => assemble(type, new Permits(piece)),
  });
}

/**
 * A semaphore. Python's `Semaphore`.
 *
 * - Permits are given to those who wait in the order in which they came; nobody overtakes them.
 * - Whoever has it may give it to other processes, as an argument or inside another value; it stays the same there.
 * - Any process may release it, also more often than it was acquired: each `release()` adds a permit.
 * - A permit that `acquire()` has taken belongs to nobody. It stays taken until somebody releases one, also after the end of the
 *   process that took it, so that a semaphore can count the free places of a buffer whose producers end.
 * - A permit of `hold()` or `withLock()` belongs to the process until the end of the scope. When the process ends before, in
 *   whatever way, the permit comes back, and `abandoned` tells it. No release by others takes it away.
 * - 192 processes or threads at most can hold a permit by `hold()` or `withLock()`, or wait for one, at a time; whoever else
 *   uses it then gets a `NotSupportedError`. Those that only have it are not counted.
 *
 * Differences from Python: waiters are served in order; what a `with` statement there keeps after a kill comes back here.
 *
 * @example Two at a time
 * ```ts
 * import { Semaphore } from "@allcores/multiprocessing";
 *
 * const semaphore = new Semaphore(2);
 * await semaphore.acquire();
 * console.log(semaphore.getValue()); // 1
 * semaphore.release();
 * ```
 */
export class Semaphore {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #permits: Permits;
  /** What is taken for a scope. */
  readonly #scope: Holdable = {
    acquire: (options) => this.#permits.acquireHeld(options),
    release: () => this.#check(this.#permits.endHold()),
  };

  static {
    pieceOf = (value) => value.#permits.piece;
    registerSemaphore(18, Semaphore);
  }

  /**
   * Creates a semaphore.
   *
   * @param value The number of permits, which are all free. @default 1
   * @throws {TypeError} when it is no number.
   * @throws {RangeError} when it is no whole number from 0 to 2147483647.
   */
  constructor(value?: number);
  constructor(given: number | Parts<Permits> = 1) {
    this.#permits = given instanceof Parts
      ? given.content
      : newSemaphore(new.target, given, LARGEST);
    this.#permits.owner = this;
  }

  /**
   * Takes a permit, which belongs to nobody then: it stays taken until somebody releases one.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken; false when the time is over.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#permits.acquireUnowned(options);
  }

  /**
   * Adds a permit; it goes to who has waited longest. What is taken by `hold()` or `withLock()` is given back by these alone.
   *
   * @throws {RangeError} when there are 2147483647 free ones; nothing has changed then.
   */
  release(): void {
    this.#check(this.#permits.add());
  }

  /**
   * Takes a permit for a scope. It comes back when this process ends before.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Releases it when it is disposed of.
   * @throws {TimeoutError} when the time is over.
   */
  hold(options?: WaitOptions): Promise<Disposable> {
    return hold(this.#scope, options);
  }

  /**
   * Calls a function while it holds a permit, which comes back when this process ends before.
   *
   * @typeParam T What the function gives.
   * @param fn The function, which may be asynchronous.
   * @returns What the function returns.
   * @throws what the function throws; it has been released then.
   */
  withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withLock(this.#scope, fn);
  }

  /** Whether no permit is free at this moment. */
  locked(): boolean {
    return this.#permits.value === 0;
  }

  /** How many permits are free at this moment. */
  getValue(): number {
    return this.#permits.value;
  }

  /**
   * Whether a process has ended inside `hold()` or `withLock()`: what the semaphore guards may be half done. Until the next
   * release.
   */
  get abandoned(): boolean {
    return this.#permits.abandoned;
  }

  #check(isReleased: boolean): void {
    if (isReleased) return;
    throw new RangeError("Cannot release a semaphore whose permits are all free");
  }
}

/**
 * A semaphore that refuses more releases than acquires. Python's `BoundedSemaphore`.
 *
 * In all else it is a {@linkcode Semaphore}.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from "@allcores/multiprocessing";
 *
 * const semaphore = new BoundedSemaphore(1);
 * try {
 *   semaphore.release();
 * } catch (error) {
 *   console.log(error instanceof RangeError); // true
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  static {
    registerSemaphore(19, BoundedSemaphore);
  }

  /**
   * Creates a semaphore.
   *
   * @param value The number of permits, which are all free; there are never more free ones. @default 1
   * @throws {TypeError} when it is no number.
   * @throws {RangeError} when it is no whole number from 0 to 2147483647.
   */
  constructor(value?: number);
  constructor(given: number | Parts<Permits> = 1) {
    const parts = given instanceof Parts
      ? given
      : new Parts(newSemaphore(new.target, given, given));
    super(parts as never);
  }

  /**
   * Adds a permit; it goes to who has waited longest.
   *
   * @throws {RangeError} when all permits are free; nothing has changed then.
   */
  override release(): void {
    super.release();
  }
}

function newSemaphore(target: typeof Semaphore, value: number, largest: number): Permits {
  return newPermits(programFor(target), { value: checkValue(value), largest });
}

function checkValue(value: unknown): number {
  const count = checkCount("value", value, 0);
  if (count > LARGEST) {
    throw new RangeError(`"value" must be a whole number of at most ${LARGEST}, got ${count}`);
  }
  return count;
}

/**
 * Locks: one holder at a time, among all processes.
 *
 * @module
 */

import { programOf } from "../parties/program.ts";
import { programFor } from "../parties/program_for.ts";
import { assemble, Parts } from "../messages/parts.ts";
import { registerShared } from "../messages/shared_object.ts";
import { ProcessError } from "../errors.ts";
import type { WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { hold, newPermits, Permits, type PermitsOptions, withLock } from "./permits.ts";

const LOCK: PermitsOptions = { value: 1, largest: 1 };
const RLOCK: PermitsOptions = { ...LOCK, reentrant: true };

/**
 * A lock. Python's `Lock`.
 *
 * - It is given to those who wait in the order in which they came; nobody overtakes them.
 * - Whoever has it may give it to other processes, as an argument or inside another value; it stays the same lock there.
 * - Any process may release it. What was done before a release is seen after the next `acquire()`.
 * - When its holder dies, the lock is released, the next `acquire()` succeeds, and `abandoned` tells it.
 * - It is not re-entrant: who holds it and acquires it again waits for itself.
 * - 192 processes or threads at most can hold it or wait for it at a time; whoever else uses it then gets a
 *   `NotSupportedError`. Those that only have it are not counted.
 *
 * Differences from Python: waiters are served in order; a dead holder does not block the others.
 *
 * @example Only one at a time
 * ```ts
 * import { Lock } from "@allcores/multiprocessing";
 *
 * const lock = new Lock();
 * {
 *   using _held = await lock.hold();
 *   console.log(lock.locked()); // true
 * }
 * console.log(lock.locked()); // false
 * ```
 */
export class Lock {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #permits: Permits;

  static {
    registerShared<Lock>({
      number: 16,
      prototype: Lock.prototype,
      pieceOf: (value) => value.#permits.piece,
      make: (piece) => assemble(Lock, new Permits(piece)),
    });
  }

  /**
   * Creates a lock that is free.
   *
   * @throws {NotSupportedError} when there is no shared memory for it.
   */
  constructor();
  constructor(parts?: Parts<Permits>) {
    this.#permits = parts instanceof Parts
      ? parts.content
      : newPermits(programFor(new.target), LOCK);
    this.#permits.owner = this;
  }

  /**
   * Takes the lock.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken; false when the time is over.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   * @throws {NotSupportedError} when 192 others hold it or wait for it.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#permits.acquire(options);
  }

  /**
   * Releases the lock; it goes to who has waited longest.
   *
   * @throws {RangeError} when it is free; nothing has changed then.
   */
  release(): void {
    if (!this.#permits.release()) throw new RangeError("Cannot release a lock that is free");
  }

  /**
   * Takes the lock for a scope.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Releases it when it is disposed of.
   * @throws {TimeoutError} when the time is over.
   */
  hold(options?: WaitOptions): Promise<Disposable> {
    return hold(this, options);
  }

  /**
   * Calls a function while it holds the lock.
   *
   * @typeParam T What the function gives.
   * @param fn The function, which may be asynchronous.
   * @returns What the function returns.
   * @throws what the function throws; it has been released then.
   */
  withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withLock(this, fn);
  }

  /** Whether somebody holds the lock at this moment. */
  locked(): boolean {
    return this.#permits.value === 0;
  }

  /** Whether a holder has died while it held the lock: what it guards may be half done. Until the next release. */
  get abandoned(): boolean {
    return this.#permits.abandoned;
  }
}

/**
 * A re-entrant lock. Python's `RLock`.
 *
 * - Its owner is a process, or a worker under the start method `"thread"`: all of its code shares the lock, may acquire it
 *   again at once, and has to release it as often.
 * - Only the owner may release it.
 * - Order, death, sending and the limit are as with {@linkcode Lock}.
 *
 * Differences from Python: the owner is the process, not a thread of it.
 *
 * @example Acquire it twice
 * ```ts
 * import { RLock } from "@allcores/multiprocessing";
 *
 * const lock = new RLock();
 * await lock.acquire();
 * await lock.acquire();
 * lock.release();
 * console.log(lock.locked()); // true
 * lock.release();
 * ```
 */
export class RLock {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #permits: Permits;

  static {
    registerShared<RLock>({
      number: 17,
      prototype: RLock.prototype,
      pieceOf: (value) => value.#permits.piece,
      make: (piece) => assemble(RLock, new Permits(piece)),
    });
  }

  /**
   * Creates a lock that is free.
   *
   * @throws {NotSupportedError} when there is no shared memory for it.
   */
  constructor();
  constructor(parts?: Parts<Permits>) {
    this.#permits = parts instanceof Parts
      ? parts.content
      : newPermits(programFor(new.target), RLOCK);
    this.#permits.owner = this;
  }

  /**
   * Takes the lock, once more if this process has it.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken; false when the time is over.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#permits.acquire(options);
  }

  /**
   * Releases the lock once; after the last time it goes to who has waited longest.
   *
   * @throws {ProcessError} when this process does not have it; nothing has changed then.
   */
  release(): void {
    if (this.#permits.release()) return;
    throw new ProcessError("Cannot release a lock that this process does not hold");
  }

  /**
   * Takes the lock for a scope.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Releases it when it is disposed of.
   * @throws {TimeoutError} when the time is over.
   */
  hold(options?: WaitOptions): Promise<Disposable> {
    return hold(this, options);
  }

  /**
   * Calls a function while it holds the lock.
   *
   * @typeParam T What the function gives.
   * @param fn The function, which may be asynchronous.
   * @returns What the function returns.
   * @throws what the function throws; it has been released then.
   */
  withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withLock(this, fn);
  }

  /** Whether some process has the lock at this moment. */
  locked(): boolean {
    return this.#permits.value === 0;
  }

  /** Whether a holder has died while it held the lock: what it guards may be half done. Until the next release. */
  get abandoned(): boolean {
    return this.#permits.abandoned;
  }

  /** How often this process has acquired the lock and not released it. */
  get depth(): number {
    return this.#permits.held;
  }
}

/**
 * A lock of a start method.
 *
 * @param method The start method.
 * @returns The lock.
 */
export function createLock(method: StartMethod): Lock {
  return assemble(Lock, newPermits(programOf(method), LOCK));
}

/**
 * A re-entrant lock of a start method.
 *
 * @param method The start method.
 * @returns The lock.
 */
export function createRLock(method: StartMethod): RLock {
  return assemble(RLock, newPermits(programOf(method), RLOCK));
}

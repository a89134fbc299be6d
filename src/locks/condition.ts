/**
 * Conditions: waiting, with a lock released meanwhile, until another process says that something has changed.
 *
 * @module
 */

import { homeOf } from "../messages/handles.ts";
import { assemble, Parts } from "../messages/parts.ts";
import { registerShared, type SharedPiece } from "../messages/shared_object.ts";
import type { Program } from "../parties/program.ts";
import { programFor } from "../parties/program_for.ts";
import { ProcessError } from "../errors.ts";
import { checkCount, checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { createRLock, Lock, RLock } from "./lock.ts";
import { hold, withLock } from "./permits.ts";
import { createWaits, openWaits, type Waits } from "./waits.ts";

/** What a condition is made of. */
interface ConditionParts {
  readonly piece: SharedPiece;
  readonly lock: Lock | RLock;
}

/**
 * A condition variable. Python's `Condition`.
 *
 * - `wait()` releases the lock, however often it was acquired, waits for a notification, and acquires the lock as often again.
 * - Only whoever holds the lock may wait or notify. Those who wait are woken in the order in which they came.
 * - A notification wakes those who wait at this moment; it is not kept for others.
 * - Whoever has it may give it to other processes, as an argument or inside another value, together with its lock.
 * - 192 processes or threads at most can wait at a time; whoever else uses it then gets a
 *   `NotSupportedError`.
 * - A process that dies waits no more; a notification that had not reached it goes to the next one.
 *
 * Differences from Python: waiters are served in order. With a `Lock` it is not checked which process has it.
 *
 * @example Wait for a change
 * ```ts
 * import { Condition } from "@allcores/multiprocessing";
 *
 * const changed = new Condition();
 * const woken = changed.withLock(() => changed.wait({ timeout: 1000 }));
 * setTimeout(() => changed.withLock(() => changed.notify()), 10);
 * console.log(await woken); // true
 * ```
 */
export class Condition {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #lock: Lock | RLock;
  readonly #waits: Waits;

  static {
    registerShared<Condition>({
      number: 21,
      prototype: Condition.prototype,
      pieceOf: (value) => value.#waits.piece,
      extrasOf: (value) => value.#lock,
      make: (piece, lock) => assemble(Condition, { piece, lock }),
    });
  }

  /**
   * Creates a condition.
   *
   * @param lock Its lock, which others may share. @default a new `RLock`
   * @throws {TypeError} when it is no lock, or one of another start method.
   */
  constructor(lock?: Lock | RLock);
  constructor(given?: Lock | RLock | Parts<ConditionParts>) {
    const { piece, lock } = given instanceof Parts
      ? given.content
      : newParts(programFor(new.target), given);
    this.#lock = lock;
    this.#waits = openWaits(piece, {
      passesOn: true,
      // Those who wait keep this object, so that its handle stands for the same one as long as they do.
      onDeath: () => void this.#lock,
    });
  }

  /** Acquires the lock: see {@linkcode Lock.acquire}. */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** Releases the lock: see {@linkcode Lock.release}. */
  release(): void {
    this.#lock.release();
  }

  /** Takes the lock for a scope: see {@linkcode Lock.hold}. */
  hold(options?: WaitOptions): Promise<Disposable> {
    return hold(this, options);
  }

  /**
   * Calls a function while it holds the lock.
   *
   * @typeParam T What the function gives.
   * @param fn The function, which may be asynchronous.
   * @returns What the function returns.
   */
  withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withLock(this, fn);
  }

  /** Whether somebody holds the lock at this moment. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Whether a holder of the lock has died: see {@linkcode Lock.abandoned}. */
  get abandoned(): boolean {
    return this.#lock.abandoned;
  }

  /**
   * Waits for a notification, with the lock released; it is held again afterwards, whatever happens.
   *
   * @param options The longest wait for the notification (ms), and a signal.
   * @returns Whether it was notified; false when the time is over.
   * @throws {ProcessError} when the lock is not held.
   * @throws the signal's reason when it is aborted.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    this.#checkHeld("wait for");
    options?.signal?.throwIfAborted();
    if ((options?.timeout ?? 1) <= 0) return await this.#yield();
    const { monitor } = this.#waits;
    monitor.reapKnown();
    monitor.enter((member) => monitor.join(member));
    const notified = monitor.settled(options);
    // It may be rejected while the lock is waited for.
    notified.catch(() => {});
    const depth = this.#releaseAll();
    try {
      return await notified;
    } finally {
      await this.#acquireAgain(depth);
    }
  }

  /**
   * Waits until a predicate holds, which is asked with the lock held: first, and after each notification.
   *
   * @typeParam T What the predicate gives.
   * @param predicate The predicate, which may be asynchronous.
   * @param options The longest wait in all (ms), and a signal.
   * @returns What the predicate gave last.
   * @throws {ProcessError} when the lock is not held.
   * @throws the signal's reason when it is aborted.
   */
  async waitFor<T>(predicate: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    checkWaitOptions(options);
    if (typeof predicate !== "function") {
      throw new TypeError(`"predicate" must be a function, got ${show(predicate)}`);
    }
    this.#checkHeld("wait for");
    const { timeout, signal } = options ?? {};
    const end = timeout === undefined ? Infinity : performance.now() + timeout;
    for (;;) {
      const result = await predicate();
      const left = end - performance.now();
      if (result || left <= 0) return result;
      await this.wait(timeout === undefined ? { signal } : { timeout: left, signal });
    }
  }

  /**
   * Wakes some of those who wait.
   *
   * @param n How many at most. @default 1
   * @throws {ProcessError} when the lock is not held.
   * @throws {RangeError} when `n` is no whole number of at least 0.
   */
  notify(n: number = 1): void {
    this.#checkHeld("notify");
    this.#grant(checkCount("n", n, 0));
  }

  /**
   * Wakes all who wait.
   *
   * @throws {ProcessError} when the lock is not held.
   */
  notifyAll(): void {
    this.#checkHeld("notify");
    this.#grant(Infinity);
  }

  #grant(count: number): void {
    const { monitor, list } = this.#waits;
    monitor.reapKnown();
    monitor.enter((_, wake) => list.grant(count, wake));
  }

  #checkHeld(what: string): void {
    const lock = this.#lock;
    const isHeld = lock instanceof RLock ? lock.depth > 0 : lock.locked();
    if (!isHeld) {
      throw new ProcessError(
        `Cannot ${what} a condition whose lock is not held: acquire() it first`,
      );
    }
  }

  /** Lets others have the lock, and takes it again. */
  async #yield(): Promise<false> {
    await this.#acquireAgain(this.#releaseAll());
    return false;
  }

  #releaseAll(): number {
    const lock = this.#lock;
    const depth = lock instanceof RLock ? lock.depth : 1;
    for (let i = 0; i < depth; i++) lock.release();
    return depth;
  }

  async #acquireAgain(depth: number): Promise<void> {
    for (let i = 0; i < depth; i++) await this.#lock.acquire();
  }
}

function newParts(program: Program, given: Lock | RLock | undefined): ConditionParts {
  const lock = given ?? createRLock(program.method);
  checkLock(lock, program.method);
  return { piece: createWaits(program), lock };
}

function checkLock(lock: unknown, method: StartMethod): void {
  if (!(lock instanceof Lock || lock instanceof RLock)) {
    throw new TypeError(`"lock" must be a Lock or an RLock, got ${show(lock)}`);
  }
  const own = homeOf(lock)!.method;
  if (own === method) return;
  throw new TypeError(
    `"lock" was created for the start method "${own}", the condition is for "${method}"`,
  );
}

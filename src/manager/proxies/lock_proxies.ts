/**
 * The proxies of locks, semaphores and conditions.
 *
 * Long because the documentation of public classes stands in their file.
 *
 * @module
 */

import { timedOut } from "../../support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "../../support/options.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { waitCall } from "./wait_call.ts";

/** What can be held for a scope. */
interface Holdable {
  acquire(options?: WaitOptions): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * What the proxies of locks have in common. Python's `AcquirerProxy`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const lock = await manager.Lock();
 *   console.log(await lock.acquire({ timeout: 100 })); // true
 *   await lock.release();
 * }
 * ```
 */
export abstract class AcquirerProxy extends BaseProxy {
  /**
   * Takes it, or one permit of it.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was taken; false when the time is over.
   * @throws the signal's reason when it is aborted; nothing was taken then.
   * @throws {EOFError} when the manager's server has ended.
   */
  acquire(options?: WaitOptions): Promise<boolean> {
    return waitCall(this, "acquire", [], options);
  }

  /**
   * Releases it; it goes to who has waited longest.
   *
   * @throws {RangeError} when it is free, or {ProcessError} when it is an `RLock` that this process does not hold.
   */
  release(): Promise<void> {
    return callOf(this, "release", []) as Promise<void>;
  }

  /**
   * Takes it for a scope.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Releases it when it is disposed of: `await using` waits for that, `using` does not.
   * @throws {TimeoutError} when the time is over.
   */
  hold(options?: WaitOptions): Promise<Disposable & AsyncDisposable> {
    return holdFor(this, options);
  }

  /**
   * Calls a function while it is held.
   *
   * @typeParam T What the function gives.
   * @param fn The function, which runs in this process and may be asynchronous.
   * @returns What the function returns.
   * @throws what the function throws; it has been released then.
   */
  withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withHeld(this, fn);
  }

  /** Whether nobody can take it at this moment. */
  locked(): Promise<boolean> {
    return callOf(this, "locked", []) as Promise<boolean>;
  }

  /** Whether a holder has ended while it held it. Until the next release. */
  abandoned(): Promise<boolean> {
    return callOf(this, "abandoned", []) as Promise<boolean>;
  }
}

/**
 * A lock of a manager. Python's `Manager().Lock()`.
 *
 * It belongs to the process that has acquired it: when that ends, the lock is released. Any process may release it.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const lock = await manager.Lock();
 *   await lock.withLock(async () => console.log(await lock.locked())); // true
 * }
 * ```
 */
export class LockProxy extends AcquirerProxy {
}

/**
 * A re-entrant lock of a manager, whose owner is a process. Python's `Manager().RLock()`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const lock = await manager.RLock();
 *   await lock.acquire();
 *   console.log(await lock.acquire({ timeout: 0 })); // true
 * }
 * ```
 */
export class RLockProxy extends AcquirerProxy {
}

/**
 * A semaphore of a manager. Python's `Manager().Semaphore()`.
 *
 * A permit belongs to a process only inside `hold()` and `withLock()`, and comes back then when the process ends. One that
 * `acquire()` has taken stays taken until somebody releases one.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const permits = await manager.Semaphore(2);
 *   await permits.acquire();
 *   console.log(await permits.getValue()); // 1
 * }
 * ```
 */
export class SemaphoreProxy extends AcquirerProxy {
  readonly #scope: Holdable = {
    acquire: (options) => waitCall(this, "acquireHeld", [], options),
    release: () => callOf(this, "endHold", []) as Promise<void>,
  };

  /** Takes a permit for a scope: see {@linkcode AcquirerProxy.hold}. It comes back when this process ends before. */
  override hold(options?: WaitOptions): Promise<Disposable & AsyncDisposable> {
    return holdFor(this.#scope, options);
  }

  /** Calls a function while a permit is held: see {@linkcode AcquirerProxy.withLock}. It comes back as that of `hold()`. */
  override withLock<T>(fn: () => T | Promise<T>): Promise<T> {
    return withHeld(this.#scope, fn);
  }

  /** How many permits are free. */
  override getValue(): Promise<number> {
    return callOf(this, "getValue", []) as Promise<number>;
  }
}

/**
 * A semaphore of a manager that refuses one release too many. Python's `Manager().BoundedSemaphore()`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const permits = await manager.BoundedSemaphore(1);
 *   await permits.release().catch((error) => console.log(error.name)); // RangeError
 * }
 * ```
 */
export class BoundedSemaphoreProxy extends SemaphoreProxy {
}

/**
 * A condition of a manager. Python's `ConditionProxy`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const condition = await manager.Condition();
 *   await condition.withLock(() => condition.notifyAll());
 * }
 * ```
 */
export class ConditionProxy extends AcquirerProxy {
  /**
   * Releases the lock, waits to be notified, and takes the lock again.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was notified; false when the time is over. The lock is held in any case.
   * @throws {ProcessError} when this process does not hold the lock.
   * @throws the signal's reason when it is aborted; the lock is held then.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return waitCall(this, "wait", [], options);
  }

  /**
   * Waits until a predicate holds, which is asked in this process with the lock held: first, and after each notification.
   *
   * @typeParam T What the predicate gives.
   * @param predicate The predicate, which may be asynchronous.
   * @param options The longest wait (ms) in all, and a signal.
   * @returns What the predicate gave last.
   * @throws {ProcessError} when this process does not hold the lock; the predicate is not asked then.
   * @throws the signal's reason when it is aborted; the lock is held then.
   */
  async waitFor<T>(predicate: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    if (typeof predicate !== "function") {
      throw new TypeError(`"predicate" must be a function, got ${show(predicate)}`);
    }
    checkWaitOptions(options);
    const { timeout, signal } = options ?? {};
    const end = timeout === undefined ? Infinity : performance.now() + timeout;
    await callOf(this, "checkMayWait", []);
    for (;;) {
      const result = await predicate();
      const left = end - performance.now();
      if (result || left <= 0) return result;
      await this.wait(timeout === undefined ? { signal } : { signal, timeout: left });
    }
  }

  /**
   * Wakes some of those who wait.
   *
   * @param n How many at most. @default {1}
   * @throws {ProcessError} when this process does not hold the lock.
   * @throws {RangeError} when `n` is no whole number of at least 0.
   */
  notify(n: number = 1): Promise<void> {
    return callOf(this, "notify", [n]) as Promise<void>;
  }

  /**
   * Wakes all who wait.
   *
   * @throws {ProcessError} when this process does not hold the lock.
   */
  notifyAll(): Promise<void> {
    return callOf(this, "notifyAll", []) as Promise<void>;
  }
}

async function holdFor(
  lock: Holdable,
  options: WaitOptions | undefined,
): Promise<Disposable & AsyncDisposable> {
  if (!await lock.acquire(options)) {
    throw timedOut(options, "the lock to be free");
  }
  let released: Promise<void> | null = null;
  const release = (): Promise<void> => released ??= lock.release();
  return {
    [Symbol.dispose]: () => void release().catch(() => {}),
    [Symbol.asyncDispose]: release,
  };
}

async function withHeld<T>(lock: Holdable, fn: () => T | Promise<T>): Promise<T> {
  await lock.acquire();
  try {
    return await fn();
  } finally {
    await lock.release();
  }
}

/**
 * The conditions of a manager.
 *
 * @module
 */

import { ProcessError } from "../../errors.ts";
import { checkCount, show } from "../../support/options.ts";
import { type Call, Cancelled } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";
import { ServedLock, ServedRLock } from "./lock.ts";
import type { Acquired } from "./permits.ts";

/** `Condition(lock)` */
export class ServedCondition {
  readonly #lock: ServedLock | ServedRLock;
  readonly #waiters = new Waiters<boolean>();

  constructor(lock: unknown = new ServedRLock()) {
    if (!(lock instanceof ServedLock || lock instanceof ServedRLock)) {
      throw new TypeError(
        `"lock" must be a Lock or an RLock of the same manager, got ${show(lock)}`,
      );
    }
    this.#lock = lock;
  }

  acquire(call: Call, options?: unknown): Acquired | Promise<Acquired> {
    return this.#lock.acquire(call, options);
  }

  release(call: Call): void {
    this.#lock.release(call);
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  abandoned(): boolean {
    return this.#lock.abandoned();
  }

  async wait(call: Call, options?: unknown): Promise<boolean> {
    const limits = waitOptions(options);
    this.#checkHeld(call, "wait for");
    const depth = this.#lock.releaseAll(call);
    const plan = { wish: undefined, options: limits, onTimeout: () => false };
    let isCancelled = false;
    let notified = false;
    try {
      notified = await this.#waiters.wait(call, plan);
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      isCancelled = true;
    }
    if (call.client.hasEnded) throw new Cancelled();
    // The caller holds the lock again, whatever becomes of the wait.
    await this.#lock.takeAgain(call, depth);
    if (isCancelled) throw new Cancelled();
    return notified;
  }

  /** Refuses who may not wait; one who waits for a predicate asks before the first look at it. */
  checkMayWait(call: Call): void {
    this.#checkHeld(call, "wait for");
  }

  notify(call: Call, count: unknown = 1): void {
    this.#checkHeld(call, "notify");
    let left = checkCount("n", count, 0);
    for (; left > 0 && this.#waiters.size > 0; left--) this.#waiters.shift()!.resolve(true);
  }

  notifyAll(call: Call): void {
    this.notify(call, this.#waiters.size);
  }

  repr(): string {
    return `<Condition(${this.#lock.repr()}, ${this.#waiters.size})>`;
  }

  #checkHeld(call: Call, what: string): void {
    if (this.#lock.isHeldBy(call.client)) return;
    throw new ProcessError(
      `Cannot ${what} a condition whose lock is not held: acquire() it first`,
    );
  }
}

/**
 * The locks of a manager: plain objects in its server.
 *
 * @module
 */

import { ProcessError } from "../../errors.ts";
import { checkCount } from "../../support/options.ts";
import type { Call, Client } from "../wire/call.ts";
import { type Acquired, ServedPermits } from "./permits.ts";

/** `Lock()` */
export class ServedLock {
  readonly #permits = new ServedPermits({ value: 1, largest: 1 });

  acquire(call: Call, options?: unknown): Acquired | Promise<Acquired> {
    return this.#permits.acquire(call, options);
  }

  release(call: Call): void {
    if (this.#permits.isFull) throw new RangeError("Cannot release a lock that is free");
    this.#permits.giveBack(call.client);
  }

  locked(): boolean {
    return this.#permits.value === 0;
  }

  abandoned(): boolean {
    return this.#permits.abandoned;
  }

  isHeldBy(_client: Client): boolean {
    return this.locked();
  }

  /** Gives it up altogether; how often it was held. */
  releaseAll(call: Call): number {
    this.release(call);
    return 1;
  }

  /** Takes it again after `releaseAll`. */
  async takeAgain(call: Call): Promise<void> {
    await this.#permits.acquire(call, undefined);
  }

  repr(): string {
    return `<Lock ${this.locked() ? "locked" : "unlocked"}>`;
  }
}

/** `RLock()` */
export class ServedRLock {
  readonly #permits = new ServedPermits({ value: 1, largest: 1, isReentrant: true });

  acquire(call: Call, options?: unknown): Acquired | Promise<Acquired> {
    return this.#permits.acquire(call, options);
  }

  release(call: Call): void {
    if (!this.isHeldBy(call.client)) {
      throw new ProcessError("Cannot release a lock that this process does not hold");
    }
    this.#permits.giveBack(call.client);
  }

  locked(): boolean {
    return this.#permits.value === 0;
  }

  abandoned(): boolean {
    return this.#permits.abandoned;
  }

  isHeldBy(client: Client): boolean {
    return this.#permits.heldBy(client) > 0;
  }

  releaseAll(call: Call): number {
    return this.#permits.giveAllBack(call.client);
  }

  async takeAgain(call: Call, depth: number): Promise<void> {
    await this.#permits.acquire(call, undefined);
    this.#permits.deepen(call.client, depth - 1);
  }

  repr(): string {
    return `<RLock ${this.locked() ? "locked" : "unlocked"}>`;
  }
}

/** `Semaphore(value)` */
export class ServedSemaphore {
  readonly #permits: ServedPermits;

  constructor(value: unknown = 1, largest: number = Infinity) {
    this.#permits = new ServedPermits({ value: checkCount("value", value, 0), largest });
  }

  acquire(call: Call, options?: unknown): Acquired | Promise<Acquired> {
    return this.#permits.acquireUnowned(call, options);
  }

  release(_call: Call): void {
    this.#checkBound();
    this.#permits.add();
  }

  /** Takes a permit that comes back when the client ends. */
  acquireHeld(call: Call, options?: unknown): Acquired | Promise<Acquired> {
    return this.#permits.acquire(call, options);
  }

  /** Gives back what `acquireHeld` took. */
  endHold(call: Call): void {
    if (this.#permits.heldBy(call.client) === 0) {
      throw new ProcessError("Cannot give back a permit that this process does not hold");
    }
    if (!this.#permits.isFull) return void this.#permits.giveBack(call.client);
    // Somebody else has released one too many; this one is held no more all the same.
    this.#permits.disown(call.client);
    this.#checkBound();
  }

  locked(): boolean {
    return this.#permits.value === 0;
  }

  abandoned(): boolean {
    return this.#permits.abandoned;
  }

  getValue(): number {
    return this.#permits.value;
  }

  repr(): string {
    return `<Semaphore value=${this.#permits.value}>`;
  }

  #checkBound(): void {
    if (!this.#permits.isFull) return;
    throw new RangeError("Cannot release a semaphore whose permits are all free");
  }
}

/** `BoundedSemaphore(value)` */
export class ServedBoundedSemaphore extends ServedSemaphore {
  constructor(value: unknown = 1) {
    super(value, checkCount("value", value, 0));
  }
}

/**
 * The locks of a manager: plain objects in its server.
 *
 * A permit belongs to the client that took it, so that it comes free when the client ends.
 *
 * @module
 */

import { ProcessError } from "../../errors.ts";
import { checkCount } from "../../support/options.ts";
import type { Call, Client } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";

/** Permits, and who has them. */
class Permits {
  readonly waiters = new Waiters<boolean>();
  readonly #holders = new Map<Client, { count: number; onEnd: () => void }>();
  #free: number;
  #abandoned = false;

  readonly #onTake: () => void;

  /**
   * @param free How many there are.
   * @param onTake Called in the moment in which one is taken.
   */
  constructor(free: number, onTake: () => void = () => {}) {
    this.#free = free;
    this.#onTake = onTake;
  }

  get free(): number {
    return this.#free;
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  heldBy(client: Client): number {
    return this.#holders.get(client)?.count ?? 0;
  }

  acquire(call: Call, options: unknown): boolean | Promise<boolean> {
    const limits = waitOptions(options);
    if (this.#free > 0) return this.take(call.client);
    return this.waiters.wait(call, { wish: undefined, options: limits, onTimeout: () => false });
  }

  take(client: Client): true {
    this.#free--;
    this.add(client, 1);
    this.#onTake();
    return true;
  }

  add(client: Client, count: number): void {
    const holder = this.#holders.get(client);
    if (holder !== undefined) {
      holder.count += count;
      return;
    }
    const onEnd = (): void => this.#recover(client);
    this.#holders.set(client, { count, onEnd });
    client.onEnd(onEnd);
  }

  /** Takes a permit from whoever has it, the caller first. */
  release(client: Client): void {
    this.#abandoned = false;
    const holder = this.#holders.has(client) ? client : this.#holders.keys().next().value;
    if (holder !== undefined) this.drop(holder, 1);
    this.put(1);
  }

  drop(client: Client, count: number): void {
    const holder = this.#holders.get(client)!;
    holder.count -= count;
    if (holder.count > 0) return;
    this.#holders.delete(client);
    client.offEnd(holder.onEnd);
  }

  put(count: number): void {
    this.#free += count;
    while (this.#free > 0 && this.waiters.size > 0) {
      const waiter = this.waiters.shift()!;
      waiter.resolve(this.take(waiter.call.client));
    }
  }

  #recover(client: Client): void {
    const { count } = this.#holders.get(client)!;
    this.#holders.delete(client);
    this.#abandoned = true;
    this.put(count);
  }
}

/** `Lock()` */
export class ServedLock {
  readonly #permits = new Permits(1);

  acquire(call: Call, options?: unknown): boolean | Promise<boolean> {
    return this.#permits.acquire(call, options);
  }

  release(call: Call): void {
    if (this.#permits.free > 0) throw new RangeError("Cannot release a lock that is free");
    this.#permits.release(call.client);
  }

  locked(): boolean {
    return this.#permits.free === 0;
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
  readonly #permits = new Permits(1, () => this.#depth = 1);
  #depth = 0;

  acquire(call: Call, options?: unknown): boolean | Promise<boolean> {
    if (!this.isHeldBy(call.client)) return this.#permits.acquire(call, options);
    this.#depth++;
    return true;
  }

  release(call: Call): void {
    if (!this.isHeldBy(call.client)) {
      throw new ProcessError("Cannot release a lock that this process does not hold");
    }
    if (--this.#depth === 0) this.#permits.release(call.client);
  }

  locked(): boolean {
    return this.#permits.free === 0;
  }

  abandoned(): boolean {
    return this.#permits.abandoned;
  }

  isHeldBy(client: Client): boolean {
    return this.#permits.heldBy(client) > 0;
  }

  releaseAll(call: Call): number {
    const depth = this.#depth;
    this.#depth = 0;
    this.#permits.release(call.client);
    return depth;
  }

  async takeAgain(call: Call, depth: number): Promise<void> {
    await this.#permits.acquire(call, undefined);
    this.#depth += depth - 1;
  }

  repr(): string {
    return `<RLock ${this.locked() ? "locked" : "unlocked"}>`;
  }
}

/** `Semaphore(value)` */
export class ServedSemaphore {
  readonly #permits: Permits;
  readonly #largest: number;

  constructor(value: unknown = 1, largest: number = Infinity) {
    this.#permits = new Permits(checkCount("value", value, 0));
    this.#largest = largest;
  }

  acquire(call: Call, options?: unknown): boolean | Promise<boolean> {
    return this.#permits.acquire(call, options);
  }

  release(call: Call): void {
    if (this.#permits.free >= this.#largest) {
      throw new RangeError("Cannot release a semaphore whose permits are all free");
    }
    this.#permits.release(call.client);
  }

  locked(): boolean {
    return this.#permits.free === 0;
  }

  abandoned(): boolean {
    return this.#permits.abandoned;
  }

  getValue(): number {
    return this.#permits.free;
  }

  repr(): string {
    return `<Semaphore value=${this.#permits.free}>`;
  }
}

/** `BoundedSemaphore(value)` */
export class ServedBoundedSemaphore extends ServedSemaphore {
  constructor(value: unknown = 1) {
    super(value, checkCount("value", value, 0));
  }
}

/**
 * The queues of a manager.
 *
 * An item that was taken is kept until its receiver has it; else it goes back to the front.
 *
 * @module
 */

import { Empty, Full, ShutDown } from "../../errors.ts";
import { Deque } from "../../support/deque.ts";
import { timedOut } from "../../support/limit.ts";
import { checkCount, checkShutdown } from "../../support/options.ts";
import { type Call, Kept } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";

const ONE_TRY = { timeout: 0 };

/** `Queue({ maxSize })` */
export class ServedQueue {
  readonly #maxSize: number;
  readonly #items = new Deque<unknown>();
  readonly #getters = new Waiters<Kept>();
  readonly #putters = new Waiters<void, unknown>();
  #isShutDown = false;

  constructor(maxSize: unknown = 0) {
    // Python takes what is below 0 for "any number", too.
    this.#maxSize = Math.max(0, checkCount("maxSize", maxSize, -Infinity));
  }

  put(call: Call, item: unknown, options?: unknown): void | Promise<void> {
    const limits = waitOptions(options);
    if (this.#isShutDown) throw shutDownError();
    if (!this.full()) return this.#add(item);
    return this.#putters.wait(call, {
      wish: item,
      options: limits,
      onTimeout: () => {
        throw new Full("The queue is full");
      },
    });
  }

  putNoWait(call: Call, item: unknown): void | Promise<void> {
    return this.put(call, item, ONE_TRY);
  }

  get(call: Call, options?: unknown): Kept | Promise<Kept> {
    const limits = waitOptions(options);
    if (this.#items.length > 0) return this.#take();
    if (this.#isShutDown) throw shutDownError();
    return this.#getters.wait(call, {
      wish: undefined,
      options: limits,
      onTimeout: () => {
        throw new Empty("The queue is empty");
      },
    });
  }

  getNoWait(call: Call): Kept | Promise<Kept> {
    return this.get(call, ONE_TRY);
  }

  qsize(): number {
    return this.#items.length;
  }

  empty(): boolean {
    return this.#items.length === 0;
  }

  full(): boolean {
    return this.#maxSize > 0 && this.#items.length >= this.#maxSize;
  }

  shutdown(_call: Call, options?: unknown): void {
    const isImmediate = checkShutdown(options as { immediate?: boolean } | undefined);
    this.#isShutDown = true;
    if (isImmediate) this.#clear();
    while (this.#putters.size > 0) this.#putters.shift()!.reject(shutDownError());
    if (this.#items.length > 0) return;
    while (this.#getters.size > 0) this.#getters.shift()!.reject(shutDownError());
  }

  repr(): string {
    return `<Queue qsize=${this.#items.length}>`;
  }

  /** Called for each item that comes in. */
  protected added(): void {}

  /** Called for each item that a shutdown drops. */
  protected dropped(): void {}

  #add(item: unknown): void {
    this.added();
    this.#items.push(item);
    this.#serve();
  }

  /** Gives what is there to who waits for it. */
  #serve(): void {
    while (this.#items.length > 0 && this.#getters.size > 0) {
      this.#getters.shift()!.resolve(this.#take());
    }
  }

  #take(): Kept {
    const item = this.#items.shift();
    while (this.#putters.size > 0 && !this.full()) {
      const { wish, resolve } = this.#putters.shift()!;
      this.added();
      this.#items.push(wish);
      resolve();
    }
    return new Kept(item, () => {
      this.#items.unshift(item);
      this.#serve();
    });
  }

  #clear(): void {
    while (this.#items.length > 0) {
      this.#items.shift();
      this.dropped();
    }
  }
}

/** `JoinableQueue({ maxSize })` */
export class ServedJoinableQueue extends ServedQueue {
  readonly #joiners = new Waiters<void>();
  #unfinished = 0;

  taskDone(_call: Call): void {
    if (this.#unfinished === 0) {
      throw new RangeError("Cannot call taskDone() more often than there were items");
    }
    this.dropped();
  }

  join(call: Call, options?: unknown): void | Promise<void> {
    const limits = waitOptions(options);
    if (this.#unfinished === 0) return;
    return this.#joiners.wait(call, {
      wish: undefined,
      options: limits,
      onTimeout: () => {
        throw timedOut(limits, "all tasks to be done");
      },
    });
  }

  protected override added(): void {
    this.#unfinished++;
  }

  protected override dropped(): void {
    if (--this.#unfinished > 0) return;
    while (this.#joiners.size > 0) this.#joiners.shift()!.resolve();
  }
}

function shutDownError(): ShutDown {
  return new ShutDown("The queue was shut down");
}

/**
 * The barriers of a manager.
 *
 * @module
 */

import { BrokenBarrierError } from "../../errors.ts";
import { checkCount, checkWaitOptions } from "../../support/options.ts";
import type { Call } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";

/** `Barrier(parties, { timeout })`, with the action where it was given one. */
export class ServedBarrier {
  readonly #parties: number;
  readonly #timeout: number | undefined;
  readonly #action: (() => unknown) | null;
  readonly #waiters = new Waiters<number, number>();
  /** Counts rounds and resets: who runs the action sees whether its round is still there. */
  #round = 0;
  #isBroken = false;
  #isActing = false;

  constructor(parties: unknown, timeout: unknown, action: (() => unknown) | null) {
    this.#parties = checkCount("parties", parties, 1);
    if (timeout !== undefined) checkWaitOptions({ timeout: timeout as number });
    this.#timeout = timeout as number | undefined;
    this.#action = action;
  }

  parties(): number {
    return this.#parties;
  }

  nWaiting(): number {
    return this.#waiters.size;
  }

  broken(): boolean {
    return this.#isBroken;
  }

  async wait(call: Call, options?: unknown): Promise<number> {
    const limits = waitOptions(options);
    if (this.#isBroken || this.#isActing) throw brokenError();
    const index = this.#waiters.size;
    if (index + 1 === this.#parties) return await this.#pass(index);
    return await this.#waiters.wait(call, {
      wish: index,
      options: { timeout: limits?.timeout ?? this.#timeout },
      onTimeout: () => {
        this.#break();
        throw brokenError();
      },
      onCancel: () => this.#break(),
    });
  }

  reset(): void {
    this.#break();
    this.#isBroken = false;
  }

  abort(): void {
    this.#break();
  }

  repr(): string {
    return `<Barrier waiters=${this.#waiters.size}/${this.#parties}>`;
  }

  async #pass(index: number): Promise<number> {
    const round = this.#round;
    if (this.#action !== null) {
      this.#isActing = true;
      try {
        await this.#action();
      } catch (error) {
        if (round === this.#round) this.#break();
        throw error;
      } finally {
        this.#isActing = false;
      }
      if (round !== this.#round) throw brokenError();
    }
    while (this.#waiters.size > 0) {
      const { resolve, wish } = this.#waiters.shift()!;
      resolve(wish);
    }
    this.#round++;
    return index;
  }

  #break(): void {
    this.#round++;
    this.#isBroken = true;
    while (this.#waiters.size > 0) this.#waiters.shift()!.reject(brokenError());
  }
}

function brokenError(): BrokenBarrierError {
  return new BrokenBarrierError("The barrier is broken");
}

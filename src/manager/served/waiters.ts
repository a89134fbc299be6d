/**
 * Calls that wait in the server, first come, first served.
 *
 * @module
 */

import { limited } from "../../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../../support/options.ts";
import { type Call, Cancelled, type Client } from "../wire/call.ts";

/** One that waits. */
export interface Waiter<T, Wish> {
  readonly call: Call;
  /** What it waits for. */
  readonly wish: Wish;
  /** Ends the wait, which has been taken from the list. */
  resolve(value: T): void;
  /** Ends the wait with an error. */
  reject(error: unknown): void;
}

/** How a wait goes. */
export interface WaitPlan<T, Wish> {
  readonly wish: Wish;
  readonly options: WaitOptions | undefined;
  /** Gives what a wait results in whose time is over, or throws. */
  onTimeout(): T;
  /** Called when the call is cancelled, or its client ends. */
  onCancel?(): void;
}

/** The calls that wait for one thing. */
export class Waiters<T, Wish = undefined> {
  readonly #waiters = new Set<Waiter<T, Wish>>();

  /** How many wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Who has waited longest. */
  get first(): Waiter<T, Wish> | undefined {
    return this.#waiters.values().next().value;
  }

  /** Takes all of a client's from the list; their waits have to be ended by the caller. */
  takeAll(client: Client): Waiter<T, Wish>[] {
    const taken = [...this.#waiters].filter(({ call }) => call.client === client);
    for (const waiter of taken) this.#waiters.delete(waiter);
    return taken;
  }

  /** Takes who has waited longest from the list; its wait has to be ended by the caller. */
  shift(): Waiter<T, Wish> | undefined {
    const { first } = this;
    if (first !== undefined) this.#waiters.delete(first);
    return first;
  }

  /**
   * Lets a call wait.
   *
   * @param call The call.
   * @param plan How it waits.
   * @returns What the wait is ended with.
   */
  wait(call: Call, { wish, options, onTimeout, onCancel }: WaitPlan<T, Wish>): T | Promise<T> {
    if ((options?.timeout ?? 1) <= 0) return onTimeout();
    return new Promise<T>((resolve, reject) => {
      const onTime = (): void => {
        if (!this.#waiters.delete(waiter)) return;
        try {
          waiter.resolve(onTimeout());
        } catch (error) {
          waiter.reject(error);
        }
      };
      const cancel = (): void => {
        if (!this.#waiters.delete(waiter)) return;
        waiter.reject(new Cancelled());
        onCancel?.();
      };
      const limit = limited(options, onTime, cancel);
      const settle = <V>(end: (value: V) => void) => (value: V): void => {
        limit.end();
        call.onCancel = null;
        end(value);
      };
      const waiter = { call, wish, resolve: settle(resolve), reject: settle(reject) };
      this.#waiters.add(waiter);
      call.onCancel = cancel;
    });
  }
}

/**
 * Checks the options of a wait that a client asks for.
 *
 * @param options What it sent.
 * @returns The same.
 * @throws {TypeError} when they are none.
 */
export function waitOptions(options: unknown): WaitOptions | undefined {
  checkWaitOptions(options as WaitOptions | undefined);
  return options as WaitOptions | undefined;
}

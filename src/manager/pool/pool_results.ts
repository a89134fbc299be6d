/**
 * What the calls of a manager's pool give, in its server.
 *
 * @module
 */

import { CancelledError } from "../../errors.ts";
import { timedOut } from "../../support/limit.ts";
import type { WaitOptions } from "../../support/options.ts";
import { type Call, Cancelled } from "../wire/call.ts";
import { ownType, type ServedType } from "../served/served_type.ts";
import { Waiters, waitOptions } from "../served/waiters.ts";
import type { PoolResult } from "../../pool/calls/async_result.ts";
import type { PoolIterator, StreamIterator } from "../../pool/calls/iterator.ts";

/**
 * Waits for a result on behalf of a client: when that gives up or ends, so does what it asked for.
 *
 * @param call The client's call.
 * @param result The result.
 * @returns What it gives.
 */
export async function settled(call: Call, result: PoolResult<unknown>): Promise<unknown> {
  call.onCancel = () => result.stop(new CancelledError("The call was cancelled"));
  try {
    return await result.promise;
  } catch (error) {
    throw call.isCancelled ? new Cancelled() : withItemIndex(error);
  } finally {
    call.onCancel = null;
  }
}

/** `applyAsync(…)` and its like. */
export class ServedResult {
  readonly #result: PoolResult<unknown>;
  readonly #waiters = new Waiters<boolean>();

  /** @param result The result. */
  constructor(result: PoolResult<unknown>) {
    this.#result = result;
    const wake = (): void => {
      while (this.#waiters.size > 0) this.#waiters.shift()!.resolve(true);
    };
    result.promise.then(wake, wake);
  }

  async get(call: Call, options?: unknown): Promise<unknown> {
    const limits = waitOptions(options);
    if (!await this.#wait(call, limits)) {
      throw timedOut(limits, "the result of a call");
    }
    return await this.#result.promise.catch((error) => Promise.reject(withItemIndex(error)));
  }

  async wait(call: Call, options?: unknown): Promise<void> {
    await this.#wait(call, waitOptions(options));
  }

  ready(): boolean {
    return this.#result.ready();
  }

  successful(): boolean {
    return this.#result.successful();
  }

  cancel(): boolean {
    return this.#result.cancel();
  }

  abort(_call: Call, reason: unknown): void {
    this.#result.stop(reason);
  }

  repr(): string {
    return `<AsyncResult ${this.#result.ready() ? "ready" : "pending"}>`;
  }

  #wait(call: Call, limits: WaitOptions | undefined): boolean | Promise<boolean> {
    if (this.#result.ready()) return true;
    return this.#waiters.wait(call, { wish: undefined, options: limits, onTimeout: () => false });
  }
}

/** `imap(…)` and `imapUnordered(…)` */
export class ServedPoolIterator {
  readonly #iterator: StreamIterator<unknown>;

  /** @param iterator The iterator. */
  constructor(iterator: PoolIterator<unknown>) {
    this.#iterator = iterator as StreamIterator<unknown>;
  }

  async next(call: Call, options?: unknown): Promise<IteratorResult<unknown>> {
    const given = waitOptions(options);
    const giveUp = new AbortController();
    call.onCancel = () => giveUp.abort(new Cancelled());
    try {
      return await this.#iterator.next({ ...given, signal: giveUp.signal });
    } catch (error) {
      throw withItemIndex(error);
    } finally {
      call.onCancel = null;
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    return await this.#iterator.return();
  }

  abort(_call: Call, reason: unknown): void {
    this.#iterator.stop(reason);
  }

  repr(): string {
    return "<PoolIterator>";
  }

  /** Nobody takes results any more. */
  forget(): void {
    this.#iterator.return().catch(() => {});
  }
}

/** The types of what a pool's calls give. */
export const poolResultTypes: readonly ServedType[] = [
  ownType("AsyncResult", null, "get wait ready successful cancel abort"),
  ownType("PoolIterator", null, "next return abort", {
    onGone: (iterator) => (iterator as ServedPoolIterator).forget(),
  }),
];

/** Only fields that are listed travel. */
function withItemIndex(error: unknown): unknown {
  if (!(error instanceof Error) || !("itemIndex" in error) || Object.isFrozen(error)) return error;
  return Object.defineProperty(error, "itemIndex", { enumerable: true });
}

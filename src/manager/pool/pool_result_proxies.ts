/**
 * The proxies of what the calls of a manager's pool give.
 *
 * @module
 */

import { type Callbacks, report } from "../../pool/calls/async_result.ts";
import { checkWaitOptions, type WaitOptions } from "../../support/options.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { waitCall } from "../proxies/wait_call.ts";
import { throwFromPool } from "./pool_proxy_errors.ts";
import type { HereOptions } from "./pool_proxy_options.ts";

/** Where the functions were first used whose results proxies stand for; none where the proxy came from elsewhere. */
const sites = new WeakMap<BaseProxy, string>();

/**
 * What a call of a manager's pool will give: as `AsyncResult`, with promises. It is no promise itself, so that it can be awaited
 * as a proxy and sent to others, who may ask as well. Python's proxy of `AsyncResult`.
 *
 * @typeParam R What the call gives.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   await using pool = await manager.Pool(1);
 *   const result = await pool.applyAsync((x: number) => x * x, [3]);
 *   console.log(await result.get(), await result.successful()); // 9 true
 * }
 * ```
 */
export class AsyncResultProxy<R = unknown> extends BaseProxy {
  /**
   * Waits for the result.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The result.
   * @throws what the call threw.
   * @throws {TimeoutError} when the time is over; the call goes on, and may be asked again.
   * @throws {EOFError} when the manager's server has ended.
   */
  async get(options?: WaitOptions): Promise<R> {
    try {
      return await waitCall<R>(this, "get", [], options);
    } catch (error) {
      return throwFromPool(error, sites.get(this) ?? "");
    }
  }

  /**
   * Waits until there is a result or a failure.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Resolves then, or when the time is over.
   */
  wait(options?: WaitOptions): Promise<void> {
    return waitCall(this, "wait", [], options);
  }

  /** Whether there is a result or a failure. */
  ready(): Promise<boolean> {
    return callOf(this, "ready", []) as Promise<boolean>;
  }

  /**
   * Whether there is a result.
   *
   * @throws {MultiprocessingError} when there is nothing yet.
   */
  successful(): Promise<boolean> {
    return callOf(this, "successful", []) as Promise<boolean>;
  }

  /**
   * Ends the call, for all who wait for it: see `AsyncResult`. Python has no such method.
   *
   * @returns Whether there was anything to end: false when the call is done.
   */
  cancel(): Promise<boolean> {
    return callOf(this, "cancel", []) as Promise<boolean>;
  }
}

/**
 * The results of a manager's pool, one after the other: as `PoolIterator`, whose steps are taken from afar. Python's
 * `IteratorProxy`. Its end, or leaving the loop, disposes of it.
 *
 * @typeParam R What a call gives.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   await using pool = await manager.Pool(1);
 *   const results = await pool.imap((x: number) => x + 1, [1, 2]);
 *   console.log((await results.next({ timeout: 10_000 })).value); // 2
 *   await results.return();
 * }
 * ```
 */
export class PoolIteratorProxy<R = unknown> extends BaseProxy
  implements AsyncIterableIterator<R>, AsyncDisposable {
  #isOver = false;

  /**
   * The next result.
   *
   * @param options The longest wait (ms), and a signal. A wait that is over has taken nothing.
   * @returns The result, or that there are no more.
   * @throws what the call threw; an error carries `itemIndex`.
   * @throws {TimeoutError} when the time is over.
   * @throws {EOFError} when the manager's server has ended.
   */
  async next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    checkWaitOptions(options);
    if (this.#isOver) return END;
    try {
      const result = await waitCall<IteratorResult<R, undefined>>(this, "next", [], options);
      if (result.done) this.dispose();
      return result;
    } catch (error) {
      return throwFromPool(error, sites.get(this) ?? "");
    }
  }

  /** Ends the iteration: what has not been begun is dropped. */
  async return(): Promise<IteratorResult<R, undefined>> {
    if (this.#isOver) return END;
    try {
      await callOf(this, "return", []);
    } finally {
      this.dispose();
    }
    return END;
  }

  /** This iterator. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the iteration. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Gives the proxy up; the iteration ends when nobody else has one. */
  override dispose(): void {
    this.#isOver = true;
    unwatch.get(this)?.();
    super.dispose();
  }
}

const END: IteratorResult<never, undefined> = Object.freeze({ done: true, value: undefined });

/** How a signal is forgotten that could end an iteration. */
const unwatch = new WeakMap<BaseProxy, () => void>();

/**
 * Does for a call what its caller wants to be done here.
 *
 * @param begun The proxy of what it gives.
 * @param here Whom to tell, and what ends the call.
 * @param site The frames of the first use of its function.
 */
export function watch(
  begun: AsyncResultProxy | PoolIteratorProxy,
  { signal, callback, errorCallback }: HereOptions,
  site: string,
): void {
  sites.set(begun, site);
  const forget = signal === undefined ? () => {} : endBy(signal, begun);
  if (begun instanceof PoolIteratorProxy) {
    unwatch.set(begun, forget);
  } else if (signal !== undefined || callback !== undefined || errorCallback !== undefined) {
    tell(begun, { callback, errorCallback }, forget);
  }
}

function tell(
  result: AsyncResultProxy,
  { callback, errorCallback }: Callbacks<unknown>,
  forget: () => void,
): void {
  result.get().then((value) => {
    forget();
    report(callback, value);
  }, (error) => {
    forget();
    report(errorCallback, error);
  });
}

/** Ends a call when a signal is aborted. Returns how the signal is forgotten. */
function endBy(signal: AbortSignal, begun: BaseProxy): () => void {
  // An iteration that was given up without an end must not be kept by its signal.
  const proxy = new WeakRef(begun);
  const onAbort = (): void => {
    const live = proxy.deref();
    if (live === undefined) return;
    const abort = (reason: unknown) => callOf(live, "abort", [reason]);
    // A reason that cannot be sent ends the call all the same.
    abort(signal.reason).catch((error) => abort(error)).catch(() => {});
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}

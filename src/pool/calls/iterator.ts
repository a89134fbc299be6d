/**
 * The results of a stream, one after the other.
 *
 * @module
 */

import { throwToCaller } from "../../messages/failure.ts";
import { Deque } from "../../support/deque.ts";
import { limited, NO_LIMIT, timedOut } from "../../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../../support/options.ts";
import { errorOfItem } from "../jobs/item_error.ts";
import type { StreamJob, Taker } from "../jobs/stream_job.ts";
import type { CallLimits, Limited } from "./call_limits.ts";

/**
 * What `imap()` and `imapUnordered()` give: the results, one after the other. Python's `IMapIterator`.
 *
 * - A call that failed rejects its `next()`, and the iteration can go on. A `for await` ends at the first failure without closing
 *   anything, as the language has it: `failFast: true` makes it the end for the input, too.
 * - When the input fails, the results of all items before come first, then the input's error, then the end.
 * - Leaving a `for await`, `return()` and `await using` close the input and drop what has not been begun. What runs is asked to
 *   stop by its `currentTask().signal`, and may go on to its end.
 *
 * @typeParam R What a call gives.
 */
export interface PoolIterator<R> extends AsyncIterableIterator<R>, AsyncDisposable {
  /**
   * The next result.
   *
   * @param options The longest wait (ms), and a signal. A wait that is over has taken nothing: the next call gets what this
   * one would have got.
   * @returns The result, or that there are no more.
   * @throws what the call threw; an error carries `itemIndex`.
   * @throws {TimeoutError} when the time is over.
   */
  next(options?: WaitOptions): Promise<IteratorResult<R, undefined>>;
  /** Ends the iteration, and closes the input. */
  return(): Promise<IteratorResult<R, undefined>>;
  /** This iterator. */
  [Symbol.asyncIterator](): PoolIterator<R>;
}

/** Who ends a stream: the scheduler. */
export interface StreamCanceller {
  cancel(job: StreamJob, error: unknown): void;
  release(job: StreamJob): void;
}

/** Somebody who waits for a result. */
class Waiter<R> implements Taker {
  readonly #resolve: (result: IteratorResult<R, undefined>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onEnd: () => void;
  #limit = NO_LIMIT;
  /** Whether it has got something, or has given up. */
  isOver = false;
  /** Whether it has got a failure. */
  hasFailed = false;

  constructor(
    resolve: (result: IteratorResult<R, undefined>) => void,
    reject: (error: unknown) => void,
    onEnd: () => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onEnd = onEnd;
  }

  /** Waits no longer than it is told. */
  limit(options: WaitOptions): void {
    if (options.signal?.aborted) return this.#giveUp(options.signal.reason);
    const onExpire = (): void => this.#giveUp(timedOut(options, AWAITED));
    if ((options.timeout ?? 1) <= 0) return onExpire();
    this.#limit = limited(options, onExpire, (reason) => this.#giveUp(reason));
  }

  resolve(value: unknown): void {
    this.#release();
    this.#resolve({ done: false, value: value as R });
  }

  reject(error: unknown, index: number): void {
    if (index < 0) this.#onEnd();
    this.hasFailed = true;
    this.#giveUp(index < 0 ? error : errorOfItem(error, index));
  }

  end(): void {
    this.#onEnd();
    this.#release();
    this.#resolve({ done: true, value: undefined });
  }

  #giveUp(error: unknown): void {
    this.#release();
    this.#reject(error);
  }

  #release(): void {
    this.isOver = true;
    this.#limit.end();
  }
}

const AWAITED = "the next result of a pool's iterator";

/** The results of one stream. */
export class StreamIterator<R> implements PoolIterator<R>, Limited {
  readonly #waiters = new Deque<Waiter<R>>();
  readonly #failFast: boolean;
  #canceller: StreamCanceller | null = null;
  /** The job; `null` until it is known what its function is. */
  #job: StreamJob | null = null;
  /** Closes the input where there is no job that does. */
  readonly #closeInput: () => Promise<unknown>;
  #failure: { error: unknown } | null = null;
  #isOver = false;
  limits: CallLimits | null = null;

  /**
   * @param failFast Whether the first failure is the end.
   * @param closeInput Closes the input where there is no job yet.
   */
  constructor(failFast: boolean, closeInput: () => Promise<unknown>) {
    this.#failFast = failFast;
    this.#closeInput = closeInput;
  }

  /** Says which job it is, and who can end that. */
  attach(canceller: StreamCanceller, job: StreamJob): void {
    this.#canceller = canceller;
    this.#job = job;
  }

  /** Whether there is nothing more to come. */
  ready(): boolean {
    return this.#isOver || this.#failure !== null;
  }

  /** Ends it with an error. */
  stop(error: unknown): void {
    if (this.#job === null) return this.reject(error);
    this.#canceller!.cancel(this.#job, error);
  }

  /** Ends it with an error, where there is no job. */
  reject(error: unknown): void {
    if (this.#isOver || this.#failure !== null) return;
    void this.#closeInput();
    this.#failure = { error };
    this.wake();
  }

  /** Gives what there is to those who wait. */
  wake(): void {
    this.#relax();
    for (let waiter = this.#waiters.first; waiter; waiter = this.#waiters.first) {
      if (!waiter.isOver && !this.#give(waiter)) return;
      // Whoever gave the next item may have ended the stream, and looked here meanwhile.
      if (this.#waiters.first === waiter) this.#waiters.shift();
    }
  }

  async next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    checkWaitOptions(options);
    options?.signal?.throwIfAborted();
    try {
      return await this.#next(options);
    } catch (error) {
      return throwToCaller(error);
    }
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #next(options: WaitOptions | undefined): Promise<IteratorResult<R, undefined>> {
    return new Promise((resolve, reject) => {
      const waiter = new Waiter<R>(resolve, reject, () => this.#end());
      if (this.#waiters.length === 0 && this.#give(waiter)) return;
      if (options !== undefined) waiter.limit(options);
      if (!waiter.isOver) this.#waiters.push(waiter);
    });
  }

  #give(waiter: Waiter<R>): boolean {
    if (this.#isOver) waiter.end();
    else if (this.#failure !== null) waiter.reject(this.#failure.error, -1);
    else if (this.#job === null || !this.#job.take(waiter)) return false;
    else if (this.#failFast && waiter.hasFailed) this.#quit();
    this.#relax();
    return true;
  }

  /** What has nothing more to give needs no limits, even if nobody asks for its end. */
  #relax(): void {
    if (this.#failure !== null || this.#job?.isExhausted) this.limits?.release();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.limits?.release();
  }

  #quit(): void {
    this.#end();
    if (this.#job !== null) this.#canceller!.release(this.#job);
    this.wake();
  }

  async #close(): Promise<void> {
    const wasOver = this.#isOver;
    this.#quit();
    if (this.#job !== null) await this.#job.closing;
    else if (!wasOver) await this.#closeInput();
  }
}

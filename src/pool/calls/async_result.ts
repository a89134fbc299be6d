/**
 * What a call to a pool will give.
 *
 * @module
 */

import { refuseInstances } from "../../codec/refusal.ts";
import { throwToCaller } from "../../messages/failure.ts";
import { CancelledError, MultiprocessingError, TimeoutError } from "../../errors.ts";
import { within } from "../../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../../support/options.ts";
import type { Job, Outcome } from "../jobs/task.ts";
import type { CallLimits, Limited } from "./call_limits.ts";

/**
 * What a call to a pool will give: a promise that can also be asked. Python's `AsyncResult`.
 *
 * A failure that nobody asks for is silently dropped, as in Python.
 *
 * @typeParam R What the call gives.
 */
export interface AsyncResult<R> extends Promise<R> {
  /**
   * Waits for the result.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The result.
   * @throws what the call threw.
   * @throws {TimeoutError} when the time is over; the call goes on, and may be asked again.
   */
  get(options?: WaitOptions): Promise<R>;
  /**
   * Waits until there is a result or a failure.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Resolves then, or when the time is over.
   */
  wait(options?: WaitOptions): Promise<void>;
  /** Whether there is a result or a failure. */
  ready(): boolean;
  /**
   * Whether there is a result.
   *
   * @throws {MultiprocessingError} when there is nothing yet.
   */
  successful(): boolean;
  /**
   * Ends the call, which is rejected with a `CancelledError`. What waits leaves the queue; a task that runs is asked to stop by
   * its `currentTask().signal`, and after half a second its worker is ended and replaced. Python has no such method.
   *
   * @returns Whether there was anything to end: false when the call is done.
   */
  cancel(): boolean;
}

/** Who ends a job: the scheduler. */
export interface Canceller {
  cancel(job: Job, error: unknown): void;
}

/** What a caller wants to be told besides. */
export interface Callbacks<R> {
  /** Called here with the result, before those who wait go on. */
  callback?: (value: R) => void;
  /** Called here with the error. */
  errorCallback?: (error: unknown) => void;
}

/** The result of one job. There is a promise only where somebody asks for it. */
export class PoolResult<R> implements AsyncResult<R>, Outcome, Limited {
  static {
    refuseInstances(
      PoolResult.prototype,
      "an AsyncResult cannot be sent: it belongs to the process that made the call; " +
        "await it, and send what it gives",
    );
  }

  readonly #callbacks: Callbacks<R> | undefined;
  #state: "pending" | "value" | "error" = "pending";
  #content: unknown = undefined;
  #promise: Promise<R> | null = null;
  #canceller: Canceller | null = null;
  #job: Job | null = null;
  /** What may end the call. */
  limits: CallLimits | null = null;
  /** What settles the promise, where there is one. */
  #onValue: ((value: R) => void) | null = null;
  #onError: ((error: unknown) => void) | null = null;

  /** @param callbacks Whom to tell. */
  constructor(callbacks?: Callbacks<R>) {
    this.#callbacks = callbacks;
  }

  /** The plain promise: its error does not show the caller's side yet. */
  get promise(): Promise<R> {
    this.#promise ??= new Promise<R>((resolve, reject) => {
      if (this.#state === "value") resolve(this.#content as R);
      else if (this.#state === "error") reject(this.#content);
      else {
        this.#onValue = resolve;
        this.#onError = reject;
      }
    });
    return this.#promise;
  }

  resolve(value: unknown): void {
    if (this.#state !== "pending") return;
    this.#state = "value";
    this.#content = value;
    this.#release();
    if (this.#callbacks !== undefined) report(this.#callbacks.callback, value as R);
    this.#onValue?.(value as R);
  }

  reject(error: unknown): void {
    if (this.#state !== "pending") return;
    this.#state = "error";
    this.#content = error;
    this.#release();
    if (this.#callbacks !== undefined) report(this.#callbacks.errorCallback, error);
    this.#onError?.(error);
  }

  /** Says which job it is, and who can end that. */
  attach(canceller: Canceller, job: Job): void {
    this.#canceller = canceller;
    this.#job = job;
  }

  stop(error: unknown): void {
    if (this.#job === null) return this.reject(error);
    this.#canceller!.cancel(this.#job, error);
  }

  cancel(): boolean {
    if (this.#state !== "pending") return false;
    this.stop(new CancelledError("The call was cancelled"));
    return true;
  }

  #release(): void {
    this.#job = null;
    this.limits?.release();
  }

  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.get().then(onValue, onError);
  }

  catch<B = never>(
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<R | B> {
    return this.get().catch(onError);
  }

  finally(onSettled?: (() => void) | null): Promise<R> {
    return this.get().finally(onSettled);
  }

  get [Symbol.toStringTag](): string {
    return "AsyncResult";
  }

  async get(options?: WaitOptions): Promise<R> {
    checkWaitOptions(options);
    try {
      return await within(this.promise, options, "the result of a call");
    } catch (error) {
      return this.#state === "error" ? throwToCaller(error) : Promise.reject(error);
    }
  }

  async wait(options?: WaitOptions): Promise<void> {
    checkWaitOptions(options);
    const settled = this.promise.then(() => {}, () => {});
    try {
      await within(settled, options, "the result of a call");
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }

  ready(): boolean {
    return this.#state !== "pending";
  }

  successful(): boolean {
    if (this.#state === "pending") {
      throw new MultiprocessingError("Cannot tell whether the call is successful: it is not ready");
    }
    return this.#state === "value";
  }
}

/**
 * The promise of a call, for who does not want to ask for more; what is wrong with the call itself rejects as well.
 *
 * @param call Makes the call.
 * @returns The promise, whose error shows the caller's side.
 */
export function promiseOf<R>(call: () => PoolResult<R>): Promise<R> {
  try {
    return call().promise.then(undefined, throwToCaller);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Tells a callback of the user's. One that throws is the user's problem: it is reported, and the pool goes on.
 *
 * @param callback The callback, if there is one.
 * @param value What it is told.
 */
export function report<T>(callback: ((value: T) => void) | undefined, value: T): void {
  if (callback === undefined) return;
  try {
    callback(value);
  } catch (error) {
    console.error("A pool's callback threw:", error);
  }
}

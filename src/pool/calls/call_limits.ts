/**
 * What may end a call before it is done: its time, and its caller's signal.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { WaitOptions } from "../../support/options.ts";
import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import { SignalHub } from "./signal_hub.ts";

/** A call that can be ended. */
export interface Limited {
  /** Whether it is settled. */
  ready(): boolean;
  /** Ends it with an error. */
  stop(error: unknown): void;
  /** What may end it; to be released when it is settled. */
  limits: CallLimits | null;
}

/** What may end the calls of one pool. */
export class LimitKeeper {
  readonly deadlines: Deadlines;
  readonly signals: SignalHub = new SignalHub();

  /** @param deadlines The deadlines of the pool. */
  constructor(deadlines: Deadlines) {
    this.deadlines = deadlines;
  }

  /**
   * Limits a call.
   *
   * @param call The call.
   * @param options What the caller said.
   * @param what What the call is, for the error.
   * @param now The time (ms).
   */
  limit(call: Limited, options: WaitOptions | undefined, what: string, now: number): void {
    if (options?.signal === undefined && options?.timeout === undefined) return;
    if (options.signal?.aborted) return call.stop(options.signal.reason);
    if (options.timeout === undefined || options.timeout > 0) {
      call.limits = new CallLimits(this, call, options, what, now);
    } else {
      call.stop(outOfTime(options.timeout, what));
    }
  }
}

/** What may end one call. */
export class CallLimits {
  readonly #keeper: LimitKeeper;
  readonly #call: Limited;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline | null = null;

  constructor(
    keeper: LimitKeeper,
    call: Limited,
    { timeout, signal }: WaitOptions,
    what: string,
    now: number,
  ) {
    this.#keeper = keeper;
    this.#call = call;
    this.#signal = signal;
    if (signal !== undefined) keeper.signals.add(signal, call);
    if (timeout === undefined || timeout === Infinity) return;
    this.#deadline = new Deadline(now + timeout, () => call.stop(outOfTime(timeout, what)));
    keeper.deadlines.add(this.#deadline);
  }

  /** Limits it no more. */
  release(): void {
    if (this.#deadline !== null) this.#keeper.deadlines.remove(this.#deadline);
    if (this.#signal !== undefined) this.#keeper.signals.remove(this.#signal, this.#call);
  }
}

function outOfTime(timeout: number, what: string): TimeoutError {
  return new TimeoutError(`Timed out after ${timeout} ms: ${what}`);
}

/**
 * The proxies of events and barriers.
 *
 * @module
 */

import type { WaitOptions } from "../../support/options.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { waitCall } from "./wait_call.ts";

/**
 * An event of a manager. Python's `EventProxy`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const event = await manager.Event();
 *   await event.set();
 *   console.log(await event.wait()); // true
 * }
 * ```
 */
export class EventProxy extends BaseProxy {
  /** Sets it: all who wait go on. */
  set(): Promise<void> {
    return callOf(this, "set", []) as Promise<void>;
  }

  /** Unsets it. */
  clear(): Promise<void> {
    return callOf(this, "clear", []) as Promise<void>;
  }

  /** Whether it is set. */
  isSet(): Promise<boolean> {
    return callOf(this, "isSet", []) as Promise<boolean>;
  }

  /**
   * Waits until it is set.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it is set; false when the time is over.
   * @throws the signal's reason when it is aborted.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return waitCall(this, "wait", [], options);
  }
}

/**
 * A barrier of a manager. It breaks when a process that waits at it ends. Python's `BarrierProxy`.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const barrier = await manager.Barrier(2);
 *   console.log((await Promise.all([barrier.wait(), barrier.wait()])).sort()); // [ 0, 1 ]
 * }
 * ```
 */
export class BarrierProxy extends BaseProxy {
  /**
   * Waits until all have come.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns A number from 0 to `parties - 1`, another one for each who waits.
   * @throws {BrokenBarrierError} when the barrier breaks, is reset, or the time is over.
   * @throws the signal's reason when it is aborted; the barrier breaks for the others.
   */
  wait(options?: WaitOptions): Promise<number> {
    return waitCall(this, "wait", [], options);
  }

  /** Sends all away who wait; afterwards the barrier is open. */
  reset(): Promise<void> {
    return callOf(this, "reset", []) as Promise<void>;
  }

  /** Breaks the barrier until it is reset. */
  abort(): Promise<void> {
    return callOf(this, "abort", []) as Promise<void>;
  }

  /** How many have to come. */
  parties(): Promise<number> {
    return callOf(this, "parties", []) as Promise<number>;
  }

  /** How many wait. */
  nWaiting(): Promise<number> {
    return callOf(this, "nWaiting", []) as Promise<number>;
  }

  /** Whether it is broken. */
  broken(): Promise<boolean> {
    return callOf(this, "broken", []) as Promise<boolean>;
  }
}

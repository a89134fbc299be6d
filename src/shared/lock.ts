/**
 * The locks of shared values and arrays: given by the user, or an `RLock` that is created when it is first needed.
 *
 * @module
 */

import { checkOptions, show } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { createRLock, Lock, RLock } from "../locks/lock.ts";

/** What guards a shared value. */
export type ValueLock = RLock | Lock;

/** Options of `Value` and `Array`. */
export interface SharedOptions {
  /** The lock of the value; true: an `RLock` of its own; false: none, as `RawValue` and `RawArray`. @default true */
  lock?: ValueLock | boolean;
}

/** The lock of a value, which its subarrays have, too. */
export interface LockSlot {
  readonly method: StartMethod;
  lock: ValueLock | null;
}

/**
 * Checks the `lock` option.
 *
 * @param method The start method of the value.
 * @param options The options, as the user gave them.
 * @returns The slot; `null` for a value without a lock.
 * @throws {TypeError} when it is no lock, or there are other options.
 */
export function lockSlot(method: StartMethod, options: SharedOptions | undefined): LockSlot | null {
  checkOptions("A shared value", options, ["lock"], "{ lock: false }");
  const lock = options?.lock ?? true;
  if (lock === false) return null;
  if (lock === true) return { method, lock: null };
  if (!(lock instanceof Lock || lock instanceof RLock)) {
    throw new TypeError(`"lock" must be a lock, true or false, got ${show(lock)}`);
  }
  return { method, lock };
}

/** The lock in a slot. A value that is sent takes its lock along, so there is only one. */
export function lockOf(slot: LockSlot): ValueLock {
  slot.lock ??= createRLock(slot.method);
  return slot.lock;
}

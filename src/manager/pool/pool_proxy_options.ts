/**
 * The options of the calls of a manager's pool: some are for the pool, some stay with the caller.
 *
 * @module
 */

import { type CallSite, packFunction } from "../../callable/mod.ts";
import { checkValues, type OptionTable } from "../../support/option_checks.ts";
import { checkSignal, show } from "../../support/options.ts";
import type { RetryPolicy } from "../../pool/jobs/retry.ts";
import type { Callbacks } from "../../pool/calls/async_result.ts";
import { CALLBACKS } from "../../pool/calls/call_options.ts";
import type { SentPoolOptions } from "./pool_calls.ts";
import { type PoolOptions, takePoolOptions } from "../../pool/schedule/pool_options.ts";

/** What stays with the caller. */
export interface HereOptions extends Callbacks<unknown> {
  readonly signal?: AbortSignal;
}

const HERE_OPTIONS: OptionTable<HereOptions> = { signal: checkSignal, ...CALLBACKS };

/** The options of a call, as a user gives them. */
interface Given extends HereOptions {
  readonly retries?: number | RetryPolicy;
}

/**
 * Takes the options of a call apart.
 *
 * @param options The options, as the user gave them: what is for the pool is checked there.
 * @returns What is sent, and what stays here.
 * @throws {TypeError} when something is of the wrong type that stays here, or cannot be done from afar.
 */
export function takeOptions(options: unknown): { sent: unknown; here: HereOptions } {
  if (typeof options !== "object" || options === null) return { sent: options, here: {} };
  const { signal, callback, errorCallback, ...sent } = options as Given;
  const here = { signal, callback, errorCallback };
  checkValues(here, HERE_OPTIONS);
  for (const name of ["progress", "onProgress"]) {
    if (name in sent) throw new TypeError(`The calls of a manager's pool have no option "${name}"`);
  }
  const { retries } = sent;
  if (retries !== undefined) sent.retries = sendableRetries(retries);
  return { sent, here };
}

/**
 * What a server is told about a pool that it is to make.
 *
 * @param options How many workers, or how the pool is set up.
 * @param callSite Gives the calling modules.
 * @returns What is sent.
 * @throws {FreeVariableError} (or rejects with it) when a function cannot be named for another process.
 * @throws {TypeError} when there is no such option, or the policy of retries cannot be sent.
 * @throws {NotSupportedError} when an option is not offered.
 */
export async function sendablePoolOptions(
  options: number | PoolOptions,
  callSite: CallSite,
): Promise<SentPoolOptions> {
  const { initializer, finalizer, retries, ...rest } = takePoolOptions(options);
  const packed = await Promise.all([
    initializer && packFunction(initializer, "initializer", callSite),
    finalizer && packFunction(finalizer, "finalizer", callSite),
  ]);
  const sent: Record<string, unknown> = { ...rest };
  if (retries !== undefined) sent.retries = sendableRetries(retries);
  if (initializer !== undefined) sent.initializer = packed[0];
  if (finalizer !== undefined) sent.finalizer = packed[1];
  return sent;
}

/** Classes of errors do not travel; their names do. */
function sendableRetries(retries: number | RetryPolicy): number | RetryPolicy {
  if (typeof retries !== "object" || retries === null) return retries;
  const { on } = retries;
  if (typeof on === "function") {
    throw new TypeError(
      `"retries.on" of a manager's pool must name classes of errors, got ${show(on)}`,
    );
  }
  if (!Array.isArray(on)) return retries;
  return { ...retries, on: on.map((named) => typeof named === "function" ? named.name : named) };
}

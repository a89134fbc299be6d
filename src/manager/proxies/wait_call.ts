/**
 * Calls that may wait in the server.
 *
 * @module
 */

import { checkWaitOptions, type WaitOptions } from "../../support/options.ts";
import { type BaseProxy, callOf } from "../wire/proxy.ts";

/**
 * Calls a method that may wait.
 *
 * @param proxy Whose method.
 * @param method The method's name.
 * @param args Its arguments but the options.
 * @param options The limits of the wait: the time travels, the signal cancels the call.
 * @returns What it gives.
 */
export async function waitCall<T>(
  proxy: BaseProxy,
  method: string,
  args: unknown[],
  options: WaitOptions | undefined,
): Promise<T> {
  checkWaitOptions(options);
  const { timeout, signal } = options ?? {};
  const sent = timeout === undefined ? args : [...args, { timeout }];
  return await callOf(proxy, method, sent, signal) as T;
}

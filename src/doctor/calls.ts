/**
 * A call on each start method, with its times.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import { lackingPermissions } from "../runtime/lacking_permissions.ts";
import type { StartMethod } from "../runtime/types.ts";
import { type Data, failed, type Finding, messageOf, ok, unknown } from "./finding.ts";
import { tryPool } from "./tried_pool.ts";
import { secondsText, sizeText, timeText } from "./words.ts";

const UNTRIED: Data = { firstMs: null, secondMs: null, bytes: null, bytesMs: null, areRight: null };

/**
 * Tries calls on a start method.
 *
 * @param method The method.
 * @param timeout The longest time (ms) for each answer.
 */
export async function checkCalls(method: StartMethod, timeout: number): Promise<Finding> {
  if (!runtime.capabilities(method).available) {
    return unknown("not tried: the method cannot be used", null, UNTRIED);
  }
  try {
    const tried = await tryPool({ method, runtime: null, timeout });
    const { firstMs, secondMs, bytes, bytesMs } = tried;
    const text = `first answer in ${timeText(firstMs)}, the second in ${timeText(secondMs)}`;
    const back = `${sizeText(bytes)} there and back in ${timeText(bytesMs)}`;
    if (tried.areRight) return ok(`${text}; ${back}`, { ...tried });
    return failed(
      `${text}; ${sizeText(bytes)} came back changed`,
      "That is a fault of this library or of the machine: please report it with this report",
      { ...tried },
    );
  } catch (error) {
    return failed(...words(error, method, timeout), UNTRIED);
  }
}

function words(error: unknown, method: StartMethod, timeout: number): [string, string] {
  if (!(error instanceof TimeoutError)) {
    const lacking = lackingPermissions().map(({ flag }) => flag);
    const lacks = lacking.length === 0 ? "" : `. This program lacks ${lacking.join(" ")}`;
    return ["does not work", messageOf(error) + lacks];
  }
  return [
    `no answer within ${secondsText(timeout)}`,
    `See how far a worker comes: logToStderr("debug") in a program that calls one; ` +
    (method === "process"
      ? 'or use the start method "thread"'
      : 'or use the start method "process"'),
  ];
}

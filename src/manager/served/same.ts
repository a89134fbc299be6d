/**
 * When two values are the same to a list: values arrive as copies, so objects are compared by what they hold.
 *
 * @module
 */

import { Encoder } from "../../codec/encode.ts";
import { BaseProxy, objectOf } from "../wire/proxy.ts";

const encoder = new Encoder();

/**
 * Whether two values are the same: as in a `Set`, and objects when they hold the same; proxies when they stand for the same
 * object.
 *
 * @param a A value.
 * @param b A value.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof BaseProxy || b instanceof BaseProxy) {
    return a instanceof BaseProxy && b instanceof BaseProxy && objectOf(a) === objectOf(b);
  }
  try {
    const first = bytesOf(a);
    const second = bytesOf(b);
    return first.length === second.length && first.every((byte, i) => byte === second[i]);
  } catch {
    return false;
  }
}

function bytesOf(value: unknown): Uint8Array {
  const bytes = new Uint8Array(encoder.measure(value));
  encoder.encode(value, bytes, 0, bytes.length);
  return bytes;
}

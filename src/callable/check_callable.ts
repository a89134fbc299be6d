/**
 * Whether something can stand where a function is asked for that may run in another process.
 *
 * @module
 */
import { describeValue } from "./absolute_url.ts";
import { isCaptured } from "./capture.ts";
import { isRef } from "./ref.ts";

/**
 * Checks what the user gave in the place of a function: a function, a `ref()` or a `capture()`.
 *
 * @param what What it is for, for the error.
 * @param value The value; `undefined` where it may be left out.
 * @throws {TypeError} when it is given and none of these.
 */
export function checkCallable(what: string, value: unknown): void {
  if (value === undefined || typeof value === "function" || isRef(value) || isCaptured(value)) {
    return;
  }
  throw new TypeError(
    `"${what}" must be a function, a ref() or a capture(), got ${describeValue(value)}`,
  );
}

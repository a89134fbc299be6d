/**
 * Whether something can stand where a function is asked for that may run in another process.
 *
 * @module
 */
import { valueInWords } from "./value_in_words.ts";
import { isCaptured } from "./capture.ts";
import { isRef } from "./ref.ts";
import type { Callable } from "./callable.ts";

/**
 * Tells whether a value names a function in one of the ways that users have.
 *
 * @param value Any value.
 * @returns Whether it is a function, a `ref()` or a `capture()`.
 */
export function namesFunction(value: unknown): value is Callable {
  return typeof value === "function" || isRef(value) || isCaptured(value);
}

/**
 * Checks what the user gave in the place of a function: a function, a `ref()` or a `capture()`.
 *
 * @param what What it is for, for the error.
 * @param value The value; `undefined` where it may be left out.
 * @throws {TypeError} when it is given and none of these.
 */
export function checkCallable(what: string, value: unknown): void {
  if (value === undefined || namesFunction(value)) return;
  throw new TypeError(
    `"${what}" must be a function, a ref() or a capture(), got ${valueInWords(value)}`,
  );
}

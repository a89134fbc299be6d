/** The one error class of the assertions, and the small helpers that word its messages. */

import { inspect } from "node:util";

/** Raised by every assertion that does not hold. */
export class AssertionError extends Error {
  /** The class's name. */
  override name: string = "AssertionError";
}

/** A value as the failure message shows it. */
export function show(value: unknown): string {
  return inspect(value, { depth: 6, maxArrayLength: 40, maxStringLength: 400 });
}

/** Throws the failure `text`, followed by the caller's own `message`. */
export function raise(text: string, message?: string): never {
  throw new AssertionError(message ? `${text}: ${message}` : `${text}.`);
}

/**
 * Errors of which something cannot be sent: the rest is. An error matters most where something went wrong, and libraries put
 * sockets, requests and functions into theirs.
 *
 * @module
 */

import { fieldStep, indexStep } from "../codec/refusal.ts";

/** Tells why a value cannot be sent; `null` where it can. */
export type WhyNot = (value: unknown, path: string) => string | null;

/** An error that can be sent. */
export interface SendableError {
  readonly error: Error;
  /** Why each field is missing that was left out, with its path. */
  readonly leftOut: readonly string[];
}

/**
 * Copies an error without the fields that cannot be sent; in errors that are in it, too.
 *
 * @param error The error.
 * @param path What to call it: `error`.
 * @param whyNot Tells what cannot be sent.
 * @returns The copy, of the same class.
 */
export function sendableError(error: Error, path: string, whyNot: WhyNot): SendableError {
  const leftOut: string[] = [];
  return { error: new Copier(whyNot, leftOut).copy(error, path), leftOut };
}

class Copier {
  readonly #whyNot: WhyNot;
  readonly #leftOut: string[];
  /** Errors may contain each other. */
  readonly #copies = new Map<Error, Error>();

  constructor(whyNot: WhyNot, leftOut: string[]) {
    this.#whyNot = whyNot;
    this.#leftOut = leftOut;
  }

  copy(error: Error, path: string): Error {
    const known = this.#copies.get(error);
    if (known !== undefined) return known;
    const copy = emptyCopy(error);
    this.#copies.set(error, copy);
    for (const key of Object.getOwnPropertyNames(error)) {
      const value = this.#sendable(error, key, path + fieldStep(key));
      const { enumerable } = Object.getOwnPropertyDescriptor(error, key)!;
      const as = { value: value?.value, enumerable, configurable: true, writable: true };
      if (value !== null) Object.defineProperty(copy, key, as);
      else delete (copy as unknown as Record<string, unknown>)[key];
    }
    return copy;
  }

  /** What can be sent of a field; `null` where it is left out. */
  #sendable(error: Error, key: string, path: string): { value: unknown } | null {
    let value: unknown;
    let reason: string | null;
    try {
      value = error[key as keyof Error];
      reason = this.#whyNot(value, path);
    } catch (problem) {
      reason = `reading it failed: ${problem instanceof Error ? problem.message : "with no error"}`;
    }
    if (reason === null) return { value };
    if (isError(value)) return { value: this.copy(value, path) };
    if (key === "errors" && Array.isArray(value)) return { value: this.#copyAll(value, path) };
    this.#leftOut.push(reason);
    return null;
  }

  /** The errors of an `AggregateError`. */
  #copyAll(errors: unknown[], path: string): unknown[] {
    return errors.map((item, index) => {
      const place = path + indexStep(index);
      if (isError(item)) return this.copy(item, place);
      const reason = this.#whyNot(item, place);
      if (reason !== null) this.#leftOut.push(reason);
      return reason === null ? item : undefined;
    });
  }
}

/** Proxies may have traps. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** An error of the same class, without running its constructor; where its message is no property of its own, with it. */
function emptyCopy(error: Error): Error {
  if (error instanceof DOMException) return new DOMException(error.message, error.name);
  return Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error)) as Error;
}

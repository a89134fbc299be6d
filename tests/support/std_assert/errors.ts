/** The assertions about errors, thrown or rejected with. */

import { AssertionError, raise } from "./assertion_error.ts";

/** A class of errors. */
// deno-lint-ignore no-explicit-any
export type ErrorConstructorOf<E extends Error> = abstract new (...args: any[]) => E;

/** Asserts that a value is an error, of a class and with a message where these are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorConstructorOf<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) raise(`Expected "error" to be an Error object`, msg);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const was = `${error.constructor?.name}: ${error.message}`;
    raise(`Expected error to be instance of "${ErrorClass.name}", but was "${was}"`, msg);
  }
  if (msgMatches !== undefined && !includes(error.message, msgMatches)) {
    raise(`Expected error message to include ${msgMatches}, but got "${error.message}"`, msg);
  }
}

function includes(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
}

/** Asserts that a function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that a function throws an error of a class, with a message that includes a text; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructorOf<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  first?: ErrorConstructorOf<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    return judge(error, first, msgIncludes, msg);
  }
  raise("Expected function to throw", typeof first === "string" ? first : msg);
}

/** Asserts that an asynchronous function rejects; resolves to what it rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that it rejects with an error of a class, with a message that includes a text; resolves to it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructorOf<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  first?: ErrorConstructorOf<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const promise = started(fn);
  try {
    await promise;
  } catch (error) {
    return judge(error, first, msgIncludes, msg);
  }
  raise("Expected function to reject", typeof first === "string" ? first : msg);
}

/** Calls the function: one that throws at once, instead of rejecting, breaks the promise it made. */
function started(fn: () => PromiseLike<unknown>): PromiseLike<unknown> {
  try {
    return fn();
  } catch (error) {
    throw new AssertionError("Function throws when expected to reject.", { cause: error });
  }
}

function judge<E extends Error>(
  error: unknown,
  first: ErrorConstructorOf<E> | string | undefined,
  msgIncludes?: string,
  msg?: string,
): unknown {
  if (typeof first === "function") assertIsError(error, first, msgIncludes, msg);
  return error;
}

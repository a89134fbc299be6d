/**
 * Errors on their way from one party to another: with class, message, cause and own fields, and with a stack that
 * shows both sides.
 *
 * @module
 */

import { RemoteError, SerializationError } from "../errors.ts";
import { encoder } from "./message.ts";

/** A thrown value as it is sent; a record, so that any value may be thrown. */
export interface Failure {
  readonly thrown: unknown;
  /** Who raised it, for people: `PoolWorker-1 (pid 123)`. */
  readonly where: string;
}

/**
 * Makes a thrown value sendable.
 *
 * @param thrown What was thrown.
 * @param where Who raised it.
 * @returns The failure; what cannot be sent is replaced by a `RemoteError` that describes it.
 */
export function toFailure(thrown: unknown, where: string): Failure {
  try {
    encoder.measure(thrown, "error");
    return { thrown, where };
  } catch (problem) {
    return { thrown: describe(thrown, problem), where };
  }
}

/**
 * Takes a failure apart at its receiver.
 *
 * @param failure What was received.
 * @returns The thrown value; an error's stack says where it was raised.
 */
export function fromFailure(failure: Failure): unknown {
  const { thrown, where } = failure;
  if (thrown instanceof Error && typeof thrown.stack === "string") {
    setStack(thrown, `${thrown.stack}\n    in ${where}`);
  }
  return thrown;
}

/**
 * Adds the caller's side to the stack of an error that came from elsewhere. To be called where the caller's frames are on
 * the stack: in the async function that the caller awaits.
 *
 * @param thrown What came from elsewhere.
 * @returns The same value.
 */
export function withCallerStack(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || typeof thrown.stack !== "string") return thrown;
  const frames = new Error().stack?.split("\n").filter((line) => /^\s+at |@/.test(line)) ?? [];
  setStack(thrown, [thrown.stack, "    called from", ...frames].join("\n"));
  return thrown;
}

function setStack(error: Error, stack: string): void {
  Object.defineProperty(error, "stack", {
    value: stack,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

function describe(thrown: unknown, problem: unknown): RemoteError {
  const reason = problem instanceof SerializationError ? problem.message : String(problem);
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : safeText(thrown);
  const error = new RemoteError(`${text} (the error itself could not be sent: ${reason})`);
  if (thrown instanceof Error && typeof thrown.stack === "string") setStack(error, thrown.stack);
  return error;
}

function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "a value that cannot be shown";
  }
}

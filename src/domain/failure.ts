/**
 * Errors on their way from one party to another: with class, message, cause and own fields, and with a stack that
 * shows both sides.
 *
 * @module
 */

import { RemoteError, SerializationError } from "../errors.ts";
import { libraryRoot } from "../internal/child_entry.ts";
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

/** Errors whose stack shows a caller's side: it is added once, however many ask for the same error. */
const told = new WeakSet<Error>();

/** Where the functions were first used that errors come from, for runtimes whose stacks do not follow promises. */
const firstUses = new WeakMap<Error, string>();

/**
 * Remembers where the function was first used that an error comes from.
 *
 * @param thrown What came from elsewhere.
 * @param site The frames of the first use: see {@linkcode callerFrames}.
 */
export function rememberFirstUse(thrown: unknown, site: string): void {
  if (thrown instanceof Error) firstUses.set(thrown, site);
}

/**
 * Adds the caller's side to the stack of an error that came from elsewhere, and throws it. To be called where the caller's
 * frames are on the stack: by the promise that the caller awaits.
 *
 * @param thrown What came from elsewhere.
 */
export function throwToCaller(thrown: unknown): never {
  if (thrown instanceof Error && typeof thrown.stack === "string" && !told.has(thrown)) {
    told.add(thrown);
    const frames = callerFrames();
    const firstUse = firstUses.get(thrown) ?? "";
    const side = frames === "" ? `    first used at\n${firstUse}` : `    called from\n${frames}`;
    setStack(thrown, `${thrown.stack}\n${side}`);
  }
  throw thrown;
}

/**
 * The frames on the stack that are not this library's.
 *
 * @returns Lines as a stack has them.
 */
export function callerFrames(): string {
  const frames = new Error().stack?.split("\n").filter((line) => /^\s+at |@/.test(line)) ?? [];
  return frames.filter((line) => !line.includes(LIBRARY) && !INTERNAL.test(line)).join("\n");
}

/** Some runtimes print paths in place of URLs. */
const LIBRARY = libraryRoot.replace(/^file:\/\//, "");
const INTERNAL = /\bnode:internal|\(native|\bext:|processTicksAndRejections|<anonymous>\)$/;

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

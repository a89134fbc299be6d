/**
 * Errors on their way from one party to another: with class, message, cause and own fields, and with a stack that
 * shows both sides.
 *
 * @module
 */

import { RemoteError, SerializationError } from "../errors.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { decoder, encoder } from "./message.ts";
import { sendableError } from "./sendable_error.ts";

/** A thrown value as it is sent. */
export interface Failure {
  /** The value, encoded by itself: what the receiver cannot rebuild must not take the rest along. */
  readonly bytes: Uint8Array;
  /** What it is, for people. */
  readonly text: string;
  /** Its stack, where it is an error. */
  readonly stack: string | null;
  /** Who raised it, for people: `PoolWorker-1 (pid 123)`. */
  readonly where: string;
  /** Why each field of it is missing that could not be sent; only where there are some. */
  readonly leftOut?: readonly string[];
}

/** How long the description of a thrown value may be. */
const LONGEST_TEXT = 2_000;

/**
 * Makes a thrown value sendable.
 *
 * @param thrown What was thrown.
 * @param where Who raised it.
 * @returns The failure. An error goes without those of its fields that cannot be sent; anything else that cannot is replaced by a
 *   `RemoteError` that describes it.
 */
export function toFailure(thrown: unknown, where: string): Failure {
  const text = textOf(thrown);
  const stack = stackOf(thrown);
  try {
    return { bytes: encode(thrown), text, stack, where };
  } catch (problem) {
    const part = encodePart(thrown);
    if (part !== null) return { ...part, text, stack, where };
    const error = remoteError(text, stack, `could not be sent: ${reasonOf(problem)}`);
    return { bytes: encode(error), text, stack, where };
  }
}

/** Encodes what of an error can be sent; `null` where it is none, or has more in its way than fields. */
function encodePart(thrown: unknown): Pick<Failure, "bytes" | "leftOut"> | null {
  try {
    // Even this may fail: it may be a proxy with traps.
    if (!(thrown instanceof Error)) return null;
    const { error, leftOut } = sendableError(thrown, "error", whyNot);
    return { bytes: encode(error), leftOut };
  } catch {
    return null;
  }
}

function whyNot(value: unknown, path: string): string | null {
  try {
    encoder.measure(value, path);
    return null;
  } catch (problem) {
    return reasonOf(problem);
  }
}

function encode(value: unknown): Uint8Array {
  const bytes = new Uint8Array(encoder.measure(value, "error"));
  return bytes.subarray(0, encoder.encode(value, bytes, 0, bytes.length, "error"));
}

/**
 * Takes a failure apart at its receiver.
 *
 * @param failure What was received.
 * @returns The thrown value; an error's stack says where it was raised. What cannot be rebuilt is a `RemoteError`.
 */
export function fromFailure({ bytes, text, stack, where, leftOut = [] }: Failure): unknown {
  let thrown: unknown;
  try {
    thrown = decoder.decode(bytes, 0, bytes.length);
  } catch (problem) {
    thrown = remoteError(text, stack, `could not be rebuilt: ${reasonOf(problem)}`, problem);
  }
  if (thrown instanceof Error && typeof thrown.stack === "string") {
    const missing = leftOut.map((reason) => `\n    incomplete: ${reason}`);
    setStack(thrown, `${thrown.stack}\n    in ${where}${missing.join("")}`);
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
    const frames = callerFrames();
    const firstUse = firstUses.get(thrown) ?? "";
    if (frames !== "") tellSide(thrown, "called from", frames);
    else if (firstUse !== "") tellSide(thrown, "first used at", firstUse);
  }
  throw thrown;
}

function tellSide(error: Error, what: string, frames: string): void {
  told.add(error);
  setStack(error, `${error.stack}\n    ${what}\n${frames}`);
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

/** Stands for what cannot travel. */
function remoteError(
  text: string,
  stack: string | null,
  reason: string,
  cause?: unknown,
): RemoteError {
  const error = new RemoteError(
    `${text} (the error itself ${reason})`,
    cause === undefined ? undefined : { cause },
  );
  if (stack !== null) setStack(error, stack);
  return error;
}

function reasonOf(problem: unknown): string {
  return problem instanceof SerializationError ? problem.message : textOf(problem);
}

/** What was thrown may have traps and getters that throw, too. */
function textOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.slice(0, LONGEST_TEXT);
  } catch {
    return "a value that cannot be shown";
  }
}

function stackOf(thrown: unknown): string | null {
  try {
    const stack = thrown instanceof Error ? thrown.stack : null;
    return typeof stack === "string" ? stack : null;
  } catch {
    return null;
  }
}

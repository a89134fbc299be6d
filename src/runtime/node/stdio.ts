/**
 * Standard streams of children on Node: whatever a child writes is written when the call returns, so that nothing is lost
 * at its end.
 *
 * @module
 */

import { nap } from "../../support/stand_still.ts";
import {
  type OutputMessage,
  type OutputModes,
  redirectOutput,
  type StreamNumber,
  writeRedirected,
} from "../redirect.ts";
import { builtin, nodeProcess } from "./globals.ts";

/** How long (ms) to wait before a full pipe is tried again. */
const RETRY = 1;

/** The streams of `process`, by their numbers. */
const NAMES = { 1: "stdout", 2: "stderr" } as const;

/** A stream of `process`. */
interface Stream {
  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean;
}

/** A stream over a handle of libuv, which may be told to write at once. */
interface HandleStream {
  readonly _handle?: { setBlocking?(blocking: boolean): void } | null;
}

/**
 * Writes all bytes to a file descriptor before it returns.
 *
 * @param fd The descriptor, which may be one that would not wait.
 * @param bytes What to write. Given up where nobody reads any more.
 */
export function writeFully(fd: number, bytes: Uint8Array): void {
  const { writeSync } = builtin<typeof import("node:fs")>("node:fs");
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") return;
      nap(RETRY);
    }
  }
}

/**
 * Sets up the streams of a thread, which Node would carry to the main thread when that has time.
 *
 * @param modes What the creator said.
 * @param send Sends a piece of output to the creator.
 */
export function setUpThreadOutput(
  modes: OutputModes,
  send: (message: OutputMessage) => void,
): void {
  const carried = redirectOutput(modes, send);
  for (const number of [1, 2] as const) {
    const write = carried.includes(number) ? writeRedirected : writeFully;
    onFirstUse(number, (stream) => replaceWrite(stream, (bytes) => write(number, bytes)));
  }
}

/** Replaces what a stream of `process` does with what is written to it; `write` has written when it returns. */
function replaceWrite(target: Stream, write: (bytes: Uint8Array) => void): void {
  target.write = (chunk, encoding, callback) => {
    write(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk as Uint8Array);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") queueMicrotask(() => done());
    return true;
  };
}

/** Sets up the streams of a process: Node leaves a pipe, once full, to an event loop that an exit does not wait for. */
export function setUpProcessOutput(): void {
  for (const number of [1, 2] as const) {
    onFirstUse(number, (stream) => (stream as HandleStream)._handle?.setBlocking?.(true));
  }
}

/** Node makes a stream when it is first asked for, which takes milliseconds. */
function onFirstUse(number: StreamNumber, setUp: (stream: Stream) => void): void {
  const process = nodeProcess();
  const name = NAMES[number];
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  const get = descriptor?.get;
  if (get === undefined) return;
  let made: Stream | null = null;
  Object.defineProperty(process, name, {
    ...descriptor,
    get: () => {
      if (made === null) {
        made = get.call(process) as Stream;
        setUp(made);
      }
      return made;
    },
  });
}

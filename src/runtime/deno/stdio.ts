/**
 * Standard streams on Deno.
 *
 * @module
 */

import { type OutputMessage, type OutputModes, writeRedirected } from "../redirect.ts";
import { redirectThread } from "../replace_streams.ts";
import { emptyInput } from "../thread_input.ts";
import { deno, type DenoWriter } from "./globals.ts";

/**
 * Writes all bytes before it returns.
 *
 * @param writer Where to.
 * @param bytes What to write. Given up where nobody reads any more.
 */
export function writeFully(writer: DenoWriter, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += writer.writeSync(bytes.subarray(at));
  } catch {
    // A closed stream must not change how a process ends.
  }
}

/**
 * Sets up the streams of a thread: everything that writes is replaced where a stream is redirected.
 *
 * @param modes What the creator said.
 * @param send Sends a piece of output to the creator.
 */
export function setUpThreadOutput(
  modes: OutputModes,
  send: (message: OutputMessage) => void,
): void {
  for (const stream of redirectThread(modes, send)) {
    const writer = stream === 1 ? deno().stdout : deno().stderr;
    replaceWriter(writer, (bytes) => void writeRedirected(stream, bytes));
  }
}

/** Makes the standard input of a thread empty. */
export function setUpThreadInput(): void {
  emptyInput();
  Object.defineProperties(deno().stdin, {
    readSync: { value: () => null },
    read: { value: () => Promise.resolve(null) },
    isTerminal: { value: () => false },
    readable: { value: new ReadableStream({ start: (controller) => controller.close() }) },
  });
}

function replaceWriter(writer: DenoWriter, write: (bytes: Uint8Array) => void): void {
  const writeSync = (bytes: Uint8Array): number => {
    write(bytes);
    return bytes.length;
  };
  Object.defineProperties(writer, {
    writeSync: { value: writeSync },
    write: { value: (bytes: Uint8Array) => Promise.resolve(writeSync(bytes)) },
    writable: { value: new WritableStream({ write }) },
  });
}

/**
 * Standard streams of threads on Deno.
 *
 * @module
 */

import {
  type OutputMessage,
  type OutputModes,
  redirectOutput,
  replaceConsole,
  replaceStream,
  writeBytes,
} from "../thread_output.ts";
import { deno, type DenoWriter } from "./globals.ts";

/** Node's side of Deno. */
interface NodeSide {
  getBuiltinModule(name: string): unknown;
}

/**
 * Writes a text before it returns.
 *
 * @param writer Where to.
 * @param text What to write, or its bytes. Given up where nobody reads any more.
 */
export function writeText(writer: DenoWriter, text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
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
  const carried = redirectOutput(modes, send);
  if (carried.length === 0) return;
  const { process } = globalThis as unknown as { process: NodeSide };
  const load = (name: string): unknown => process.getBuiltinModule(name);
  for (const number of carried) {
    const write = (bytes: Uint8Array): void => writeBytes(number, bytes);
    replaceStream(process, number, load);
    replaceWriter(number === 1 ? deno().stdout : deno().stderr, write);
  }
  replaceConsole(carried, load);
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

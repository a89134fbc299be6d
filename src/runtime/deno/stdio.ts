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
  replaceWrite,
  type WritableLike,
  writeBytes,
} from "../output.ts";
import { deno, type DenoWriter } from "./globals.ts";

/** Node's side of Deno. */
interface NodeSide {
  readonly stdout: WritableLike;
  readonly stderr: WritableLike;
  getBuiltinModule(name: string): { Console: unknown };
}

/**
 * Writes a text before it returns.
 *
 * @param writer Where to.
 * @param text What to write. Given up where nobody reads any more.
 */
export function writeText(writer: DenoWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
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
  for (const number of carried) {
    const write = (bytes: Uint8Array): void => writeBytes(number, bytes);
    replaceWrite(number === 1 ? process.stdout : process.stderr, write);
    replaceWriter(number === 1 ? deno().stdout : deno().stderr, write);
  }
  replaceConsole(() => process.getBuiltinModule("node:console").Console, process);
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

/**
 * The standard streams of this thread. A thread has those of its process; where its creator asked for something else, what
 * it writes is taken here, and carried to the creator's side by the adapter's message port: at once, so that nothing is lost
 * at the end.
 *
 * A thread that is itself redirected is what its own threads inherit from.
 *
 * @module
 */

import type { StdioMode } from "./children.ts";

/** The number of a standard stream, as everywhere: output or error. */
export type StreamNumber = 1 | 2;

/** What a thread is told about its streams. */
export interface OutputModes {
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** How a piece of output travels to the creator. */
export interface OutputMessage {
  readonly allcores: "output";
  readonly stream: StreamNumber;
  readonly bytes: Uint8Array;
}

/** The streams of this thread that are redirected, and where to. */
const redirected = new Map<StreamNumber, (bytes: Uint8Array) => void>();

/**
 * Writes to a stream of this thread, if it is redirected.
 *
 * @param stream The stream.
 * @param bytes What to write.
 * @returns Whether it is.
 */
export function writeRedirected(stream: StreamNumber, bytes: Uint8Array): boolean {
  const write = redirected.get(stream);
  write?.(bytes);
  return write !== undefined;
}

/** Whether a stream of this thread is redirected. */
export function isRedirected(stream: StreamNumber): boolean {
  return redirected.has(stream);
}

/**
 * Redirects the streams of this thread, for those who write by `writeRedirected`.
 *
 * @param modes What the creator said.
 * @param send Sends a piece of output to the creator.
 * @returns The streams that are redirected.
 */
export function redirectOutput(
  { stdout, stderr }: OutputModes,
  send: (message: OutputMessage) => void,
): StreamNumber[] {
  const modes: [StreamNumber, StdioMode][] = [[1, stdout], [2, stderr]];
  for (const [stream, mode] of modes) {
    if (mode === "null") redirected.set(stream, () => {});
    if (mode === "pipe") {
      redirected.set(stream, (bytes) => send({ allcores: "output", stream, bytes: bytes.slice() }));
    }
  }
  return [...redirected.keys()];
}

/**
 * What the threads of this one write, where it is carried to here: see `redirect.ts` for their side. There is no
 * back-pressure: what is not read stays in memory.
 *
 * @module
 */

import type { StdioMode } from "./children.ts";
import {
  isRedirected,
  type OutputMessage,
  type OutputModes,
  type StreamNumber,
  writeRedirected,
} from "./redirect.ts";

/** What becomes of a thread's output. */
export class ThreadOutput {
  /** What the thread is to be told: whether to send its output here. */
  readonly modes: OutputModes;
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  readonly #streams = new Map<StreamNumber, ReadableStreamDefaultController<Uint8Array>>();

  /** @param modes What was asked for. */
  constructor({ stdout, stderr }: OutputModes) {
    this.modes = { stdout: carried(1, stdout), stderr: carried(2, stderr) };
    this.stdout = stdout === "pipe" ? this.#pipe(1) : null;
    this.stderr = stderr === "pipe" ? this.#pipe(2) : null;
  }

  /**
   * Takes a message of the thread, if it is output.
   *
   * @param message What the thread sent.
   * @returns Whether it was.
   */
  take(message: unknown): boolean {
    if (!isOutput(message)) return false;
    const { stream, bytes } = message;
    const controller = this.#streams.get(stream);
    if (controller !== undefined) controller.enqueue(bytes);
    else writeRedirected(stream, bytes);
    return true;
  }

  /**
   * Reports on the thread's behalf what it could not report itself.
   *
   * @param text What to write to its standard error stream.
   * @param write Writes to that of this thread, where the two are the same.
   */
  report(text: string, write: (bytes: Uint8Array) => void): void {
    const bytes = new TextEncoder().encode(text);
    if (this.modes.stderr === "inherit") write(bytes);
    else if (this.modes.stderr === "pipe") this.take({ allcores: "output", stream: 2, bytes });
  }

  /** Ends the streams: the thread has ended. */
  end(): void {
    for (const controller of this.#streams.values()) controller.close();
    this.#streams.clear();
  }

  #pipe(stream: StreamNumber): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => void this.#streams.set(stream, controller),
      cancel: () => void this.#streams.delete(stream),
    });
  }
}

function carried(stream: StreamNumber, mode: StdioMode): StdioMode {
  return mode === "inherit" && isRedirected(stream) ? "pipe" : mode;
}

function isOutput(message: unknown): message is OutputMessage {
  return typeof message === "object" && message !== null &&
    (message as Partial<OutputMessage>).allcores === "output";
}

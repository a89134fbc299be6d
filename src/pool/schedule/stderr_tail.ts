/**
 * What a worker wrote last to its standard error stream. The stream goes where it would have gone without a pool, byte by
 * byte and at once; the end of it is kept.
 *
 * @module
 */

import { runtime } from "../../runtime/current.ts";

/** How many lines are told. */
const KEPT_LINES = 20;
/** How many characters are kept, so that a line without an end takes no memory. */
const KEPT_LENGTH = 8_192;

/** The end of one worker's standard error stream. */
export class StderrTail {
  #text = "";

  /** The last lines, the latest last. */
  get lines(): string[] {
    if (this.#text === "") return [];
    const lines = this.#text.split("\n");
    if (lines[lines.length - 1] === "") lines.pop();
    return lines.slice(-KEPT_LINES);
  }

  /**
   * Passes a stream on, to its end.
   *
   * @param stream The stream.
   */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>) {
        runtime.writeError(bytes);
        this.#text = (this.#text + decoder.decode(bytes, { stream: true })).slice(-KEPT_LENGTH);
      }
    } catch {
      // The stream ends with the worker.
    }
  }
}

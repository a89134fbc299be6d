/**
 * What a worker wrote last to its standard error stream. The stream goes where it would have gone without a pool, byte by
 * byte and at once; the end of it is kept.
 *
 * @module
 */

import { reportHead } from "../../process/uncaught.ts";
import { runtime } from "../../runtime/current.ts";

/** How many lines are told. */
const KEPT_LINES = 20;
/** How many characters are kept, so that a line without an end takes no memory. */
const KEPT_LENGTH = 8_192;
/** How many characters of the report of an error are kept: its message stands at its beginning. */
const KEPT_REPORT = 2_000;
/** A line of a stack, of JavaScript or of the runtime itself. */
export const FRAME: RegExp = /^\s+at |^\s*\d+: 0x/;

/** The end of one worker's standard error stream. */
export class StderrTail {
  readonly #head: string;
  #text = "";
  /** The beginning of what was reported last of an error that nobody caught. */
  #report: string | null = null;

  /** @param name The worker's name. */
  constructor(name: string) {
    this.#head = `${reportHead(name)}\n`;
  }

  /** The last lines, the latest last. */
  get lines(): string[] {
    if (this.#text === "") return [];
    const lines = this.#text.split("\n");
    if (lines[lines.length - 1] === "") lines.pop();
    return lines.slice(-KEPT_LINES);
  }

  /** The error that nobody caught, as it was reported, without its stack; `null` where there was none. */
  get uncaught(): string | null {
    if (this.#report === null) return null;
    const lines = this.#report.trimEnd().split("\n");
    const end = lines.findIndex((line) => FRAME.test(line));
    return lines.slice(0, end < 0 ? undefined : end).join("\n");
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
        this.#keep(decoder.decode(bytes, { stream: true }));
      }
    } catch {
      // The stream ends with the worker.
    }
  }
  #keep(text: string): void {
    const all = this.#text + text;
    const at = all.lastIndexOf(this.#head);
    if (at >= 0) this.#report = all.slice(at + this.#head.length);
    else if (this.#report !== null) this.#report += text;
    this.#report = this.#report?.slice(0, KEPT_REPORT) ?? null;
    this.#text = all.slice(-KEPT_LENGTH);
  }
}

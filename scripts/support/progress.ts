/** What a script is doing: one line that changes on a terminal, now and then a line elsewhere. */

import type { WriteStream } from "node:tty";

/** How often (ms) there is a line where it stays. */
const interval = 1000;

/** The progress that is shown. */
export class Progress {
  readonly #stream: WriteStream;
  readonly #isTerminal: boolean;
  #last = -interval;

  /** @param stream Where it is shown. */
  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY ?? false;
  }

  /** Shows a line in place of the one before; where lines stay, only one a second. */
  show(text: string): void {
    if (this.#isTerminal) {
      this.#stream.write(`\r\x1b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
      return;
    }
    const now = performance.now();
    if (now - this.#last < interval) return;
    this.#last = now;
    this.#stream.write(`${text}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isTerminal) this.#stream.write("\r\x1b[K");
  }
}

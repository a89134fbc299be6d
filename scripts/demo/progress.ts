/**
 * What the demo is doing: one line that changes on a terminal, now and then a line elsewhere.
 *
 * @module
 */

import process from "node:process";

/** How often (ms) there is a line where it stays. */
const interval = 1000;

/** The progress that is shown. */
export class Progress {
  readonly #isTerminal: boolean = process.stdout.isTTY ?? false;
  #last = -interval;

  /** Shows a line in place of the one before; where lines stay, only one a second. */
  show(text: string): void {
    if (this.#isTerminal) return void process.stdout.write(`\r\x1b[K${text.slice(0, width() - 1)}`);
    const now = performance.now();
    if (now - this.#last < interval) return;
    this.#last = now;
    process.stdout.write(`${text}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isTerminal) process.stdout.write("\r\x1b[K");
  }
}

function width(): number {
  return process.stdout.columns || 80;
}

/**
 * Lines at the bottom of a terminal's text that are drawn again and again.
 *
 * Between two drawings the cursor stands at the beginning of the first line. So what somebody else writes, a child say, goes over a line
 * that is drawn anew below it, and is not itself overwritten; and what a terminal makes of the lines when it gets narrower does
 * not matter, since everything from the cursor on is cleared.
 *
 * @module
 */

const CLEAR_REST_OF_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const NEXT_LINE = "\r\n";

/** The lines of one terminal. */
export class LiveRegion {
  readonly #write: (text: string) => void;
  #lines: readonly string[] = [];
  /** The columns that there were when they were drawn. */
  #width = 0;

  /** @param write Writes to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /**
   * Shows lines in place of those that are shown. Nothing is written where they are the same.
   *
   * @param lines The lines, none of which takes the whole width.
   * @param width The columns that there are.
   */
  draw(lines: readonly string[], width: number): void {
    if (lines.length === 0) return this.hide();
    const isSame = width === this.#width && lines.length === this.#lines.length &&
      lines.every((line, i) => line === this.#lines[i]);
    if (isSame) return;
    // Lines that were drawn for a wider terminal may stand in more rows now.
    const before = width < this.#width ? `\r${CLEAR_BELOW}` : "\r";
    const text = lines.map((line) => line + CLEAR_REST_OF_LINE).join(NEXT_LINE);
    const after = this.#lines.length > lines.length ? CLEAR_BELOW : "";
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
    this.#lines = lines;
    this.#width = width;
    this.#write(`${before}${text}${after}\r${up}`);
  }

  /** Takes the lines away: what is written next stands in their place. */
  hide(): void {
    if (this.#lines.length === 0) return;
    this.#lines = [];
    this.#write(`\r${CLEAR_BELOW}`);
  }

  /** Takes the lines away, and writes a text in their place. */
  print(text: string): void {
    this.hide();
    this.#write(text);
  }

  /** Leaves the lines as they are, and goes on below them. */
  leave(): void {
    if (this.#lines.length === 0) return;
    this.#write(NEXT_LINE.repeat(this.#lines.length));
    this.#lines = [];
  }
}

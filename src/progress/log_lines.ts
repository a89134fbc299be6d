/**
 * Progress where lines stay: one every two seconds, and one at the end. No character of it moves a cursor.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../event_loop/timers.ts";
import { mainLine } from "./bar_line.ts";
import type { ProgressBar } from "./bar.ts";
import type { Progress } from "./state.ts";

/** How often (ms) there is a line. */
const INTERVAL = 2_000;
const WIDTH = 100;

/** Writes lines for one bar. */
export class LogLines implements ProgressBar {
  readonly #label: string;
  readonly #keep: boolean;
  readonly #write: (text: string) => void;
  readonly #interval: number;
  #progress: Progress | null = null;
  #writtenAt = performance.now();
  #timer: Timer | null = null;

  /**
   * @param label What stands in front; may be empty.
   * @param keep Whether there is a line at the end.
   * @param write Writes a line, with its end.
   * @param interval How often (ms) there is a line.
   */
  constructor(
    label: string,
    keep: boolean,
    write: (text: string) => void,
    interval: number = INTERVAL,
  ) {
    this.#label = label;
    this.#keep = keep;
    this.#write = write;
    this.#interval = interval;
  }

  show(progress: Progress): void {
    this.#progress = progress;
    const left = this.#writtenAt + this.#interval - performance.now();
    if (left <= 0) this.#line();
    else this.#timer ??= unrefTimer(setTimeout(() => this.#line(), left));
  }

  end(progress: Progress): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#keep) this.#write(`${mainLine(this.#label, progress, true, WIDTH)}\n`);
  }

  #line(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writtenAt = performance.now();
    this.#write(`${mainLine(this.#label, this.#progress!, false, WIDTH)}\n`);
  }
}

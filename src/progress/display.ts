/**
 * All bars of a program, in one terminal: a line for each that runs, in the order in which they began, with those of its tasks below it.
 *
 * A last line that stays is written above the bars that go on. While the program has begun a line of its own and not ended it,
 * nothing is drawn: so a question to the user stays as it is.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../event_loop/timers.ts";
import { mainLine, taskLine } from "./bar_line.ts";
import { LiveRegion } from "./live_region.ts";
import type { ProgressBar } from "./bar.ts";
import type { Host } from "./other_output.ts";
import type { Progress } from "./state.ts";

/** The shortest time (ms) between two drawings. */
const INTERVAL = 100;
/** Where nobody says how large the terminal is. */
const USUAL = { columns: 80, rows: 24 };

/** A terminal. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Gets in the way of whatever else is written there. Returns what undoes it. */
export type Intercept = (host: Host, onExit: () => void) => () => void;

/** How a bar is shown. */
export interface BarSettings {
  /** What stands in front of it; may be empty. */
  readonly label: string;
  /** Whether its last line stays. */
  readonly keep: boolean;
  /** Bars with a smaller one stand above it. */
  readonly order: number;
}

interface Shown extends BarSettings {
  progress: Progress;
}

/** The bars of one terminal. */
export class Display implements Host {
  readonly #terminal: Terminal;
  readonly #region: LiveRegion;
  readonly #intercept: Intercept;
  readonly #interval: number;
  readonly #bars: Shown[] = [];
  /** Undoes what is done while there are bars; `null` while there are none. */
  #putBack: (() => void) | null = null;
  #timer: Timer | null = null;
  #drawnAt = -Infinity;
  /** Whether the program has begun a line that it has not ended. */
  #isInLine = false;
  /** Whether it is drawn again when this turn has written what it has to write. */
  #isComing = false;

  /**
   * @param terminal The terminal; its `write` is looked up now.
   * @param intercept Gets in the way of what else is written there.
   * @param interval The shortest time (ms) between two drawings.
   */
  constructor(terminal: Terminal, intercept: Intercept, interval: number = INTERVAL) {
    this.#terminal = terminal;
    const { write } = terminal;
    this.#region = new LiveRegion((text) => void write.call(terminal, text));
    this.#intercept = intercept;
    this.#interval = interval;
  }

  /**
   * Adds a bar.
   *
   * @param settings How it is shown.
   * @param start How far it is.
   * @returns The bar.
   */
  open(settings: BarSettings, start: Progress): ProgressBar {
    const shown: Shown = { ...settings, progress: start };
    this.#bars.push(shown);
    this.#bars.sort((some, other) => some.order - other.order);
    this.#putBack ??= this.#intercept(this, () => this.#region.leave());
    this.#changed();
    return {
      show: (progress) => {
        shown.progress = progress;
        this.#changed();
      },
      end: (progress) => {
        shown.progress = progress;
        this.#end(shown);
      },
    };
  }

  before(): void {
    this.#region.hide();
  }

  after(endsLine: boolean): void {
    this.#isInLine = !endsLine;
    if (this.#isComing) return;
    this.#isComing = true;
    queueMicrotask(() => {
      this.#isComing = false;
      this.#draw();
    });
  }

  /** Draws it, now or when it is time. */
  #changed(): void {
    const left = this.#drawnAt + this.#interval - performance.now();
    if (left <= 0) this.#draw();
    else this.#timer ??= unrefTimer(setTimeout(() => this.#draw(), left));
  }

  #end(shown: Shown): void {
    const at = this.#bars.indexOf(shown);
    if (at < 0) return;
    this.#bars.splice(at, 1);
    if (shown.keep) {
      const line = mainLine(shown.label, shown.progress, true, this.#width);
      this.#region.print(`${this.#isInLine ? "\r\n" : "\r"}${line}\r\n`);
      this.#isInLine = false;
    }
    this.#draw();
    if (this.#bars.length > 0) return;
    this.#putBack?.();
    this.#putBack = null;
    // What is written from now on is not seen any more.
    this.#isInLine = false;
  }

  #draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isInLine) return;
    this.#drawnAt = performance.now();
    this.#region.draw(this.#lines(), this.#width);
  }

  /** One less than there are: behind a character in the last column terminals do different things. */
  get #width(): number {
    return Math.max(1, (this.#terminal.columns || USUAL.columns) - 1);
  }

  /** As many as there is room for: the bars, then the tasks of the first ones. */
  #lines(): string[] {
    const width = this.#width;
    const rows = Math.max(1, (this.#terminal.rows || USUAL.rows) - 1);
    let free = rows - this.#bars.length;
    const lines: string[] = [];
    for (const { label, progress } of this.#bars) {
      const { tasks } = progress;
      const own = ownProgress(progress);
      lines.push(mainLine(label, own, false, width));
      if (own !== progress) continue;
      for (const task of tasks) if (free-- > 0) lines.push(taskLine(task, width));
    }
    return lines.slice(0, rows);
  }
}

/** Of a single item, what it says itself is all there is to show. */
function ownProgress(progress: Progress): Progress {
  const [task] = progress.tasks;
  if (progress.total !== 1 || progress.done > 0 || task === undefined) return progress;
  const { done, total } = task;
  const { elapsedMs } = progress;
  const rate = elapsedMs === 0 ? 0 : done / elapsedMs * 1000;
  const left = total === null ? null : total - done;
  const remainingMs = left === 0 ? 0 : left === null || rate === 0 ? null : left / rate * 1000;
  return { ...progress, done, total, rate, remainingMs };
}

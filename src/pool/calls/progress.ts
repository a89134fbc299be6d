/**
 * How far a map is: told to a function of the caller's, and shown as a bar in the terminal.
 *
 * @module
 */

import {
  checkBoolean,
  checkString,
  checkValues,
  type OptionTable,
} from "../../support/option_checks.ts";
import { checkOptions, show } from "../../support/options.ts";
import type { ItemMeter } from "../jobs/item_meter.ts";
import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import { report } from "./async_result.ts";
import type { ProgressBar } from "./progress_bar.ts";
import type { Progress, ProgressOptions } from "./progress_state.ts";

/** What a map says about its progress. */
export interface ProgressSettings {
  /** Whether to show a bar on the standard error stream, if that is a terminal; or how. @default false */
  progress?: boolean | ProgressOptions;
  /** Called with the progress, at most ten times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
}

/** The shortest time (ms) between two calls. */
const INTERVAL = 100;
const OPTIONS: OptionTable<ProgressOptions> = { label: checkString, always: checkBoolean };

/**
 * Checks what a map says about its bar.
 *
 * @param name What the option is called.
 * @param progress What the user gave.
 * @throws {TypeError} when it is of the wrong type.
 */
export function checkProgress(name: string, progress: unknown): void {
  if (typeof progress === "boolean") return;
  if (typeof progress !== "object" || progress === null) {
    throw new TypeError(`"${name}" must be true, false or an object, got ${show(progress)}`);
  }
  checkOptions(`"${name}"`, progress, Object.keys(OPTIONS), "{ always: true }");
  checkValues<ProgressOptions>(progress, OPTIONS, `${name}.`);
}

/** Counts what is done of one map, and tells of it. */
export class ProgressMeter implements ItemMeter {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #since = performance.now();
  #total: number | null;
  #done = 0;
  #failed = 0;
  #toldAt = -Infinity;
  #toldDone = -1;
  #timer: Timer | null = null;
  #isOver = false;
  #bar: Promise<ProgressBar | null> | null = null;

  /**
   * @param settings Whom to tell, and what to show.
   * @param total How many items there are; `null` where that is not known yet.
   */
  constructor({ progress = false, onProgress }: ProgressSettings, total: number | null) {
    this.#onProgress = onProgress;
    this.#total = total;
    if (progress !== false) this.#bar = openBar(progress === true ? {} : progress, this);
  }

  /**
   * A meter, if anybody wants to know.
   *
   * @param settings Whom to tell, and what to show.
   * @param total How many items there are; `null` where that is not known yet.
   * @returns The meter; `null` where nobody does.
   */
  static for(settings: ProgressSettings | undefined, total: number | null): ProgressMeter | null {
    const { progress = false, onProgress } = settings ?? {};
    if (progress === false && onProgress === undefined) return null;
    return new ProgressMeter({ progress, onProgress }, total);
  }

  /** How far it is. */
  get state(): Progress {
    const elapsedMs = performance.now() - this.#since;
    const rate = elapsedMs === 0 ? 0 : this.#done / elapsedMs * 1000;
    const left = this.#total === null ? null : this.#total - this.#done;
    const remainingMs = left === 0 ? 0 : left === null || rate === 0 ? null : left / rate * 1000;
    return Object.freeze({
      done: this.#done,
      total: this.#total,
      failed: this.#failed,
      elapsedMs,
      rate,
      remainingMs,
    });
  }

  /** Says how many items there are, once that is known. */
  expect(total: number): void {
    this.#total = total;
  }

  /**
   * Takes note of items that are done.
   *
   * @param items How many.
   * @param failed How many of them failed.
   */
  add(items: number, failed: number): void {
    if (this.#isOver) return;
    this.#done += items;
    this.#failed += failed;
    if (performance.now() - this.#toldAt >= INTERVAL) this.#tell();
    else this.#timer ??= unrefTimer(setTimeout(() => this.#tell(), INTERVAL));
  }

  /** Says that it is over, one way or the other. */
  end(): void {
    if (this.#isOver) return;
    this.#tell();
    this.#isOver = true;
    void this.#bar?.then((bar) => bar?.end(this.state));
  }

  #tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isOver || this.#toldDone === this.#done) return;
    this.#toldAt = performance.now();
    this.#toldDone = this.#done;
    report(this.#onProgress, this.state);
    void this.#bar?.then((bar) => bar?.show(this.state));
  }
}

/** A bar is nothing to fail for. */
async function openBar(
  options: ProgressOptions,
  meter: ProgressMeter,
): Promise<ProgressBar | null> {
  try {
    // Loaded only where a bar is asked for.
    const { openProgressBar } = await import("./progress_bar.ts");
    return await openProgressBar(options, meter.state);
  } catch (error) {
    console.error("The progress cannot be shown:", error);
    return null;
  }
}

/**
 * Counts what is done of something, tells a function of the caller's, and shows it as a bar in the terminal.
 *
 * Whoever counts calls {@linkcode ProgressMeter.add} as often as it likes. What is told is told there, and not by a timer alone: a
 * program that computes and never yields sees its bar move.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../event_loop/timers.ts";
import type { ProgressBar } from "./bar.ts";
import type { Progress, ProgressOptions, ProgressSettings, TaskProgress } from "./state.ts";

/** The shortest time (ms) between two times that it is told. */
const INTERVAL = 100;
/** How many bars there were: modules that are loaded late do not come in the order in which they were asked for. */
let bars = 0;
const NONE: readonly TaskProgress[] = Object.freeze([]);

/** Counts what is done of one map or loop, and tells of it. */
export class ProgressMeter {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #since = performance.now();
  #total: number | null;
  #done = 0;
  #failed = 0;
  #tasks: readonly TaskProgress[] = NONE;
  #toldAt = -Infinity;
  #toldDone = -1;
  #toldTotal: number | null = null;
  /** Set while something is to be told a little later. */
  #timer: Timer | null = null;
  /** Tells what the tasks say, and when that is looked at; `null` where there are none. */
  #watch: { readonly read: () => readonly TaskProgress[]; readonly timer: Timer } | null = null;
  /** How far it was at its end. */
  #last: Progress | null = null;
  #bar: ProgressBar | null = null;
  /** Resolves when there is a bar, or will be none; `null` where none is wanted. */
  readonly opened: Promise<void> | null = null;

  /**
   * @param settings Whom to tell, and what to show.
   * @param total How many items there are; `null` where that is not known yet.
   */
  constructor({ progress = false, onProgress }: ProgressSettings, total: number | null) {
    this.#onProgress = onProgress;
    const options = typeof progress === "boolean" ? {} : progress;
    this.#total = total ?? options.total ?? null;
    if (progress !== false) this.opened = this.#open(options);
  }

  /**
   * A meter, if anybody wants to know.
   *
   * @param settings Whom to tell, and what to show.
   * @param total How many items there are; `null` where that is not known yet.
   * @returns The meter; `null` where nobody does.
   */
  static for(settings: ProgressSettings | undefined, total: number | null): ProgressMeter | null {
    if (settings === undefined) return null;
    const { progress = false, onProgress } = settings;
    if (progress === false && onProgress === undefined) return null;
    return new ProgressMeter({ progress, onProgress }, total);
  }

  /** How far it is. */
  get state(): Progress {
    if (this.#last !== null) return this.#last;
    const done = this.#done;
    const elapsedMs = performance.now() - this.#since;
    const rate = elapsedMs === 0 ? 0 : done / elapsedMs * 1000;
    // Whoever said how many there are may have guessed.
    const total = this.#total === null || done > this.#total ? null : this.#total;
    const left = total === null ? null : total - done;
    const remainingMs = left === 0 ? 0 : left === null || rate === 0 ? null : left / rate * 1000;
    const failed = this.#failed;
    const tasks = this.#tasks;
    return Object.freeze({ done, total, failed, elapsedMs, rate, remainingMs, tasks });
  }

  /** Says how many items there are, once that is known. */
  expect(total: number): void {
    this.#total = total;
  }

  /**
   * Looks at what tasks say, from now on to the end.
   *
   * @param read Tells what those say that run.
   */
  watch(read: () => readonly TaskProgress[]): void {
    if (this.#last !== null || this.#watch !== null) return;
    const look = () => this.#hasNews() && this.#tell();
    this.#watch = { read, timer: unrefTimer(setInterval(look, INTERVAL) as Timer) };
  }

  /**
   * Takes note of items that are done.
   *
   * @param items How many.
   * @param failed How many of them failed.
   */
  add(items: number, failed: number): void {
    if (this.#last !== null) return;
    this.#done += items;
    this.#failed += failed;
    if (performance.now() - this.#toldAt >= INTERVAL) this.#tell();
    else this.#timer ??= unrefTimer(setTimeout(() => this.#tell(), INTERVAL));
  }

  /** Says that it is over, one way or the other. */
  end(): void {
    if (this.#last !== null) return;
    if (this.#watch !== null) clearInterval(this.#watch.timer);
    this.#watch = null;
    if (this.#hasNews()) this.#tell();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#last = this.state;
    this.#bar?.end(this.#last);
  }

  /** Whether anything has changed since it was told last. */
  #hasNews(): boolean {
    const tasks = this.#watch?.read() ?? NONE;
    const isSame = this.#toldDone === this.#done && this.#toldTotal === this.#total &&
      areSame(tasks, this.#tasks);
    this.#tasks = tasks;
    return !isSame;
  }

  #tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#watch !== null) this.#tasks = this.#watch.read();
    this.#toldAt = performance.now();
    this.#toldDone = this.#done;
    this.#toldTotal = this.#total;
    const { state } = this;
    this.#bar?.show(state);
    if (this.#onProgress === undefined) return;
    try {
      this.#onProgress(state);
    } catch (error) {
      console.error(`"onProgress" threw:`, error);
    }
  }

  /** A bar is nothing to fail for. */
  async #open(options: ProgressOptions): Promise<void> {
    const order = bars++;
    try {
      // Loaded only where a bar is asked for.
      const { openBar } = await import("./open_bar.ts");
      this.#bar = await openBar(options, order, () => this.state);
      if (this.#last !== null) this.#bar?.end(this.#last);
    } catch (error) {
      console.error("The progress cannot be shown:", error);
    }
  }
}

function areSame(some: readonly TaskProgress[], others: readonly TaskProgress[]): boolean {
  return some.length === others.length && some.every((task, i) => {
    const other = others[i];
    return task.task === other.task && task.item === other.item && task.done === other.done &&
      task.total === other.total;
  });
}

/**
 * What is shown of the windows of several programs: the median program, the worst one, and whether a target is met.
 *
 * @module
 */

import type { RuntimeName } from "../support/runtimes.ts";
import { median } from "./timing.ts";
import type { Series } from "./types.ts";

/** A figure that is made of some windows. */
export interface Column {
  name: string;
  /** Where it is not that of the measurement. */
  unit?: string;
  /** The first and the last window, from 1. */
  from: number;
  to: number;
  /** The window in the middle, or the worst one. */
  take: "middle" | "worst";
  /** The value itself, over the bare runtime's in the same window, or that of the worst program over that of the median one. */
  as: "value" | "over bare" | "spread";
  /** Whether it is the runtime's alone, and no library is ahead in it. */
  isGiven?: boolean;
  /** What this library has set itself: at most where lower is better, at least where higher is. */
  target?: Target;
}

/** A target, for all runtimes or for each. */
export type Target = number | Record<RuntimeName, number>;

/** What is better. */
export type Better = "lower" | "higher";

/** One window of several programs, or what was made of such windows. */
export interface Spread {
  /** Of the median program. */
  median: number;
  /** Of the worst one. */
  worst: number;
}

/** One window. */
export function at(window: number, target?: Target, name = ordinal(window)): Column {
  return { name, from: window, to: window, take: "middle", as: "value", target };
}

/** Each window from one on: the worst one has to do. */
export function every(from: number, target?: Target): Column {
  const name = `each from ${ordinal(from)}`;
  return { name, from, to: Infinity, take: "worst", as: "value", target };
}

/** What it comes to. */
export function settled(from: number, target?: Target): Column {
  return { name: "settled", from, to: Infinity, take: "middle", as: "value", target };
}

/** Each window over the bare runtime's, under the same start method. */
export function overBare(from: number, target?: Target): Column {
  const name = `from ${ordinal(from)} / bare`;
  return { ...every(from, target), name, unit: "times", as: "over bare" };
}

/** How far the worst program is from the median one, in each window. */
export function spread(target?: Target): Column {
  return { ...every(1, target), name: "worst / median", unit: "times", as: "spread" };
}

/** The figure of a column, or `null` where no program came so far. */
export function figureOf(
  column: Column,
  better: Better,
  own: readonly Series[],
  bare: readonly Series[],
): Spread | null {
  const windows = windowsOf(own, better);
  const parts = column.as === "over bare"
    ? dividedBy(windows, windowsOf(bare, better))
    : column.as === "spread"
    ? windows.map(({ median, worst }) => ({ median: worst / median, worst: worst / median }))
    : windows;
  const chosen = parts.slice(column.from - 1, column.to);
  if (chosen.length === 0) return null;
  const medians = chosen.map((part) => part.median);
  const value = column.take === "middle" ? median(medians) : worstOf(medians, better);
  return { median: value, worst: worstOf(chosen.map((part) => part.worst), better) };
}

/** Whether a figure does for a target. */
export function isMet(figure: Spread | null, target: number, better: Better): boolean {
  if (figure === null) return false;
  return better === "lower" ? figure.median <= target : figure.median >= target;
}

/** A column's target for a reader. */
export function describeTarget({ target }: Column, better: Better): string {
  if (target === undefined) return "";
  const sign = better === "lower" ? "≤" : "≥";
  if (typeof target === "number") return `${sign} ${target}`;
  return `${sign} ${Object.entries(target).map(([name, value]) => `${value} ${name}`).join(", ")}`;
}

/** The target on a runtime. */
export function targetOn(runtime: string, { target }: Column): number | null {
  if (typeof target !== "object") return target ?? null;
  return target[runtime as RuntimeName] ?? null;
}

/** Each window of those programs that came so far. */
export function windowsOf(runs: readonly Series[], better: Better): Spread[] {
  const count = Math.max(0, ...runs.map(({ windows }) => windows.length));
  return Array.from({ length: count }, (_, i) => {
    const values = runs.flatMap(({ windows }) => windows.slice(i, i + 1));
    return { median: median(values), worst: worstOf(values, better) };
  });
}

/** Windows over those of the bare runtime; where it was given up earlier, over its window in the middle. */
function dividedBy(windows: Spread[], bare: Spread[]): Spread[] {
  if (bare.length === 0) return [];
  const middle = median(bare.map((window) => window.median));
  return windows.map((window, i) => {
    const divisor = bare[i]?.median ?? middle;
    return { median: window.median / divisor, worst: window.worst / divisor };
  });
}

function worstOf(values: readonly number[], better: Better): number {
  return better === "lower" ? Math.max(...values) : Math.min(...values);
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
  return `${n}${ending}`;
}

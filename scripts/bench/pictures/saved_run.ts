/**
 * A run of the bench as its JSON has it, as far as it is drawn.
 *
 * @module
 */

import type { Spread } from "../columns.ts";
import type { Growth } from "../growth.ts";

/** What one subject came to at one measurement. */
export interface Measured {
  readonly measurement: string;
  /** What a reader is told of the measurement. */
  readonly title: string;
  readonly condition: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly library: string;
  readonly runtime: string;
  readonly method: string;
  readonly kind: "own" | "limit" | "peer";
  readonly programs: number;
  readonly windows: readonly Spread[];
}

/** A run. */
export interface SavedRun {
  readonly machine: string;
  /** The day on which it was made: `2026-01-31`. */
  readonly date: string;
  readonly results: readonly (Measured | Growth)[];
}

/** Whether a result is a curve. */
export function isGrowth(result: Measured | Growth): result is Growth {
  return "curve" in result;
}

/**
 * Reads a run.
 *
 * @param text The JSON that `--json` prints; what npm prints before it is left out.
 * @returns The run.
 * @throws {Error} when it is none.
 */
export function readRun(text: string): SavedRun {
  const start = /^\{/m.exec(text)?.index ?? 0;
  const run = JSON.parse(text.slice(start)) as SavedRun;
  const { machine, date, results } = run;
  if (typeof machine !== "string" || typeof date !== "string" || !Array.isArray(results)) {
    throw new Error('It is no run of the bench: "machine", "date" and "results" are wanted');
  }
  const isWhole = (one: Record<string, unknown>): boolean =>
    ["windows", "points"].some((name) => Array.isArray(one[name])) && typeof one.title === "string";
  if (!results.every(isWhole)) throw new Error("It has results that cannot be drawn");
  return run;
}

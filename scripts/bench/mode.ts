/**
 * The ways in which the bench can be asked.
 *
 * @module
 */

import process from "node:process";
import type { Choice } from "./plan.ts";
import { jsonOf } from "./results.ts";
import type { Result } from "./run.ts";

/** What the user asked for. */
export interface Asked {
  /** Some of the mode's names. */
  only: readonly string[];
  /** Whom to measure: one for each condition. */
  choices: readonly Choice[];
  /** How many programs a figure is taken from. */
  programs: number;
  /** Whether to print all windows. */
  windows: boolean;
  print(text: string): void;
}

/** One way. */
export interface Mode {
  /** What a reader is told. */
  about: string;
  /** Options that mean nothing there. */
  refuses: readonly ("runtime" | "condition" | "no-peers" | "windows")[];
  /** What can be measured. */
  names: readonly string[];
  /** How many programs a figure is taken from where nothing else is said. */
  programs: number;
  /** How long (ms) a program goes on to the next window. */
  budget: Choice["budget"];
  /** Measures, prints its tables, and gives all that was found. */
  measure(asked: Asked): Promise<unknown[]>;
}

/** Results for the JSON; what this library could not do is a failure of the bench. */
export function finish(results: Result[]): unknown[] {
  if (results.some(({ job, runs }) => job.kind === "own" && runs.length === 0)) {
    process.exitCode = 1;
  }
  return jsonOf(results);
}

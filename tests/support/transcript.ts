/**
 * What a test saw, written down so that the runs can be compared: every runtime, under both start methods, has to
 * write the same bytes. Pids, times and memory addresses do not belong here; results, orders and error texts do.
 *
 * A record belongs to a test, and its place in the transcript is the test's name: runners may order tests as they
 * like. Only the main program writes (children share the variable but not the order of their writes).
 *
 * @example Record a result
 * ```ts
 * test("map keeps the order of its input", async (t) => {
 *   record(t.name, await pool.map(square, [3, 1, 2]));
 * });
 * ```
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import process from "node:process";
import { stableText } from "./stable_text.ts";

/** Adds one line to this run's transcript. Does nothing when a file is run by hand, without the runner. */
export function record(testName: string, value: unknown): void {
  const path = process.env.ALLCORES_TRANSCRIPT;
  if (!path) return;
  appendFileSync(path, `${JSON.stringify(testName)} ${stableText(value)}\n`);
}

/**
 * V8's traces of deoptimisations, which it writes into a file for each process and thread: `code-<pid>-<number>.asm`.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What makes V8 write them into the working directory. */
export const traceFlags: readonly string[] = ["--trace-deopt", "--redirect-code-traces"];

/** A function whose compiled code was thrown away, and why. */
export interface Bailout {
  name: string;
  reason: string;
}

/** The deoptimisations in each file of a folder, in their order. */
export function readBailouts(folder: string): Record<string, Bailout[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".asm"));
  return Object.fromEntries(
    files.map((file) => [file, parseBailouts(readFileSync(join(folder, file), "utf8"))]),
  );
}

/** How many there are in each file. */
export function countBailouts(folder: string): Record<string, number> {
  const all = Object.entries(readBailouts(folder));
  return Object.fromEntries(all.map(([file, bailouts]) => [file, bailouts.length]));
}

/** The deoptimisations that a trace tells of. */
export function parseBailouts(text: string): Bailout[] {
  const lines = text.split("\n").filter((line) => line.startsWith("[bailout"));
  return lines.map((line) => ({
    name: /<JSFunction (.*?) ?\(sfi/.exec(line)?.[1] || "(anonymous)",
    reason: /reason: (.*?)\): begin/.exec(line)?.[1] ?? "(unknown)",
  }));
}

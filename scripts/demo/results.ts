/**
 * What the demo found, for its reader.
 *
 * @module
 */

import { indent } from "../support/text.ts";
import { grouped, table } from "../support/table.ts";
import type { Run, Timing } from "./run_program.ts";
import type { Summary } from "./summary.ts";

/** How many of the files that could not be read are named. */
const mostNamed = 10;

/**
 * Prints everything.
 *
 * @param runs What the programs gave.
 * @returns Whether none failed, and all found the same.
 */
export function printResults(runs: Run[]): boolean {
  const timings = runs.flatMap((run) => run.timings);
  const first = timings.at(0)?.summary;
  console.log(`\n${tableOf(runs)}\n`);
  if (first) {
    console.log(
      "Seconds: the work alone, on workers that have started. Speed-up: their ratio.\n",
    );
    printSummary(first);
  }
  for (const run of runs) printTrouble(run);
  return printVerdict(timings, runs.filter((run) => run.failure !== null).length);
}

function tableOf(runs: Run[]): string {
  const workers = runs.map((run) => run.timings.at(1)?.workers).find((count) =>
    count !== undefined
  );
  const all = workers === undefined ? "all workers" : `${workers} workers`;
  const head = ["runtime", "method", "digest", "files", "1 worker", all, "speed-up"];
  return table(head, runs.map(rowOf), "lllrrrr");
}

function rowOf({ runtime, method, timings, refusal }: Run): string[] {
  const [one, all] = timings;
  const state = refusal === null ? "failed" : "not available";
  return [
    runtime,
    method,
    all ? all.summary.digest.slice(0, 16) : state,
    all ? grouped(all.summary.files) : "-",
    one ? `${one.seconds.toFixed(2)} s` : "-",
    all ? `${all.seconds.toFixed(2)} s` : "-",
    all && all.summary.files > 0 ? `${(one.seconds / all.seconds).toFixed(2)} x` : "-",
  ];
}

function printSummary({ files, lines, bytes, words, unreadable }: Summary): void {
  console.log(`${grouped(files)} files, ${grouped(lines)} lines, ${grouped(bytes)} bytes`);
  if (words.length > 0) printWords(words);
  if (unreadable.length === 0) return;
  console.log(`\nNot read: ${grouped(unreadable.length)}`);
  for (const { path, error } of unreadable.slice(0, mostNamed)) console.log(`  ${path}: ${error}`);
  if (unreadable.length > mostNamed) console.log("  …");
}

/** Two identifiers a line, so that all stay in sight. */
function printWords(words: [string, number][]): void {
  const half = Math.ceil(words.length / 2);
  const cells = words.map(([word, count], i) => [`${i + 1}`.padStart(2), word, grouped(count)]);
  const widths = [1, 2].map((i) => Math.max(...cells.map((cell) => cell[i].length)));
  const text = ([rank, word, count]: string[]) =>
    `${rank}  ${word.padEnd(widths[0])}  ${count.padStart(widths[1])}`;
  console.log(`\nThe ${words.length} most frequent identifiers, outside of comments and quotes`);
  for (let i = 0; i < half; i++) {
    console.log([cells[i], cells[i + half]].filter(Boolean).map(text).join("      "));
  }
}

function printTrouble({ runtime, method, refusal, failure }: Run): void {
  if (refusal !== null) console.log(`\n${runtime} ${method} is not available: ${refusal}`);
  if (failure !== null) console.log(`\n${runtime} ${method} ${indent(failure).trimStart()}`);
}

function printVerdict(timings: Timing[], failed: number): boolean {
  const verdict = verdictOn(timings);
  console.log(`\n${verdict}${failed > 0 ? `, but ${failed} of the runs FAILED` : ""}`);
  return verdict.startsWith("All") && failed === 0;
}

function verdictOn(timings: Timing[]): string {
  const counts = timings.map(({ summary }) => JSON.stringify({ ...summary, unreadable: null }));
  const digests = new Set(timings.map(({ summary }) => summary.digest));
  if (timings.length === 0) return "Nothing was counted";
  if (digests.size > 1) return "The digests DIFFER: not all runs read the same";
  if (new Set(counts).size > 1) return "The digests agree, the counts DIFFER";
  return `All digests agree (${timings.length}): ${[...digests][0]}`;
}

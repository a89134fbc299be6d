/**
 * One run of the demo, on the runtime that it is started with: the same work on one worker, then on all cores.
 *
 * Started by `scripts/demo.ts`, which it tells everything by a line of JSON on its standard output. It ends when its standard
 * input does, so that it does not outlive the demo, however that ends.
 *
 * @module
 */

import process from "node:process";
import { getContext, NotSupportedError, type Pool, ref, type StartMethod } from "../../mod.ts";
import { listSourceFiles, makeBatches } from "./source_files.ts";
import { type Summary, summarize } from "./summary.ts";
import type { nameAfter, studyBatch } from "./work.ts";

/** What a run tells the demo. */
export type Message =
  | { kind: "progress"; workers: number; done: number; total: number }
  | { kind: "result"; workers: number; seconds: number; summary: Summary }
  | { kind: "refused"; reason: string };

const [, , method, folder] = process.argv;
const progressInterval = 100;
const context = getContext(method as StartMethod);
const work = new URL("./work.ts", import.meta.url);
const introduce = ref<typeof nameAfter>(work, "nameAfter");
const study = ref<typeof studyBatch>(work, "studyBatch");

process.stdin.once("close", leave).once("end", leave).resume();
const { files, unreadable } = listSourceFiles(folder);
const batches = makeBatches(folder, files);
try {
  for (const workers of [1, context.cpuCount()]) await studyWith(workers);
} catch (error) {
  if (!(error instanceof NotSupportedError)) throw error;
  tell({ kind: "refused", reason: error.message });
}
process.stdin.off("close", leave).off("end", leave).destroy();

function leave(): void {
  process.exit(1);
}

async function studyWith(workers: number): Promise<void> {
  await using pool = new context.Pool(workers);
  await everyWorker(pool, workers);
  const timer = setInterval(reportProgress, progressInterval, pool, workers, pool.stats.done);
  const started = performance.now();
  const summary = summarize(await pool.map(study, batches));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  summary.unreadable.unshift(...unreadable);
  tell({ kind: "result", workers, seconds, summary });
}

/** Waits until every worker has imported what it needs, so that the work alone is timed. */
async function everyWorker(pool: Pool, workers: number): Promise<void> {
  const seen = new Set<string>();
  while (seen.size < workers) {
    for (const name of await pool.map(introduce, Array(workers).fill(20))) seen.add(name);
  }
}

function reportProgress(pool: Pool, workers: number, before: number): void {
  tell({ kind: "progress", workers, done: pool.stats.done - before, total: batches.length });
}

function tell(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * One run of the demo, on the runtime that it is started with: the same work on one worker, then on all cores.
 *
 * Started by `scripts/demo.ts`, which it tells everything by lines of JSON on its standard output. The end of its standard
 * input tells that the demo has what it needs, or is gone: so this does not outlive it, however it ends.
 *
 * @module
 */

import process from "node:process";
import { getContext, NotSupportedError, type Pool, ref, type StartMethod } from "../../mod.ts";
import { listSourceFiles, makeBatches } from "./source_files.ts";
import { summarize, type Summary } from "./summary.ts";
import type { nameAfter, studyBatch } from "./work.ts";

/** What a run tells the demo. */
export type Message =
  | { kind: "progress"; workers: number; done: number; total: number }
  | { kind: "result"; workers: number; seconds: number; summary: Summary }
  | { kind: "refused"; reason: string };

const [, , method, folder] = process.argv;
/** How often (ms) to tell how far it is. */
const progressInterval = 100;
const context = getContext(method as StartMethod);
const work = new URL("./work.ts", import.meta.url);
const introduce = ref<typeof nameAfter>(work, "nameAfter");
const study = ref<typeof studyBatch>(work, "studyBatch");

let isDone = false;

process.stdin.once("close", leave).once("end", leave).resume();
const { files, unreadable } = listSourceFiles(folder);
const batches = makeBatches(folder, files);
try {
  for (const workers of [1, context.cpuCount()]) tell(await studyWith(workers));
} catch (error) {
  if (!(error instanceof NotSupportedError)) throw error;
  tell({ kind: "refused", reason: error.message });
}
isDone = true;

function leave(): void {
  if (!isDone) process.exit(1);
}

async function studyWith(workers: number): Promise<Message> {
  await using pool = new context.Pool(workers);
  await everyWorker(pool, workers);
  const timer = setInterval(reportProgress, progressInterval, pool, workers, pool.stats.done);
  const started = performance.now();
  const summary = summarize(await pool.map(study, batches));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  summary.unreadable.unshift(...unreadable);
  return { kind: "result", workers, seconds, summary };
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

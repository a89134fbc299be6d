/**
 * The test command: every test file on Deno, Bun and Node, under both start methods, then a comparison of what the runs
 * recorded. The last line is `N passed, N failed, N skipped`; the exit code is 1 when anything failed.
 *
 * ```sh
 * npm test
 * npm test -- --runtime bun --method thread --filter queue --verbose
 * ```
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { choose } from "./support/choose.ts";
import { runMain } from "./support/run_main.ts";
import { findSharedLeftovers, sharedEntries } from "./support/leftovers.ts";
import { type FileResult, runTestFile } from "./support/run_test_file.ts";
import { type RuntimeName, runtimeNames } from "./support/runtimes.ts";
import { type RunKind, runName, type TestRun, testRuns } from "./support/test_runs.ts";
import { sideBySide } from "./support/side_by_side.ts";
import { indent, tail } from "./support/text.ts";
import { describeDifferences } from "./support/transcripts.ts";

const usage = `Options:
  --runtime NAME    deno, bun or node (may be repeated; default: all)
  --method NAME     process, thread or unit (may be repeated; default: all)
  --filter PART     only files whose name contains this (may be repeated)
  --jobs N          files run at the same time (default: one more than there are cores, since some wait; with 1, /dev/shm
                    is looked at after each file, else at the end)
  --timeout SECONDS for one file (default 120)
  --jsr             let Deno take @std packages from JSR, not the stand-ins
  --verbose         a line for each file
  --keep            keep the folder with reports and transcripts
  --help`;

const { values: options } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true },
    method: { type: "string", multiple: true },
    filter: { type: "string", multiple: true },
    jobs: { type: "string", default: String(availableParallelism() + 1) },
    timeout: { type: "string", default: "120" },
    jsr: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

if (options.help) console.log(usage);
else await runMain("test", main);

async function main(): Promise<void> {
  const runs = testRuns({
    runtimes: choose<RuntimeName>(options.runtime, runtimeNames, "runtime"),
    kinds: choose<RunKind>(options.method, ["process", "thread", "unit"], "method"),
    filters: options.filter ?? [],
  });
  const workspace = mkdtempSync(join(tmpdir(), "act-"));
  const sharedBefore = sharedEntries();
  const results = await runAll(runs, workspace);
  const left = await findSharedLeftovers(sharedBefore);
  for (const trace of left) console.log(`FAILED ${trace} is left behind`);
  const different = compareTests(results) + compareTranscripts(results);
  const counts = count(results);
  counts.failed += different + left.length;
  if (results.length === 0) console.log("No test file matches");
  if (options.keep) console.log(`Reports and transcripts are in ${workspace}`);
  else rmSync(workspace, { recursive: true, force: true });
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

/** Runs all files of all runs, `--jobs` at a time, and prints a run's line as soon as its last file is done. */
async function runAll(runs: TestRun[], workspace: string): Promise<FileResult[]> {
  const tasks = runs.flatMap((run) => run.files.map((file) => ({ run, file })));
  const jobs = Math.max(1, Number(options.jobs));
  const fileOptions = {
    timeout: Number(options.timeout) * 1000,
    useJsr: options.jsr,
    alone: jobs === 1,
    workspace,
  };
  const results: FileResult[] = [];
  await sideBySide(tasks, jobs, async ({ run, file }) => {
    const result = await runTestFile(run, file, fileOptions);
    results.push(result);
    reportFile(result);
    reportRun(run, results);
  });
  return results;
}

function reportFile(result: FileResult): void {
  const title = `${runName(result.run)} ${result.file}`;
  if (options.verbose) console.log(`  ${title}: ${countText(count([result]))}, ${time([result])}`);
  const failed = result.tests.filter((test) => test.status === "failed");
  for (const test of failed) console.log(`FAILED ${title} > ${test.name}\n${indent(test.text)}`);
  const output = result.output.trim();
  if (failed.length > 0 && output) console.log(`output of ${title}:\n${indent(tail(output, 80))}`);
}

function reportRun(run: TestRun, results: FileResult[]): void {
  const own = results.filter((result) => result.run === run);
  if (own.length < run.files.length) return;
  console.log(`${runName(run).padEnd(13)} ${countText(count(own))}  ${time(own)}`);
}

/**
 * The number of test files in which some run had other tests than the first one. A difference is a `skip` with a reason,
 * not a test that is absent; and a file that breaks off while it is loaded is not always an error to its runner.
 */
function compareTests(results: FileResult[]): number {
  let different = 0;
  for (const file of filesOf(results)) {
    const [first, ...others] = passedRuns(results, file);
    const differing = others.filter((other) => testNames(other) !== testNames(first));
    if (differing.length === 0) continue;
    different++;
    const runs = [first, ...differing];
    const lists = runs.map((result) => `  ${runName(result.run)}\n${indent(testNames(result))}`);
    console.log(`FAILED the tests of ${file} differ\n${lists.join("\n")}`);
  }
  return different;
}

/** The last parts of the names, since the runners write the names of suites in their own ways. */
function testNames(result: FileResult): string {
  return result.tests.map((test) => `  ${test.name.split(" > ").at(-1)}`).sort().join("\n");
}

function filesOf(results: FileResult[]): string[] {
  return [...new Set(results.map((result) => result.file))];
}

function passedRuns(results: FileResult[], file: string): FileResult[] {
  return results.filter((result) => result.file === file && count([result]).failed === 0);
}

/** The number of test files whose transcripts differ between the runs that passed them. */
function compareTranscripts(results: FileResult[]): number {
  let different = 0;
  for (const file of filesOf(results)) {
    const transcripts = passedRuns(results, file).map((result) => result.transcript);
    const differences = describeDifferences(transcripts);
    if (differences.length === 0) continue;
    different++;
    console.log(`FAILED the transcripts of ${file} differ\n${differences.join("\n")}`);
  }
  return different;
}

function count(results: FileResult[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) for (const test of result.tests) counts[test.status]++;
  return counts;
}

function countText({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function time(results: FileResult[]): string {
  return `${results.reduce((sum, result) => sum + result.seconds, 0).toFixed(1)} s`;
}

/**
 * Running jobs in rounds: each job has a fresh program in each round, one after the other, never two at once. So whatever
 * happens on the machine meanwhile meets all of them.
 *
 * @module
 */

import process from "node:process";
import { runCommand } from "../support/command.ts";
import { Progress } from "../support/progress.ts";
import { conditions, during } from "./conditions.ts";
import type { Job } from "./plan.ts";
import { timePrograms } from "./start_up.ts";
import type { Series } from "./types.ts";

/** The longest time (ms) for one program where nothing else is said. */
const longest = 60_000;
/** Failures after which a job that never gave an answer is given up. */
const patience = 2;

/** A job, and what its programs gave. */
export interface Result {
  job: Job;
  runs: Series[];
  /** Why programs failed. */
  failures: string[];
}

/** How often jobs are run. */
export interface Rounds {
  /** How many programs a job has. */
  programs: (job: Job) => number;
  /** When (`performance.now()`) no other program is begun; each job has one in any case. */
  deadline?: number;
  /** The longest time (ms) for one program. */
  timeout?: number;
}

/** Runs jobs that all have the same condition. */
export async function runJobs(
  jobs: readonly Job[],
  { programs, deadline = Infinity, timeout = longest }: Rounds,
): Promise<Result[]> {
  const results = jobs.map((job): Result => ({ job, runs: [], failures: [] }));
  if (jobs.length === 0) return results;
  const progress = new Progress(process.stderr);
  const rounds = Math.max(...jobs.map(programs));
  await during(conditions[jobs[0].condition], async () => {
    for (let round = 0; round < rounds; round++) {
      for (const result of results.filter(({ job }) => round < programs(job))) {
        if (round > 0 && performance.now() > deadline) return;
        if (result.runs.length === 0 && result.failures.length >= patience) continue;
        const { measurement, library, runtime, method } = result.job;
        const name = `${measurement.name}: ${library}, ${runtime} ${method}`;
        progress.show(`round ${round + 1}/${rounds} ${name}`);
        await runOnce(result, timeout);
      }
    }
  });
  progress.clear();
  return results;
}

async function runOnce({ job, runs, failures }: Result, timeout: number): Promise<void> {
  try {
    runs.push(
      await (job.measurement.run === "outside"
        ? timePrograms(job.commands, timeout)
        : seriesFrom(job.commands[0], { timeout })),
    );
  } catch (error) {
    failures.push((error as Error).message);
  }
}

/** What a program prints: a line of JSON, before or behind what its children say. */
export async function seriesFrom<T = Series>(
  command: string[],
  { timeout = longest, cwd }: { timeout?: number; cwd?: string } = {},
): Promise<T> {
  const env = { NO_COLOR: "1", FORCE_COLOR: undefined };
  const result = await runCommand(command, { env, timeout, cwd });
  const line = result.stdout.split("\n").findLast((text) => text.startsWith("{"));
  if (result.code === 0 && line !== undefined) return JSON.parse(line);
  const error = result.output.split("\n").find((text) => /error/i.test(text))?.trim();
  const reason = result.timedOut ? `no answer in ${timeout / 1000} s` : error ?? result.signal;
  throw new Error(reason ?? `exit code ${result.code}`);
}

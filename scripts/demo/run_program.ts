/**
 * Starting the demo's program on a runtime, and listening to it.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import process from "node:process";
import { inRoot } from "../support/paths.ts";
import { executable, type RuntimeName } from "../support/runtimes.ts";
import type { Message } from "./program.ts";
import type { Progress } from "../support/progress.ts";
import type { Summary } from "./summary.ts";

/** What a program did with some number of workers. */
export interface Timing {
  workers: number;
  seconds: number;
  summary: Summary;
}

/** A runtime with a start method, and what it gave. */
export interface Run {
  runtime: RuntimeName;
  method: string;
  /** With one worker, then with all; fewer than two if something failed. */
  timings: Timing[];
  /** Why the method cannot be used here; `null` if it can. */
  refusal: string | null;
  /** Why it failed; `null` if it did not. */
  failure: string | null;
}

/**
 * Runs the program to its end.
 *
 * @param runtime The runtime.
 * @param method The start method.
 * @param folder The folder to study.
 * @param progress Where to show what it is doing.
 * @returns What it gave; whatever goes wrong is a part of that.
 */
export async function runProgram(
  runtime: RuntimeName,
  method: string,
  folder: string,
  progress: Progress,
): Promise<Run> {
  const run: Run = { runtime, method, timings: [], refusal: null, failure: null };
  const name = `${runtime} ${method}`;
  progress.show(`${name}: starting`);
  const child = spawn(executable(runtime), [
    ...runtime === "deno" ? ["run", "-A", "--no-check"] : [],
    inRoot("scripts/demo/program.ts"),
    method,
    folder,
  ], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints += text);
  child.stdin.on("error", () => {});
  createInterface(child.stdout).on("line", (line) => {
    const message = parse(line);
    if (message === null) complaints += `${line}\n`;
    else if (message.kind === "progress") progress.show(`${name}, ${describe(message)}`);
    else if (message.kind === "refused") run.refusal = message.reason;
    else run.timings.push(message);
    if (hasAll(run)) child.stdin.end();
  });
  const end = await ending(child);
  if (end !== null || !hasAll(run)) {
    run.failure = `${end ?? "gave no result"}\n${complaints.trimEnd()}`.trimEnd();
  } else if (complaints !== "") process.stderr.write(complaints);
  return run;
}

function hasAll(run: Run): boolean {
  return run.timings.length === 2 || run.refusal !== null;
}

function parse(line: string): Message | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function describe({ workers, done, total }: Extract<Message, { kind: "progress" }>): string {
  const percent = Math.floor((done / Math.max(1, total)) * 100);
  return `${workers} ${workers === 1 ? "worker" : "workers"}: ${percent} %`;
}

/** Waits for the end of a program: `null` if it was a good one, else what it was. */
function ending(child: ReturnType<typeof spawn>): Promise<string | null> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`cannot be started: ${error.message}`));
    child.once("close", (code, signal) => {
      resolve(
        code === 0 ? null : signal ? `was ended by ${signal}` : `ended with exit code ${code}`,
      );
    });
  });
}

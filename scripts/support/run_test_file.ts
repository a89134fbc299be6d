/**
 * One test file on one runtime under one start method, in a process of its own: so that a file that hangs, crashes or
 * leaves something behind is known by its name, and no file sees another's module state (Bun would run all in one).
 */

import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, runCommand } from "./command.ts";
import { parseJunit, type TestResult } from "./junit.ts";
import { findLeftovers, runMarker, sharedEntries } from "./leftovers.ts";
import { testCommand } from "./runtimes.ts";
import type { TestRun } from "./test_runs.ts";
import { readTranscript, type Transcript } from "./transcripts.ts";
import { runName } from "./test_runs.ts";

/** How files are run. */
export interface FileOptions {
  /** Milliseconds a file may take. */
  timeout: number;
  /** Whether Deno takes the JSR packages from JSR, not from the stand-ins. */
  useJsr: boolean;
  /** Whether no other file runs meanwhile, so that what is new in the shared memory folder is this file's. */
  alone: boolean;
  /** A folder for reports, transcripts and temporary files. */
  workspace: string;
}

/** What one run of a file gave. */
export interface FileResult {
  run: TestRun;
  file: string;
  tests: TestResult[];
  transcript: Transcript;
  output: string;
  seconds: number;
}

/** Runs a file; whatever goes wrong becomes a failed test of the result. */
export async function runTestFile(
  run: TestRun,
  file: string,
  options: FileOptions,
): Promise<FileResult> {
  const place = makePlace(options.workspace);
  const sharedBefore = options.alone ? sharedEntries() : null;
  const started = performance.now();
  const marker = randomUUID();
  const command = testCommand(run.runtime, file, place.report, {
    useJsr: options.useJsr,
    testTimeout: options.timeout,
  });
  const env = environment(run, place, marker, options.workspace);
  const result = await runCommand(command, { env, timeout: options.timeout });
  const seconds = (performance.now() - started) / 1000;
  const left = await findLeftovers({
    marker,
    pid: result.pid,
    temporary: place.temporary,
    sharedBefore,
  });
  const tests = [...readReport(place.report, file, result, options), ...leftTest(file, left)];
  const transcript = readTranscript(runName(run), place.transcript, tests);
  return { run, file, tests, transcript, output: result.output, seconds };
}

interface Place {
  report: string;
  transcript: string;
  temporary: string;
}

let places = 0;

/** Short names, since the path of a socket may have 104 bytes at most on some systems. */
function makePlace(workspace: string): Place {
  const folder = join(workspace, String(++places));
  const temporary = join(folder, "t");
  mkdirSync(temporary, { recursive: true });
  return { report: join(folder, "report.xml"), transcript: join(folder, "transcript"), temporary };
}

function environment(
  run: TestRun,
  place: Place,
  marker: string,
  workspace: string,
): Record<string, string | undefined> {
  return {
    // Stripping the types again in each child takes Node longer than all the rest of a short test.
    NODE_COMPILE_CACHE: join(workspace, "node_cache"),
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    DENO_NO_UPDATE_CHECK: "1",
    [runMarker]: marker,
    ALLCORES_TRANSCRIPT: place.transcript,
    ALLCORES_TEST_METHOD: run.kind === "unit" ? undefined : run.kind,
    TMPDIR: place.temporary,
    TMP: place.temporary,
    TEMP: place.temporary,
  };
}

/** The report's tests, and one more for a file that failed as a whole. */
function readReport(
  path: string,
  file: string,
  result: CommandResult,
  options: FileOptions,
): TestResult[] {
  const tests = parseJunit(readIfThere(path));
  const failure = wholeFailure(tests, result, options.timeout);
  return failure === "" ? tests : [...tests, { name: file, status: "failed", text: failure }];
}

function wholeFailure(tests: TestResult[], result: CommandResult, timeout: number): string {
  const seconds = timeout / 1000;
  if (result.timedOut) {
    return `The file did not end within ${seconds} s: a test hangs, or something keeps it alive`;
  }
  if (result.signal !== null) return `The file was ended by ${result.signal}`;
  const failed = tests.some((test) => test.status === "failed");
  if (result.code !== 0 && !failed) return `The file ended with exit code ${result.code}`;
  return tests.length === 0 ? "The file has no tests" : "";
}

function leftTest(file: string, left: string[]): TestResult[] {
  if (left.length === 0) return [];
  const text = `The file left behind:\n${left.map((line) => `  ${line}`).join("\n")}`;
  return [{ name: `${file} leaves nothing behind`, status: "failed", text }];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

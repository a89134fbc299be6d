/**
 * Comparing what the runs recorded (see `tests/support/transcript.ts`). Every run that did not skip a test has to have
 * written the same bytes in it.
 */

import { readFileSync } from "node:fs";
import type { TestResult } from "./junit.ts";

/** What one run of a file recorded. */
export interface Transcript {
  /** The run, for example `deno process`. */
  run: string;
  /** For each test that wrote something: its lines, in order. */
  lines: Map<string, string[]>;
  /** The tests that the run skipped. */
  skipped: Set<string>;
}

/** Reads a transcript; one that was never begun is empty. */
export function readTranscript(run: string, path: string, tests: TestResult[]): Transcript {
  const lines = new Map<string, string[]>();
  for (const line of readLines(path)) {
    const test = testName(line);
    lines.set(test, [...lines.get(test) ?? [], line]);
  }
  const skipped = tests.filter((test) => test.status === "skipped");
  return { run, lines, skipped: new Set(skipped.map((test) => test.name)) };
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** The test's name: the JSON text that a line begins with. */
function testName(line: string): string {
  const [text] = /^"(?:[^"\\]|\\.)*"/.exec(line) ?? [];
  return text === undefined ? line : JSON.parse(text) as string;
}

/** For each test and each run that did not record in it what the first one did, the first line at which the two part. */
export function describeDifferences(transcripts: Transcript[]): string[] {
  const names = new Set(transcripts.flatMap(({ lines }) => [...lines.keys()]));
  return [...names].flatMap((name) => {
    const [first, ...others] = transcripts.filter(({ skipped }) => !skipped.has(name));
    return others.flatMap((other) => describePair(name, first, other));
  });
}

function describePair(name: string, a: Transcript, b: Transcript): string[] {
  const [linesOfA, linesOfB] = [a, b].map(({ lines }) => lines.get(name) ?? []);
  const at = firstDifference(linesOfA, linesOfB);
  if (at < 0) return [];
  const width = Math.max(a.run.length, b.run.length);
  const show = (run: string, line?: string) => `    ${run.padEnd(width)}  ${shorten(line)}`;
  return [[`  line ${at + 1}:`, show(a.run, linesOfA[at]), show(b.run, linesOfB[at])].join("\n")];
}

function firstDifference(a: string[], b: string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

function shorten(line: string | undefined): string {
  if (line === undefined) return "(nothing more)";
  return line.length > 600 ? `${line.slice(0, 600)} … (${line.length} characters)` : line;
}

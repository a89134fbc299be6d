/**
 * Comparing what the runs recorded (see `tests/support/transcript.ts`). All runs of a test file have to have written the
 * same bytes once the lines stand in the order of their tests' names.
 */

import { readFileSync } from "node:fs";

/** What one run of a file recorded. */
export interface Transcript {
  /** The run, for example `deno process`. */
  run: string;
  /** The sorted lines. */
  lines: string[];
}

/** Reads a transcript; one that was never begun is empty. Lines of one test keep their order. */
export function readTranscript(run: string, path: string): Transcript {
  const entries = readLines(path).map((line) => ({ line, test: testName(line) }));
  entries.sort((a, b) => a.test < b.test ? -1 : a.test > b.test ? 1 : 0);
  return { run, lines: entries.map((entry) => entry.line) };
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
  return /^"(?:[^"\\]|\\.)*"/.exec(line)?.[0] ?? line;
}

/** For each transcript that is not the first one's equal, the first line at which the two part. */
export function describeDifferences(transcripts: Transcript[]): string[] {
  const [first, ...others] = transcripts;
  return others.flatMap((other) => {
    const at = firstDifference(first.lines, other.lines);
    return at < 0 ? [] : [describePair(first, other, at)];
  });
}

function firstDifference(a: string[], b: string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

function describePair(a: Transcript, b: Transcript, at: number): string {
  const width = Math.max(a.run.length, b.run.length);
  const show = ({ run, lines }: Transcript) => `    ${run.padEnd(width)}  ${shorten(lines[at])}`;
  return [`  line ${at + 1}:`, show(a), show(b)].join("\n");
}

function shorten(line: string | undefined): string {
  if (line === undefined) return "(nothing more)";
  return line.length > 600 ? `${line.slice(0, 600)} … (${line.length} characters)` : line;
}

/**
 * Which test files there are, and which runs they make.
 *
 * - `tests/*_test.ts` is the conformance suite: once on every runtime under every start method, six runs.
 * - `tests/unit/*_test.ts` knows no start method: once on every runtime, three runs.
 */

import { readdirSync } from "node:fs";
import { inRoot } from "./paths.ts";
import type { RuntimeName } from "./runtimes.ts";

/** A start method, or `unit` for the files that know none. */
export type RunKind = "process" | "thread" | "unit";

/** A runtime with a start method, and the files to run. */
export interface TestRun {
  runtime: RuntimeName;
  kind: RunKind;
  /** Short paths. */
  files: string[];
}

/** Files of `tests/` that know no start method, though they do not lie in `tests/unit`. */
const methodFree: readonly string[] = ["codec_test.ts", "codec_fuzz_test.ts", "callable_test.ts"];

/**
 * The files that take longest, the longest first, by their names without `_test.ts`. They are begun first, so that no long one
 * is left alone at the end.
 */
const longest: readonly string[] = [
  "examples",
  "manager",
  "pool_workers",
  "documents",
  "program",
  "process",
  "pool_retry",
  "queue",
  "pool_schedule",
  "pool_cancel",
  "manager_network",
  "pool_life",
  "death",
  "pool_program",
  "listener",
  "pool",
  "pipe",
  "pool_loss",
  "pool_imap",
  "pool_failure",
  "demo",
  "codec_fuzz",
];

/** What to choose from all runs. */
export interface Selection {
  runtimes: readonly RuntimeName[];
  kinds: readonly RunKind[];
  /** Parts of file names; a file is taken that contains one of them. All files when there is none. */
  filters: readonly string[];
}

/** The runs of a selection: unit tests first, since the rest stands on what they test. */
export function testRuns({ runtimes, kinds, filters }: Selection): TestRun[] {
  const order: RunKind[] = ["unit", "process", "thread"];
  const runs = order.filter((kind) => kinds.includes(kind)).flatMap((kind) => {
    const files = filesOf(kind).filter((file) => matches(file, filters));
    return runtimes.map((runtime) => ({ runtime, kind, files }));
  });
  return runs.filter((run) => run.files.length > 0);
}

/** A run's name in everything that is printed: `deno process`. */
export function runName(run: Pick<TestRun, "runtime" | "kind">): string {
  return `${run.runtime} ${run.kind}`;
}

function filesOf(kind: RunKind): string[] {
  const top = testFiles("tests");
  const free = (file: string): boolean => methodFree.includes(file.slice("tests/".length));
  const files = kind === "unit"
    ? [...testFiles("tests/unit"), ...top.filter(free)]
    : top.filter((file) => !free(file));
  return files.sort((a, b) => rank(a) - rank(b));
}

/** The place of a file in {@linkcode longest}; behind it for all others. */
function rank(file: string): number {
  const place = longest.findIndex((name) => file.endsWith(`/${name}_test.ts`));
  return place < 0 ? longest.length : place;
}

function testFiles(folder: string): string[] {
  try {
    const names = readdirSync(inRoot(folder)).filter((name) => name.endsWith("_test.ts"));
    return names.sort().map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((part) => file.includes(part));
}

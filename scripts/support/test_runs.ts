/**
 * Which test files there are, and which runs they make.
 *
 * `tests` has the rooms of `src`; a test there is called like the file or the behaviour that it is about.
 *
 * - `*_unit_test.ts` knows no start method: once on every runtime, three runs.
 * - All other `*_test.ts` are the conformance suite: once on every runtime under every start method, six runs.
 */

import { readdirSync } from "node:fs";
import { sep } from "node:path";
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

/**
 * The files that take longest, the longest first, by their paths below `tests` without `_test.ts`. They are begun first, so that
 * no long one is left alone at the end.
 */
const longest: readonly string[] = [
  "documents/comments_unit",
  "dashboard/browser_unit",
  "pool/workers",
  "documents/documents",
  "program/program",
  "process/other_runtime",
  "pool/retry",
  "queue/queue",
  "pool/schedule",
  "pool/cancel",
  "manager/network",
  "pool/life",
  "manager/death",
  "process/death",
  "pool/program",
  "connection/listener",
  "pool/pool",
  "connection/pipe",
  "pool/loss",
  "pool/imap",
  "pool/failure",
  "manager/locks",
  "manager/proxies",
  "scripts/demo_unit",
  "codec/fuzz_unit",
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
  const files = testFiles().filter((file) => file.endsWith("_unit_test.ts") === (kind === "unit"));
  return files.sort((a, b) => rank(a) - rank(b));
}

/** The place of a file in {@linkcode longest}; behind it for all others. */
function rank(file: string): number {
  const place = longest.findIndex((name) => file === `tests/${name}_test.ts`);
  return place < 0 ? longest.length : place;
}

function testFiles(): string[] {
  const names = readdirSync(inRoot("tests"), { recursive: true, encoding: "utf8" });
  const files = names.map((name) => `tests/${name.split(sep).join("/")}`);
  return files.filter((file) => file.endsWith("_test.ts")).sort();
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((part) => file.includes(part));
}

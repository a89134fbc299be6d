/**
 * What users feel, in three minutes: the figures that have a target, on all combinations of runtime and start method.
 *
 * @module
 */

import { table } from "../support/table.ts";
import { type Column, describeTarget } from "./columns.ts";
import { felt } from "./measurements/mod.ts";
import { finish, type Mode } from "./mode.ts";
import { type Choice, type Job, jobsOf } from "./plan.ts";
import { cellOf, entriesOf } from "./results.ts";
import { type Result, runJobs } from "./run.ts";
import type { Measurement } from "./types.ts";

/** How long (ms) there is for all, with some time to finish what has begun. */
const limit = 165_000;
/** How long (ms) one program may take. */
const timeout = 12_000;
/** The bare runtime and other libraries have fewer programs. */
const fewer: Record<"limit" | "peer", number> = { limit: 3, peer: 1 };
/** The other libraries that are shown: where Node has one. */
const shown = ["piscina thread"];

/** The summary. */
export const feel: Mode = {
  about: "a summary of what has targets, in at most 3 minutes a condition",
  refuses: ["windows"],
  names: felt.map(({ name }) => name),
  programs: 7,
  budget: { own: 2000, others: 500 },
  async measure({ only, choices, programs, print }) {
    const found: Result[] = [];
    for (const choice of choices) {
      const results = await measureFelt(only, choice, programs);
      print(`\n${summaryOf(results)}`);
      found.push(...results);
    }
    return finish(found);
  },
};

/** Measures in rounds, up to as many as `programs`, while there is time. */
async function measureFelt(
  only: readonly string[],
  choice: Choice,
  programs: number,
): Promise<Result[]> {
  const peers = choice.peers.filter((place) => place !== "bun");
  const without = (name: string) => !shown.includes(name);
  const few: Choice = { ...choice, peers, without, targetsOnly: true };
  const chosen = felt.filter(({ name }) => only.includes(name));
  const jobs = chosen.flatMap((measurement) => jobsOf(measurement, few)).filter(isShown);
  const deadline = performance.now() + limit;
  const roundsOf = ({ kind }: Job) => kind === "own" ? programs : Math.min(programs, fewer[kind]);
  return await runJobs(jobs, { programs: roundsOf, deadline, timeout });
}

/** Limits are measured where a target is relative to them. */
function isShown({ kind, library, measurement: { columns } }: Job): boolean {
  if (kind !== "limit") return true;
  return library === "bare" && columns.some(({ as }) => as === "over bare");
}

/** A line for each figure with a target, a column for each combination and each other library. */
function summaryOf(results: Result[]): string {
  const compared = results.filter(({ job }) => job.kind !== "limit");
  const places = [...new Set(compared.map(placeOf))];
  const measured = felt.filter((one) => results.some(({ job }) => job.measurement === one));
  const rows = measured.flatMap((measurement) =>
    measurement.columns.filter(({ target }) => target !== undefined)
      .map((column) => rowOf(measurement, column, places, results))
  );
  const counts = results.filter(({ job }) => job.kind === "own").map(({ runs }) => runs.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const number = least === most ? `${most}` : `${least} to ${most}`;
  const about = `fresh programs: ${number}; the median one / the worst`;
  const head = ["figure", "unit", "target", ...places];
  const sides = `lll${"r".repeat(places.length)}`;
  const title = `What is felt from the first call on (${about})`;
  return [title, table(head, rows, sides), verdictOn(results), ...failuresIn(results)].join("\n");
}

function rowOf(
  { name, unit, better }: Measurement,
  column: Column,
  places: string[],
  results: Result[],
): string[] {
  const here = results.filter(({ job }) => job.measurement.name === name);
  const cells = places.map((place) => {
    const result = here.find((one) => one.job.kind !== "limit" && placeOf(one) === place);
    const entry = result && entriesOf(result, here).find((one) => one.name === column.name);
    return entry === undefined ? "" : cellOf(entry);
  });
  const aim = describeTarget(column, better);
  return [`${name}: ${column.name}`, column.unit ?? unit, aim, ...cells];
}

/** The runtime, and the start method or the other library. */
function placeOf({ job: { kind, library, runtime, method } }: Result): string {
  return kind === "peer" ? `${runtime} ${library}` : `${runtime} ${method}`;
}

function verdictOn(results: Result[]): string {
  const verdicts = results.flatMap((result) => entriesOf(result, results).map(({ met }) => met));
  const judged = verdicts.filter((met) => met !== null);
  return `${judged.filter(Boolean).length} of ${judged.length} targets are met`;
}

function failuresIn(results: Result[]): string[] {
  return results.flatMap(({ job: { measurement: { name }, library, runtime, method }, failures }) =>
    failures.slice(0, 1).map((why) => `${name}: ${library}, ${runtime} ${method}: ${why}`)
  );
}

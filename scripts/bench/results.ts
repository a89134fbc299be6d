/**
 * What the bench found: figures, ratios, and whether targets are met; as tables, or as JSON.
 *
 * @module
 */

import { table } from "../support/table.ts";
import type { Job } from "./plan.ts";
import { median } from "./timing.ts";
import type { Figures } from "./types.ts";

/** A job, and what it gave. */
export interface Result {
  job: Job;
  /** `null` when it failed. */
  figures: Figures | null;
  /** Why it failed. */
  failure?: string;
}

/** One line of a table, and one entry of the JSON. */
interface Entry {
  measurement: string;
  unit: string;
  better: "lower" | "higher";
  library: string;
  runtime: string;
  method: string;
  median: number | null;
  values: number[];
  /** The median over that of the best other library; for this library only. */
  ratio: number | null;
  target: number | null;
  met: boolean | null;
  note?: string;
  failure?: string;
}

/** The table of one measurement. */
export function tableOf(results: Result[]): string {
  const { title, unit, better, target } = results[0].job.measurement;
  const aim = target === undefined ? "" : `, target ${better === "lower" ? "≤" : "≥"} ${target}`;
  const head = [
    "library",
    "runtime",
    "method",
    "median",
    "lowest",
    "highest",
    "ours / best peer",
    "",
  ];
  const rows = entriesOf(results).map((entry) => [
    entry.library,
    entry.runtime,
    entry.method,
    entry.median === null ? "failed" : show(entry.median),
    entry.median === null ? "-" : show(Math.min(...entry.values)),
    entry.median === null ? "-" : show(Math.max(...entry.values)),
    entry.ratio === null ? "-" : show(entry.ratio),
    [entry.met === null ? "" : entry.met ? "met" : "not met", entry.note, entry.failure]
      .filter(Boolean).join("  "),
  ]);
  return `${title} (${unit}, ${better} is better${aim})\n${table(head, rows, "lllrrrrl")}`;
}

/** All figures, for a program that reads them. */
export function entriesOf(results: Result[]): Entry[] {
  return results.map(({ job, figures, failure }) => {
    const { name, unit, better, target } = job.measurement;
    const middle = figures === null ? null : median(figures.values);
    const isAimedAt = !job.isPeer && target !== undefined && middle !== null;
    return {
      measurement: name,
      unit,
      better,
      library: job.library,
      runtime: job.runtime,
      method: job.method,
      median: middle,
      values: figures?.values ?? [],
      ratio: job.isPeer || middle === null ? null : over(middle, bestPeer(results, job)),
      target: job.isPeer ? null : target ?? null,
      met: isAimedAt ? (better === "lower" ? middle <= target : middle >= target) : null,
      note: figures?.note,
      failure,
    };
  });
}

function over(value: number, best: number | null): number | null {
  return best === null || best === 0 ? null : value / best;
}

/** The best median that another library has at the same measurement, on whatever runtime. */
function bestPeer(results: Result[], { measurement }: Job): number | null {
  const medians = results
    .filter(({ job, figures }) => job.isPeer && job.measurement === measurement && figures !== null)
    .map(({ figures }) => median(figures!.values));
  if (medians.length === 0) return null;
  return measurement.better === "lower" ? Math.min(...medians) : Math.max(...medians);
}

/** Three digits that count. */
function show(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

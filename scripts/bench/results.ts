/**
 * What the bench found: figures, comparisons, and whether targets are met; as tables, or as JSON.
 *
 * @module
 */

import { table } from "../support/table.ts";
import {
  type Column,
  describeTarget,
  figureOf,
  isMet,
  type Spread,
  targetOn,
  windowsOf,
} from "./columns.ts";
import { conditions, workersUnder } from "./conditions.ts";
import type { Result } from "./run.ts";
import { median } from "./timing.ts";

/** A figure of one subject. */
export interface Entry extends Column {
  figure: Spread | null;
  /** What this library has set itself on that runtime. */
  aim: number | null;
  met: boolean | null;
}

/** The table of one measurement under one condition. */
export function tableOf(results: Result[]): string {
  const { measurement: { title, unit, better, columns, scales }, condition } = results[0].job;
  const hasFirst = results.some(({ runs }) => runs[0]?.first !== undefined);
  const head = ["library", "runtime", "method", ...hasFirst ? ["first, ms"] : []];
  const rows = results.map((result) => [
    result.job.library,
    result.job.runtime,
    result.job.method,
    ...hasFirst ? [firstOf(result)] : [],
    ...entriesOf(result, results).map(cellOf),
    remarkOn(result, results),
  ]);
  const sides = `lll${"r".repeat(columns.length + Number(hasFirst))}l`;
  const names = columns.map((column) => `${column.name} ${describeTarget(column, better)}`.trim());
  const programs = Math.max(...results.map(({ runs }) => runs.length));
  const about = [
    `${unit}, ${better} is better`,
    ...scales ? [`${workersUnder(condition)} workers`] : [],
    conditions[condition].title,
    `fresh programs: ${programs}; the median one / the worst`,
  ].join("; ");
  return `${title} (${about})\n${table([...head, ...names, ""], rows, sides)}`;
}

/** The columns of one result. */
export function entriesOf(result: Result, all: Result[]): Entry[] {
  const { job: { measurement: { better, columns }, runtime, kind }, runs } = result;
  const bare = bareOf(result, all)?.runs ?? [];
  return columns.map((column) => {
    const figure = figureOf(column, better, runs, bare);
    const isJudged = kind === "own" && (column.as !== "over bare" || bare.length > 0) &&
      (column.as !== "spread" || runs.length > 1);
    const aim = isJudged ? targetOn(runtime, column) : null;
    return { ...column, figure, aim, met: aim === null ? null : isMet(figure, aim, better) };
  });
}

/** All that was found, for a program that reads it. */
export function jsonOf(results: Result[]): unknown[] {
  return results.map((result) => {
    const { job: { measurement, condition, library, runtime, method, kind }, runs } = result;
    const { name, title, unit, better } = measurement;
    return {
      measurement: name,
      title,
      condition,
      unit,
      better,
      library,
      runtime,
      method,
      kind,
      programs: runs.length,
      failures: result.failures,
      first: runs.flatMap(({ first }) => first ?? []),
      windows: windowsOf(runs, better),
      columns: entriesOf(result, results).map(({ name, figure, aim, met }) => ({
        name,
        ...figure,
        target: aim,
        met,
      })),
      peersAhead: peersAhead(result, results),
    };
  });
}

/** All windows of one result, ten a line. */
export function windowsTable({ job, runs }: Result): string {
  const { measurement: { better }, library, runtime, method } = job;
  const cells = windowsOf(runs, better).map((window) => showSpread(window));
  const lines = Array.from({ length: Math.ceil(cells.length / 10) }, (_, i) => {
    const part = cells.slice(10 * i, 10 * i + 10);
    return [`${10 * i + 1}–`, ...part, ...Array(10 - part.length).fill("")];
  });
  const head = ["window", ...Array.from({ length: 10 }, (_, i) => `+${i}`)];
  return `${library}, ${runtime} ${method}\n${table(head, lines, "r".repeat(11))}`;
}

/** Three digits that count. */
export function show(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A figure, and whether it does. */
export function cellOf({ figure, met }: Pick<Entry, "figure" | "met">): string {
  const text = figure === null ? "-" : showSpread(figure);
  return met === null ? text : `${text} ${met ? "met" : "NOT"}`;
}

function showSpread({ median, worst }: Spread): string {
  return `${show(median)}/${show(worst)}`;
}

function firstOf({ runs }: Result): string {
  const values = runs.flatMap(({ first }) => first ?? []);
  if (values.length === 0) return "-";
  return showSpread({ median: median(values), worst: Math.max(...values) });
}

/** The bare runtime under the same method. */
function bareOf({ job }: Result, all: Result[]): Result | undefined {
  return all.find(({ job: { measurement, library, runtime, method } }) =>
    library === "bare" && measurement === job.measurement && runtime === job.runtime &&
    method === job.method
  );
}

/** The columns in which another library, on whatever runtime, has the better median. */
function peersAhead({ job, runs }: Result, all: Result[]): string[] {
  if (job.kind !== "own") return [];
  const { measurement: { better, columns } } = job;
  const peers = all.filter((other) =>
    other.job.kind === "peer" && other.job.measurement === job.measurement
  );
  return columns.filter(({ as, isGiven }) => as === "value" && !isGiven).flatMap((column) => {
    const own = figureOf(column, better, runs, []);
    const ahead = peers.find((peer) => {
      const figure = figureOf(column, better, peer.runs, []);
      return own !== null && figure !== null && !isMet(own, figure.median, better);
    });
    return ahead === undefined ? [] : [`${column.name} (${ahead.job.library})`];
  });
}

function remarkOn(result: Result, all: Result[]): string {
  const { runs, failures } = result;
  const ahead = peersAhead(result, all);
  const counts = new Set(runs.map(({ windows }) => windows.length));
  return [
    ahead.length > 0 ? `ahead of it: ${ahead.join(", ")}` : "",
    counts.size > 1 ? `${Math.min(...counts)} to ${Math.max(...counts)} windows` : "",
    failures.length > 0 ? `${failures.length} failed: ${failures[0]}` : "",
  ].filter(Boolean).join("; ");
}

/**
 * How far something is, as one line that fits into a terminal.
 *
 * What there is no room for is left out: the bar shrinks first, then goes the rate, then the time, then the bar; a long label has half
 * of the line.
 *
 * @module
 */

import type { Progress, TaskProgress } from "./state.ts";
import { cutLine, plainLine, widthOf } from "./text_width.ts";

const LONGEST_BAR = 40;
const SHORTEST_BAR = 5;
const SHORTEST_LABEL = 8;
const SEPARATOR = " | ";
const FULL = "█";
const EMPTY = "░";
const SECOND = 1000;
const MINUTE = 60;

/** What stands in a line; `null` what does not. */
interface Fields {
  readonly percent: string | null;
  readonly count: string;
  readonly rate: string | null;
  readonly time: string | null;
  readonly failed: string | null;
}

/** What is left out, the less important first, while there is a bar. */
const WITH_BAR: readonly (readonly (keyof Fields)[])[] = [[], ["rate"], ["rate", "time"]];
/** The same where there is none. */
const WITHOUT_BAR: readonly (readonly (keyof Fields)[])[] = [
  ...WITH_BAR,
  ["rate", "time", "failed"],
  ["rate", "time", "failed", "count"],
];

/**
 * The line of a map or a loop.
 *
 * @param label What stands in front; may be empty.
 * @param progress How far it is.
 * @param isOver Whether it is over: then its time is told.
 * @param width The columns that there are.
 * @returns A line that takes no more.
 */
export function mainLine(
  label: string,
  progress: Progress,
  isOver: boolean,
  width: number,
): string {
  const { done, total, failed, rate, elapsedMs, remainingMs } = progress;
  const time = isOver || total === null
    ? `in ${durationOf(elapsedMs)}`
    : `${remainingMs === null ? "?" : durationOf(remainingMs)} left`;
  return lineOf("", label, done, total, width, {
    percent: percentOf(done, total),
    count: countOf(done, total),
    rate: `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s`,
    time,
    failed: failed === 0 ? null : `${failed} failed`,
  });
}

/**
 * The line of a task, below that of its map.
 *
 * @param task How far it is.
 * @param width The columns that there are.
 * @returns A line that takes no more.
 */
export function taskLine({ fn, worker, done, total }: TaskProgress, width: number): string {
  return lineOf("  ", `${fn} ${worker}`, done, total, width, {
    percent: percentOf(done, total),
    count: countOf(done, total),
    rate: null,
    time: null,
    failed: null,
  });
}

function lineOf(
  indent: string,
  label: string,
  done: number,
  total: number | null,
  width: number,
  fields: Fields,
): string {
  const most = Math.max(SHORTEST_LABEL, Math.floor(width / 2) - indent.length);
  const head = label === "" ? indent : `${indent}${cutLine(plainLine(label), most)} `;
  const room = width - widthOf(head);
  for (const without of total === null ? [] : WITH_BAR) {
    const text = textOf(fields, without);
    const size = Math.min(LONGEST_BAR, room - text.length - 1);
    if (size >= SHORTEST_BAR) return `${head}${barOf(done, total!, size)} ${text}`;
  }
  for (const without of WITHOUT_BAR) {
    const text = textOf(fields, without);
    if (text.length <= room && text !== "") return head + text;
  }
  return cutLine(head + (fields.percent ?? fields.count), width);
}

function textOf(fields: Fields, without: readonly (keyof Fields)[]): string {
  const names = Object.keys(fields) as (keyof Fields)[];
  const texts = names.filter((name) => !without.includes(name)).map((name) => fields[name]);
  return texts.filter((text) => text !== null).join(SEPARATOR);
}

function barOf(done: number, total: number, size: number): string {
  const full = Math.floor(size * shareOf(done, total));
  return FULL.repeat(full) + EMPTY.repeat(size - full);
}

/** Rounded down: what is not over is not at 100%. */
function percentOf(done: number, total: number | null): string | null {
  return total === null ? null : `${Math.floor(shareOf(done, total) * 100)}%`;
}

function shareOf(done: number, total: number): number {
  return total === 0 ? 1 : done / total;
}

function countOf(done: number, total: number | null): string {
  return total === null ? `${numberOf(done)} done` : `${numberOf(done)}/${numberOf(total)}`;
}

/** Tasks may count in fractions. */
function numberOf(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** For example `7s` or `2:05:09`. */
function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  if (seconds < MINUTE) return `${seconds}s`;
  const parts = [Math.floor(seconds / MINUTE / MINUTE), Math.floor(seconds / MINUTE) % MINUTE];
  if (parts[0] === 0) parts.shift();
  parts.push(seconds % MINUTE);
  return parts.map((part, i) => i === 0 ? String(part) : String(part).padStart(2, "0")).join(":");
}

/**
 * Putting together what the workers found: a function of the files alone, whoever read which of them, and when.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { BatchReport, FileReport } from "./work.ts";

/** How many of the identifiers are shown. */
const most = 20;

/** What is in a folder. */
export interface Summary {
  files: number;
  lines: number;
  bytes: number;
  /** The SHA-256 of the paths and digests of all files, in the order of the paths. */
  digest: string;
  /** The most frequent identifiers, with how often they occur. */
  words: [string, number][];
  /** What could not be read: a path and the reason. */
  unreadable: { path: string; error: string }[];
}

/** Puts the batches' reports together. */
export function summarize(reports: BatchReport[]): Summary {
  const all = reports.flatMap((report) => report.files).sort(byPath);
  const hash = createHash("sha256");
  const summary = { files: 0, lines: 0, bytes: 0 };
  for (const file of all) {
    if ("error" in file) continue;
    summary.files++;
    summary.lines += file.lines;
    summary.bytes += file.bytes;
    hash.update(`${file.digest} ${file.path}\n`);
  }
  const unreadable = all.filter((file) => "error" in file);
  return { ...summary, digest: hash.digest("hex"), words: mostFrequent(reports), unreadable };
}

function byPath(a: FileReport, b: FileReport): number {
  return a.path < b.path ? -1 : 1;
}

function mostFrequent(reports: BatchReport[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { words } of reports) {
    for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
  }
  const top: [string, number][] = [];
  for (const entry of counts) {
    if (top.length === most && byCount(top[most - 1], entry) < 0) continue;
    top.push(entry);
    top.sort(byCount).splice(most);
  }
  return top;
}

function byCount([a, m]: [string, number], [b, n]: [string, number]): number {
  return n - m || (a < b ? -1 : 1);
}

/**
 * The doctor's report as text.
 *
 * @module
 */

import type { Check, CheckStatus, DoctorReport } from "../doctor/types.ts";
import { titleOf } from "../doctor/words.ts";

/** How a status is shown: as a word, and as a sign in a colour. */
const SHOWN: Readonly<Record<CheckStatus, readonly [word: string, sign: string, color: number]>> = {
  ok: ["ok", "✓", 32],
  warning: ["warning", "!", 33],
  failed: ["FAILED", "✗", 31],
  unknown: ["unknown", "?", 36],
};
const WORD = Math.max(...Object.values(SHOWN).map(([word]) => word.length));
/** Columns that a line of advice may have. */
const COLUMNS = 100;

/**
 * Writes a report: a line for each check, and below it what to do.
 *
 * @param report The report.
 * @param hasColors Whether signs in colours are shown in place of words.
 * @returns The text.
 */
export function reportText(report: DoctorReport, hasColors: boolean): string {
  const { version, runtime, runtimeVersion, platform, arch, checks } = report;
  const name = titleOf(runtime);
  const head = `allcores ${version} on ${name} ${runtimeVersion}, ${platform} ${arch}\n\n`;
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((check) => {
    const first = checks.find(({ advice }) => advice === check.advice) ?? check;
    return lineOf(check, width, hasColors) + adviceOf(check, first, hasColors);
  });
  const statuses: CheckStatus[] = ["ok", "warning", "failed", "unknown"];
  const counts = statuses
    .map((status) => [checks.filter((check) => check.status === status).length, status] as const)
    .filter(([count, status]) => count > 0 || status === "failed")
    .map(([count, status]) => `${count} ${status}`);
  return `${head}${lines.join("")}\n${counts.join(", ")}\n`;
}

function lineOf({ status, name, found }: Check, width: number, hasColors: boolean): string {
  const [word, sign, color] = SHOWN[status];
  const mark = hasColors ? `\x1b[${color}m${sign}\x1b[0m` : word.padEnd(WORD);
  return `${mark}  ${name.padEnd(width)}  ${found}\n`;
}

/** What to do, below a check: in full where it is said first. */
function adviceOf(check: Check, first: Check, hasColors: boolean): string {
  if (check.advice === null) return "";
  const text = first === check ? check.advice : `The same as for ${first.name}`;
  const indent = " ".repeat((hasColors ? 1 : WORD) + 2);
  const pointer = hasColors ? "→" : "do:";
  const blank = " ".repeat(pointer.length);
  return wrapped(text, COLUMNS - indent.length - pointer.length).map((line, i) =>
    `${indent}${i === 0 ? pointer : blank} ${line}\n`
  ).join("");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) {
      lines[lines.length - 1] += ` ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/**
 * Which functions' compiled code Node's engine throws away while a program goes on, by windows of 1,000 calls, in the
 * creator and in its workers. After the first 3,000 calls there should be none.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../support/table.ts";
import type { Mode } from "./mode.ts";
import { measuring } from "./plan.ts";
import { seriesFrom } from "./run.ts";
import { type Bailout, readBailouts, traceFlags } from "./traces.ts";
import type { Series } from "./types.ts";

/** Windows after which no code should be thrown away any more. */
const settling = 3;

/** What the program tells besides its series. */
interface Counted extends Series {
  pid: number;
  /** After each window, how many deoptimisations there were in each file. */
  bailouts: Record<string, number>[];
}

/** A function whose code was thrown away. */
interface Found extends Bailout {
  side: "creator" | "worker";
  /** From 1; 0 while the first answer was waited for. */
  window: number;
}

/** What one program showed. */
interface Trace {
  measurement: string;
  method: string;
  windows: number;
  /** How many there were after the first 3,000 calls. */
  late: number;
  found: Found[];
}

/** The look at what Node's engine throws away. */
export const deopts: Mode = {
  about: "compiled code that Node throws away",
  // Their windows are 1,000 calls, messages or items.
  refuses: ["runtime", "condition", "no-peers", "windows"],
  names: ["call", "flight", "pipe", "queue"],
  programs: 1,
  budget: { own: 30_000, others: 0 },
  async measure({ only, choices: [{ methods, libraries, budget }], programs, print }) {
    const traces: Trace[] = [];
    for (const name of only) {
      for (const method of methods) {
        for (let i = 0; i < programs; i++) {
          traces.push(await traceDeopts(name, method, libraries.node, budget.own));
        }
      }
    }
    print(`\n${deoptsTable(traces)}`);
    return traces;
  },
};

/** Runs a program of this library on Node, and looks for them. */
async function traceDeopts(
  measurement: string,
  method: string,
  library: string,
  budget: number,
): Promise<Trace> {
  const folder = mkdtempSync(join(tmpdir(), "deopts-"));
  try {
    const effort = { budget, workers: 2 };
    const assignment = { measurement, subject: method, library, effort, counts: true };
    const command = measuring("node", assignment, [...traceFlags]);
    const counted = await seriesFrom<Counted>(command, { cwd: folder });
    const found = Object.entries(readBailouts(folder)).flatMap(([file, bailouts]) =>
      bailouts.map((bailout, i): Found => ({
        ...bailout,
        side: file === `code-${counted.pid}-0.asm` ? "creator" : "worker",
        window: counted.bailouts.filter((counts) => (counts[file] ?? 0) <= i).length + 1,
      }))
    ).filter(({ window }) => window <= counted.windows.length);
    const late = found.filter(({ window }) => window > settling).length;
    return { measurement, method, windows: counted.windows.length, late, found };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many there were in which windows, and which were late. */
function deoptsTable(traces: Trace[]): string {
  const head = ["measurement", "method", "side", "1st", "2nd", "3rd", "4th–10th", "later", ""];
  const ranges = [[1, 1], [2, 2], [3, 3], [4, 10], [11, Infinity]];
  const rows = traces.flatMap(({ measurement, method, windows, found }) =>
    (["creator", "worker"] as const).map((side) => {
      const counts = ranges.map(([from, to]) =>
        found.filter((one) => one.side === side && one.window >= from && one.window <= to).length
      );
      return [measurement, method, side, ...counts.map(String), `of ${windows} windows`];
    })
  );
  const late = traces.flatMap(({ measurement, method, found }) =>
    found.filter(({ window }) => window > settling).map((
      { side, window, name, reason },
    ) => [measurement, method, side, String(window), name, reason])
  );
  const names = ["measurement", "method", "side", "window", "function", "reason"];
  return [
    "Deoptimisations on Node, by windows of 1,000",
    table(head, rows, "lllrrrrrl"),
    `\nAfter the first ${settling},000: ${late.length}, target 0, ${
      late.length === 0 ? "met" : "NOT"
    }`,
    ...late.length === 0 ? [] : [table(names, late, "lllrll")],
  ].join("\n");
}

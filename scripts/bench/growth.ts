/**
 * How cost grows, for this library: a table for each curve.
 *
 * @module
 */

import process from "node:process";
import { Progress } from "../support/progress.ts";
import { grouped, table } from "../support/table.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { type Curve, curves } from "./curves.ts";
import type { Mode } from "./mode.ts";
import { type Choice, measuring } from "./plan.ts";
import { show } from "./results.ts";
import { seriesFrom } from "./run.ts";
import { median } from "./timing.ts";

/** More than this times the lowest cost of a smaller point is growth. */
const tolerance = 1.25;

/** The cost of a unit at each point, on one combination. */
export interface Growth {
  curve: string;
  /** What a reader is told. */
  title: string;
  unit: string;
  runtime: RuntimeName;
  method: string;
  points: Point[];
}

/** One point of a curve. */
export interface Point {
  point: number;
  /** Of the median program; `null` when none gave an answer. */
  cost: number | null;
  failure?: string;
}

/** The curves. */
export const growth: Mode = {
  about: "how cost grows with the work",
  refuses: ["condition", "no-peers", "windows"],
  names: curves.map(({ name }) => name),
  programs: 1,
  budget: { own: 0, others: 0 },
  async measure({ only, choices: [choice], programs, print }) {
    const found: Growth[] = [];
    for (const curve of curves.filter(({ name }) => only.includes(name))) {
      const growths = await measureGrowth(curve, choice, programs);
      print(`\n${growthTable(curve, growths)}`);
      found.push(...growths);
    }
    return found;
  },
};

/** Measures a curve on each combination, with some programs a point. */
async function measureGrowth(
  curve: Curve,
  { runtimes, methods, libraries }: Choice,
  programs: number,
): Promise<Growth[]> {
  const progress = new Progress(process.stderr);
  const found: Growth[] = [];
  for (const runtime of runtimes) {
    for (const method of methods) {
      const points: Point[] = [];
      for (const point of curve.points) {
        progress.show(`${curve.name}: ${runtime} ${method}, ${grouped(point)}`);
        const effort = { budget: 0, workers: 2 };
        const library = libraries[runtime];
        const assignment = { measurement: curve.name, subject: method, library, effort, point };
        points.push(await measurePoint(measuring(runtime, assignment), point, programs));
      }
      const { name, title, unit } = curve;
      found.push({ curve: name, title, unit, runtime, method, points });
    }
  }
  progress.clear();
  return found;
}

async function measurePoint(command: string[], point: number, programs: number): Promise<Point> {
  const costs: number[] = [];
  try {
    for (let i = 0; i < programs; i++) {
      costs.push((await seriesFrom<{ cost: number }>(command)).cost);
    }
    return { point, cost: median(costs) };
  } catch (error) {
    return { point, cost: null, failure: (error as Error).message };
  }
}

/** The table of one curve. */
function growthTable({ title, unit, points }: Curve, found: Growth[]): string {
  const head = ["runtime", "method", ...points.map(grouped), ""];
  const rows = found.map(({ runtime, method, points }) => [
    runtime,
    method,
    ...points.map(({ cost }) => cost === null ? "failed" : show(cost)),
    remarkOn(points),
  ]);
  return `${title} (${unit})\n${table(head, rows, `ll${"r".repeat(points.length)}l`)}`;
}

/** Where a unit costs more than in a smaller amount of work. */
export function growingPoints(points: Point[]): number[] {
  let lowest = Infinity;
  return points.flatMap(({ point, cost }) => {
    const grows = cost !== null && cost > tolerance * lowest;
    lowest = Math.min(lowest, cost ?? Infinity);
    return grows ? [point] : [];
  });
}

function remarkOn(points: Point[]): string {
  const growing = growingPoints(points).map(grouped);
  const failure = points.find((point) => point.failure !== undefined)?.failure;
  return [growing.length > 0 ? `grows at ${growing.join("; ")}` : "", failure ?? ""]
    .filter(Boolean).join("; ");
}

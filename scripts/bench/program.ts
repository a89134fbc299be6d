/**
 * One measurement of one subject, on the runtime that this is started with. Prints its series as a line of JSON.
 *
 * @module
 */

import process from "node:process";
import { curves } from "./curves.ts";
import { measurements } from "./measurements/mod.ts";
import { loadSubject } from "./subjects/mod.ts";
import { countBailouts } from "./traces.ts";
import type { Effort, Series } from "./types.ts";

/** What is to be measured: the program's one argument, as JSON. */
export interface Assignment {
  /** The name of a measurement, or of a curve. */
  measurement: string;
  /** See {@linkcode loadSubject}. */
  subject: string;
  library: string;
  effort: Effort;
  /** The point of a curve. */
  point?: number;
  /** Whether to count, after each window, the deoptimisations in the working directory. */
  counts?: boolean;
}

const assignment: Assignment = JSON.parse(process.argv[2]);
const subject = await loadSubject(assignment.subject, assignment.library);
console.log(JSON.stringify(await measure(assignment)));
// Some libraries keep their workers, and with them the program, for a while.
process.exit(0);

async function measure({ measurement, effort, point, counts }: Assignment): Promise<unknown> {
  if (point !== undefined) {
    const curve = curves.find(({ name }) => name === measurement)!;
    return { cost: await curve.run(subject, point) };
  }
  const { run } = measurements.find(({ name }) => name === measurement)!;
  if (run === "outside") throw new Error(`${measurement} is measured from outside`);
  if (!counts) return await run(subject, effort);
  const bailouts: Record<string, number>[] = [];
  const afterWindow = () => void bailouts.push(countBailouts("."));
  const series: Series = await run(subject, { ...effort, afterWindow });
  return { ...series, pid: process.pid, bailouts };
}

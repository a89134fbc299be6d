/**
 * One measurement of one subject, on the runtime that this is started with. Prints its figures as a line of JSON.
 *
 * @module
 */

import process from "node:process";
import { measurements } from "./measurements/mod.ts";
import { loadSubject } from "./subjects/mod.ts";
import type { Effort } from "./types.ts";

/** What is to be measured: the program's one argument, as JSON. */
export interface Assignment {
  measurement: string;
  /** See {@linkcode loadSubject}. */
  subject: string;
  library: string;
  effort: Effort;
}

const assignment: Assignment = JSON.parse(process.argv[2]);
const measurement = measurements.find(({ name }) => name === assignment.measurement)!;
const subject = await loadSubject(assignment.subject, assignment.library);
const figures = await measurement.run(subject, assignment.effort);
console.log(JSON.stringify(figures));
// Some libraries keep their workers, and with them the program, for a while.
process.exit(0);

/**
 * All measurements, one table after the other.
 *
 * @module
 */

import { measurements } from "./measurements/mod.ts";
import { finish, type Mode } from "./mode.ts";
import { jobsOf } from "./plan.ts";
import { tableOf, windowsTable } from "./results.ts";
import { type Result, runJobs } from "./run.ts";

/** The whole bench. */
export const full: Mode = {
  about: "everything",
  refuses: [],
  names: measurements.map(({ name }) => name),
  programs: 7,
  budget: { own: 10_000, others: 5_000 },
  async measure({ only, choices, programs, windows, print }) {
    const found: Result[] = [];
    for (const choice of choices) {
      for (const measurement of measurements.filter(({ name }) => only.includes(name))) {
        const results = await runJobs(jobsOf(measurement, choice), { programs: () => programs });
        if (results.length > 0) print(`\n${tableOf(results)}`);
        if (windows) { for (const result of results) print(`\n${windowsTable(result)}`); }
        found.push(...results);
      }
    }
    return finish(found);
  },
};

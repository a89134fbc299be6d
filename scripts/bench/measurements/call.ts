import { at, every, overBare, settled, spread } from "../columns.ts";
import { microseconds, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const calls = 1000;

/** Calls, each of which waits for the one before. */
export const call: Measurement = {
  name: "call",
  title: "A call, one after the other, windows of 1,000",
  unit: "µs",
  better: "lower",
  columns: [at(1, 40), at(2, 10), at(10), every(3, 5), overBare(3, 0.2), spread(3), settled(51)],
  peers: ["node", "bun"],
  limits: ["bare", "spin"],
  python: ["fork"],
  scales: true,
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, effort);
    const one = () => workers.call("increment", 1);
    const windows = await takeWindows(60, effort, () => microseconds(calls, one));
    await workers.close();
    return { first, windows };
  },
};

import { at, every, settled } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const inFlight = 1000;

/** Many calls at the same time. */
export const flight: Measurement = {
  name: "flight",
  title: "A call, 1,000 in flight, windows of 1,000",
  unit: "µs",
  better: "lower",
  columns: [at(1), at(2), at(10), every(3, 0.6), settled(51, 0.25)],
  peers: ["node", "bun"],
  limits: ["bare"],
  python: ["fork"],
  scales: true,
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, effort);
    const batch = () =>
      Promise.all(Array.from({ length: inFlight }, (_, i) => workers.call("increment", i)));
    const windows = await takeWindows(
      60,
      effort,
      async () => await elapsed(batch) * 1000 / inFlight,
    );
    await workers.close();
    return { first, windows };
  },
};

import { microseconds, SETTLING } from "../timing.ts";
import type { Measurement } from "../types.ts";

const inFlight = 1000;
const rounds = 50;

/** Many calls at the same time. */
export const flight: Measurement = {
  name: "flight",
  title: "A call, 1,000 in flight, 2 workers",
  unit: "µs",
  better: "lower",
  target: 1,
  peers: ["node", "bun"],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const workers = await subject.open(2);
    const count = Math.ceil(rounds * scale);
    const batch = () =>
      Promise.all(Array.from({ length: inFlight }, (_, i) => workers.call("increment", i)));
    const batches = await microseconds(count, batch, { repetitions, settling: SETTLING * scale });
    await workers.close();
    return { values: batches.map((time) => time / inFlight) };
  },
};

import { microseconds, SETTLING } from "../timing.ts";
import type { Measurement } from "../types.ts";

const calls = 2000;

/** Calls, each of which waits for the one before. */
export const call: Measurement = {
  name: "call",
  title: "A call, one after the other, 2 workers",
  unit: "µs",
  better: "lower",
  target: 5,
  peers: ["node", "bun"],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const workers = await subject.open(2);
    const count = Math.ceil(calls * scale);
    const one = () => workers.call("increment", 1);
    const values = await microseconds(count, one, { repetitions, settling: SETTLING * scale });
    await workers.close();
    return { values };
  },
};

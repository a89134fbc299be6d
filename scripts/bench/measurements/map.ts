import { elapsed, repeat, sample } from "../timing.ts";
import type { Measurement } from "../types.ts";

const items = 1_000_000;

/** A function over many numbers. */
export const map: Measurement = {
  name: "map",
  title: "map of a million numbers, 2 workers",
  unit: "µs an item",
  better: "lower",
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions }) {
    const workers = await subject.open(2);
    const numbers = Array.from({ length: items }, (_, i) => i);
    const whole = async () => {
      const results = await workers.map!("increment", numbers);
      if (results[items - 1] !== items) throw new Error("the result is wrong");
    };
    await repeat(2, whole);
    const values = await sample(repetitions, async () => await elapsed(whole) * 1000 / items);
    await workers.close();
    return { values };
  },
};

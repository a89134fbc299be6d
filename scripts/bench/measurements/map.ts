import { at } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const items = 1_000_000;

/** A function over many numbers. */
export const map: Measurement = {
  name: "map",
  title: "map of a million numbers, one after the other",
  unit: "µs an item",
  better: "lower",
  columns: [at(1, 0.05), at(2), at(5)],
  peers: [],
  limits: ["bare"],
  python: ["fork"],
  scales: true,
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, effort);
    const numbers = Array.from({ length: items }, (_, i) => i);
    const whole = async () => {
      const results = await workers.map!("increment", numbers);
      if (results[items - 1] !== items) throw new Error("the result is wrong");
    };
    const windows = await takeWindows(5, effort, async () => await elapsed(whole) * 1000 / items);
    await workers.close();
    return { first, windows };
  },
};

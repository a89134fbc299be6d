import { at, every, settled } from "../columns.ts";
import { microseconds, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";

const items = 1000;
const most = 100;

/** Small items from another process, as fast as they come. */
export const queue: Measurement = {
  name: "queue",
  title: "An item of a queue, one producer and one consumer, small items, windows of 1,000",
  unit: "µs",
  better: "lower",
  columns: [at(1), at(2), at(5), every(11, 1), settled(91, 0.5)],
  peers: [],
  limits: ["bare"],
  python: ["fork"],
  async run(subject, effort) {
    const started = performance.now();
    const consumer = await subject.openQueue!();
    await consumer.ask(1 + items * most);
    await consumer.get();
    const first = performance.now() - started;
    const windows = await takeWindows(most, effort, () => microseconds(items, consumer.get));
    await consumer.close();
    return { first, windows };
  },
};

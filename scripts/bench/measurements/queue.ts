import { sample } from "../timing.ts";
import type { Measurement } from "../types.ts";

const most = 200_000;

/** Small items from another process, as fast as they come. */
export const queue: Measurement = {
  name: "queue",
  title: "An item of a queue, one producer and one consumer, small items",
  unit: "µs",
  better: "lower",
  target: 1,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const consumer = await subject.openQueue!();
    const count = Math.ceil(most * scale);
    await consumer.take(count);
    const values = await sample(
      repetitions,
      async () => await consumer.take(count) * 1000 / (count - 1),
    );
    await consumer.close();
    return { values };
  },
};

import process from "node:process";
import { at } from "../columns.ts";
import type { Measurement } from "../types.ts";

const most = 1_000_000;

/** What items need that wait in a queue: with whatever the engine has not given back yet. */
export const queueMemory: Measurement = {
  name: "queue-memory",
  title: "Memory of a queue that holds 1,000,000 small numbers",
  unit: "MB",
  better: "lower",
  columns: [at(1, 25, "all items")],
  peers: [],
  limits: [],
  python: [],
  async run(subject) {
    const queue = subject.openBacklog!();
    // The code is compiled, and the engine has the room that it wants for what lives shortly.
    for (let i = 0; i < most / 10; i++) {
      await queue.put(i);
      await queue.get();
    }
    const before = process.memoryUsage().rss;
    for (let i = 0; i < most; i++) await queue.put(i);
    const used = process.memoryUsage().rss - before;
    for (let i = 0; i < most; i++) {
      if (await queue.get() !== i) throw new Error(`item ${i} is not there`);
    }
    return { windows: [used / 1e6] };
  },
};

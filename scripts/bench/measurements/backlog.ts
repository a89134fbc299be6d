import process from "node:process";
import type { Measurement } from "../types.ts";

const calls = 1_000_000;

/** What calls need that wait for their workers: with their promises, and whatever the engine has not given back yet. */
export const backlog: Measurement = {
  name: "backlog",
  title: "Memory of a call that waits, of 1,000,000 at once, 2 workers",
  unit: "bytes",
  better: "lower",
  target: 1024,
  peers: ["node", "bun"],
  python: [],
  async run(subject, { scale }) {
    const workers = await subject.open(2);
    await workers.call("increment", 1);
    const count = Math.ceil(calls * scale);
    const before = process.memoryUsage().rss;
    const waiting: Promise<unknown>[] = [];
    for (let i = 0; i < count; i++) waiting.push(workers.call("increment", i));
    const used = process.memoryUsage().rss - before;
    await Promise.all(waiting);
    await workers.close();
    return { values: [used / count] };
  },
};

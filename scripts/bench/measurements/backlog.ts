import process from "node:process";
import { at } from "../columns.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const calls = 1_000_000;

/** What calls need that wait for their workers: with their promises, and whatever the engine has not given back yet. */
export const backlog: Measurement = {
  name: "backlog",
  title: "Memory of a call that waits, of 1,000,000 at once, 2 workers",
  unit: "bytes",
  better: "lower",
  columns: [at(1, 1024, "a call")],
  peers: ["node", "bun"],
  limits: [],
  python: [],
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, effort);
    const before = process.memoryUsage().rss;
    const waiting: Promise<unknown>[] = [];
    for (let i = 0; i < calls; i++) waiting.push(workers.call("increment", i));
    const used = process.memoryUsage().rss - before;
    await Promise.all(waiting);
    await workers.close();
    return { first, windows: [used / calls] };
  },
};

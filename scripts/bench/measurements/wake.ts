import { setTimeout as sleep } from "node:timers/promises";
import { at, overBare, settled } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const calls = 5;
/** Milliseconds after which everybody sleeps. */
const pause = 20;

/** Calls so far apart that the worker has to be woken for each. */
export const wake: Measurement = {
  name: "wake",
  title: `A call each ${pause} ms, windows of ${calls}`,
  unit: "µs",
  better: "lower",
  columns: [at(1), settled(2), { ...overBare(1, 1), name: "middle / bare", take: "middle" }],
  peers: ["node", "bun"],
  limits: ["bare"],
  python: ["fork"],
  scales: true,
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, effort);
    const windows = await takeWindows(6, effort, async () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        await sleep(pause);
        sum += await elapsed(() => workers.call("increment", 1));
      }
      return sum * 1000 / calls;
    });
    await workers.close();
    return { first, windows };
  },
};

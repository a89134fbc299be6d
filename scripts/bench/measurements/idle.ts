import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../columns.ts";
import { cpuTime, processTree } from "../cpu_time.ts";
import { microseconds } from "../timing.ts";
import type { Measurement } from "../types.ts";

const window = 2000;

/** What workers cost that have nothing to do. */
export const idle: Measurement = {
  name: "idle",
  title: "CPU time of idle workers and their creator, over 2 s",
  unit: "% of a core",
  better: "lower",
  columns: [at(1, 0, "idle")],
  peers: ["node"],
  limits: [],
  python: ["fork"],
  scales: true,
  async run(subject, { workers: count }) {
    const workers = await subject.open(count);
    await microseconds(100, () => workers.call("increment", 1));
    await sleep(300);
    const processes = processTree();
    const before = cpuTime(processes);
    await sleep(window);
    const used = cpuTime(processes) - before;
    await workers.close();
    return { windows: [used / window * 100] };
  },
};

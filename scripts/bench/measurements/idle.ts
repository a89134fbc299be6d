import { setTimeout as sleep } from "node:timers/promises";
import { cpuTime, processTree } from "../cpu_time.ts";
import { repeat } from "../timing.ts";
import type { Measurement } from "../types.ts";

const window = 2000;

/** What workers cost that have nothing to do. */
export const idle: Measurement = {
  name: "idle",
  title: "CPU time of 2 idle workers and their creator, over 2 s",
  unit: "% of a core",
  better: "lower",
  peers: ["node"],
  python: ["fork"],
  async run(subject) {
    const workers = await subject.open(2);
    await repeat(100, () => workers.call("increment", 1));
    await sleep(300);
    const processes = processTree();
    const before = cpuTime(processes);
    await sleep(window);
    const used = cpuTime(processes) - before;
    await workers.close();
    return { values: [used / window * 100] };
  },
};

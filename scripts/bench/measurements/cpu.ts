import { availableParallelism } from "node:os";
import { at } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement, Workers } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const cores = availableParallelism();
const rounds = 4_000_000;
const tasksACore = 16;

/** The same CPU-bound tasks on one worker and on as many as there are cores. */
export const cpu: Measurement = {
  name: "cpu",
  title: `CPU-bound tasks, speed-up of ${cores} workers over one, one after the other`,
  unit: "times",
  better: "higher",
  columns: [at(1), at(2), at(3, 0.97 * cores)],
  peers: ["node"],
  limits: ["bare"],
  python: ["fork"],
  async run(subject, effort) {
    const [{ workers: one }, { workers: all }] = await Promise.all([
      openWorkers(subject, { workers: 1 }),
      openWorkers(subject, { workers: cores }),
    ]);
    const windows = await takeWindows(3, effort, async () => {
      const single = await elapsed(() => burnAll(one));
      return single / await elapsed(() => burnAll(all));
    });
    await Promise.all([one.close(), all.close()]);
    return { windows };
  },
};

function burnAll(workers: Workers): Promise<unknown> {
  const work = Array(tasksACore * cores).fill(rounds);
  if (workers.map) return workers.map("burn", work);
  return Promise.all(work.map((amount) => workers.call("burn", amount)));
}

import { availableParallelism } from "node:os";
import { elapsed, median, sample } from "../timing.ts";
import type { Measurement, Workers } from "../types.ts";

const rounds = 4_000_000;
const tasksACore = 16;

/** The same CPU-bound tasks on one worker and on as many as there are cores. */
export const cpu: Measurement = {
  name: "cpu",
  title: `CPU-bound tasks, speed-up of ${availableParallelism()} workers over one`,
  unit: "times",
  better: "higher",
  peers: ["node"],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const cores = availableParallelism();
    const one = await subject.open(1);
    const all = await subject.open(cores);
    const count = Math.ceil(tasksACore * scale) * cores;
    await Promise.all([burnAll(one, cores * 2), burnAll(all, cores * 2)]);
    const single: number[] = [];
    const several: number[] = [];
    const values = await sample(Math.ceil(repetitions / 2), async () => {
      single.push(await elapsed(() => burnAll(one, count)));
      several.push(await elapsed(() => burnAll(all, count)));
      return single.at(-1)! / several.at(-1)!;
    });
    await Promise.all([one.close(), all.close()]);
    const note = `${median(single).toFixed(0)} ms over ${median(several).toFixed(0)} ms`;
    return { values, note };
  },
};

function burnAll(workers: Workers, tasks: number): Promise<unknown> {
  const work = Array(tasks).fill(rounds);
  if (workers.map) return workers.map("burn", work);
  return Promise.all(work.map((amount) => workers.call("burn", amount)));
}

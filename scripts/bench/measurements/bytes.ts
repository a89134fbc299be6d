import { at } from "../columns.ts";
import { gigabytes, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const size = 64 * 1024 * 1024;

/** One large array, copied to a worker and back. */
export const bytes: Measurement = {
  name: "bytes",
  title: "64 MiB to a task and back, copied both ways, one after the other",
  unit: "GB/s",
  better: "higher",
  columns: [at(1, 1.5), at(2), at(5, 3)],
  peers: ["node", "bun"],
  limits: ["bare"],
  python: ["fork"],
  async run(subject, effort) {
    const { workers, first } = await openWorkers(subject, { workers: 1 });
    const data = new Uint8Array(size).fill(7);
    const thereAndBack = async () => {
      const back = await workers.call("echo", data) as Uint8Array;
      if (back.length !== size || back[size - 1] !== 7) throw new Error("the bytes are wrong");
    };
    const windows = await takeWindows(5, effort, () => gigabytes(size, thereAndBack));
    await workers.close();
    return { first, windows };
  },
};

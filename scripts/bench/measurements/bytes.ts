import { gigabytes } from "../timing.ts";
import type { Measurement } from "../types.ts";

const size = 64 * 1024 * 1024;

/** One large array, copied to a worker and back. */
export const bytes: Measurement = {
  name: "bytes",
  title: "64 MiB to a task and back, copied both ways",
  unit: "GB/s",
  better: "higher",
  peers: ["node", "bun"],
  python: ["fork"],
  async run(subject, { repetitions }) {
    const workers = await subject.open(1);
    const data = new Uint8Array(size).fill(7);
    const thereAndBack = async () => {
      const back = await workers.call("echo", data) as Uint8Array;
      if (back.length !== size || back[size - 1] !== 7) throw new Error("the bytes are wrong");
    };
    const values = await gigabytes(size, thereAndBack, repetitions);
    await workers.close();
    return { values };
  },
};

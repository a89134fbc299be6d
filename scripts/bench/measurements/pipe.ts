import { elapsed, repeat, sample, warmUp } from "../timing.ts";
import type { Measurement } from "../types.ts";

const most = 5000;
const size = 64 * 1024 * 1024;

/** Small messages to another process and back, each of which waits for the one before. */
export const pipe: Measurement = {
  name: "pipe",
  title: "A message through a pipe and back",
  unit: "µs",
  better: "lower",
  target: 5,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const echo = await subject.openPipe!();
    const count = Math.ceil(most * scale);
    const one = () => echo.value(1);
    await warmUp(300 * scale, one);
    const values = await sample(repetitions, async () => {
      return await elapsed(() => repeat(count, one)) * 1000 / count;
    });
    await echo.close();
    return { values };
  },
};

/** One large message to another process and back. */
export const pipeBytes: Measurement = {
  name: "pipe-bytes",
  title: "64 MiB through a pipe and back",
  unit: "GB/s",
  better: "higher",
  target: 2,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions }) {
    const echo = await subject.openPipe!();
    const data = new Uint8Array(size).fill(7);
    const thereAndBack = async () => {
      const back = await echo.bytes(data);
      if (back.length !== size || back[size - 1] !== 7) throw new Error("the bytes are wrong");
    };
    await thereAndBack();
    const values = await sample(repetitions, async () => {
      return 2 * size / 1e6 / await elapsed(thereAndBack);
    });
    await echo.close();
    return { values };
  },
};

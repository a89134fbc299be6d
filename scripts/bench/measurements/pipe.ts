import { at, every, overBare, settled } from "../columns.ts";
import { gigabytes, microseconds, takeWindows } from "../timing.ts";
import type { Effort, Measurement, Series, Subject } from "../types.ts";

const messages = 1000;
const size = 64 * 1024 * 1024;

/** Small messages to another process and back, each of which waits for the one before. */
export const pipe: Measurement = {
  name: "pipe",
  title: "A message through a pipe and back, windows of 1,000",
  unit: "µs",
  better: "lower",
  columns: [at(1), at(2), at(10), every(3, 5), overBare(1, 1), settled(51)],
  peers: [],
  limits: ["bare", "spin"],
  python: ["fork"],
  async run(subject, effort) {
    const started = performance.now();
    const echo = await subject.openPipe!();
    await echo.value(1);
    const first = performance.now() - started;
    const one = () => echo.value(1);
    const windows = await takeWindows(60, effort, () => microseconds(messages, one));
    await echo.close();
    return { first, windows };
  },
};

/** One large message to another process and back, received where the one before was. */
export const pipeBytes: Measurement = {
  name: "pipe-bytes",
  title: "64 MiB through a pipe and back, both sides receive into memory that they have",
  unit: "GB/s",
  better: "higher",
  columns: [at(1), at(2), settled(5, 2)],
  peers: [],
  limits: [],
  python: ["fork"],
  run: (subject, effort) => sendLarge(subject, effort, new Uint8Array(size).fill(1)),
};

/** One large message to another process and back, received into new memory: the system takes longer for it than the copy. */
export const pipeBytesNew: Measurement = {
  ...pipeBytes,
  name: "pipe-bytes-new",
  title: "64 MiB through a pipe and back, both sides receive into new memory",
  columns: [at(1), at(2), settled(5)],
  run: (subject, effort) => sendLarge(subject, effort, null),
};

async function sendLarge(
  subject: Subject,
  effort: Effort,
  room: Uint8Array | null,
): Promise<Series> {
  const started = performance.now();
  const echo = await subject.openPipe!(room?.length);
  await echo.bytes!(new Uint8Array(1), room);
  const first = performance.now() - started;
  const data = new Uint8Array(size).fill(7);
  const thereAndBack = async () => {
    const back = await echo.bytes!(data, room);
    if (back.length !== size || back[size - 1] !== 7) throw new Error("the bytes are wrong");
    back[size - 1] = 0;
  };
  const windows = await takeWindows(10, effort, () => gigabytes(size, thereAndBack));
  await echo.close();
  return { first, windows };
}

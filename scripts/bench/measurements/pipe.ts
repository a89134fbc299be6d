import { gigabytes, microseconds, SETTLING } from "../timing.ts";
import type { Figures, Measurement, Subject } from "../types.ts";

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
    const values = await microseconds(count, one, { repetitions, settling: SETTLING * scale });
    await echo.close();
    return { values };
  },
};

/** One large message to another process and back, received where the one before was. */
export const pipeBytes: Measurement = {
  name: "pipe-bytes",
  title: "64 MiB through a pipe and back, both sides receive into memory that they have",
  unit: "GB/s",
  better: "higher",
  target: 2,
  peers: [],
  python: ["fork"],
  run: (subject, { repetitions }) => sendLarge(subject, repetitions, new Uint8Array(size).fill(1)),
};

/** One large message to another process and back, received into new memory: the system takes longer for it than the copy. */
export const pipeBytesNew: Measurement = {
  name: "pipe-bytes-new",
  title: "64 MiB through a pipe and back, both sides receive into new memory",
  unit: "GB/s",
  better: "higher",
  peers: [],
  python: ["fork"],
  run: (subject, { repetitions }) => sendLarge(subject, repetitions, null),
};

async function sendLarge(
  subject: Subject,
  repetitions: number,
  room: Uint8Array | null,
): Promise<Figures> {
  const echo = await subject.openPipe!(room?.length);
  const data = new Uint8Array(size).fill(7);
  const thereAndBack = async () => {
    const back = await echo.bytes(data, room);
    if (back.length !== size || back[size - 1] !== 7) throw new Error("the bytes are wrong");
    back[size - 1] = 0;
  };
  const values = await gigabytes(size, thereAndBack, repetitions);
  await echo.close();
  return { values };
}

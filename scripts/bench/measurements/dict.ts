import { microseconds } from "../timing.ts";
import type { Measurement } from "../types.ts";

const calls = 2000;
const inFlight = 100;
const rounds = 50;

/** Calls of a managed dict, each of which waits for the one before. */
export const dict: Measurement = {
  name: "dict",
  title: "A managed dict's get, one after the other",
  unit: "µs",
  better: "lower",
  target: 60,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const managed = await subject.openDict!();
    const count = Math.ceil(calls * scale);
    const values = await microseconds(count, managed.get, { repetitions, settling: 300 * scale });
    await managed.close();
    return { values };
  },
};

/** Calls of a managed dict at the same time. Python's clients are threads there: a connection has one call at a time. */
export const dictFlight: Measurement = {
  name: "dict-flight",
  title: "A managed dict's get, 100 in flight",
  unit: "calls/s",
  better: "higher",
  target: 50_000,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const managed = await subject.openDict!();
    const count = Math.ceil(rounds * scale);
    const batch = () => Promise.all(Array.from({ length: inFlight }, managed.get));
    const batches = await microseconds(count, batch, { repetitions, settling: 300 * scale });
    await managed.close();
    return { values: batches.map((time) => inFlight * 1e6 / time) };
  },
};

import { at, every, settled } from "../columns.ts";
import { elapsed, microseconds, takeWindows } from "../timing.ts";
import type { ManagedDict, Measurement, Subject } from "../types.ts";

const calls = 100;
const inFlight = 100;

/** Calls of a managed dict, each of which waits for the one before. */
export const dict: Measurement = {
  name: "dict",
  title: "A managed dict's get, one after the other, windows of 100",
  unit: "µs",
  better: "lower",
  columns: [at(1), at(2), every(3), settled(21, 60)],
  peers: [],
  limits: [],
  python: ["fork"],
  async run(subject, effort) {
    const { managed, first } = await openManaged(subject);
    const windows = await takeWindows(30, effort, () => microseconds(calls, managed.get));
    await managed.close();
    return { first, windows };
  },
};

/** Calls of a managed dict at the same time. Python's clients are threads there: a connection has one call at a time. */
export const dictFlight: Measurement = {
  name: "dict-flight",
  title: "A managed dict's get, 100 in flight, windows of 100",
  unit: "calls/s",
  better: "higher",
  columns: [at(1), at(2), every(3), settled(21, 50_000)],
  peers: [],
  limits: [],
  python: ["fork"],
  async run(subject, effort) {
    const { managed, first } = await openManaged(subject);
    const batch = () => Promise.all(Array.from({ length: inFlight }, managed.get));
    const windows = await takeWindows(
      30,
      effort,
      async () => inFlight * 1000 / await elapsed(batch),
    );
    await managed.close();
    return { first, windows };
  },
};

async function openManaged(subject: Subject): Promise<{ managed: ManagedDict; first: number }> {
  const started = performance.now();
  const managed = await subject.openDict!();
  await managed.get();
  return { managed, first: performance.now() - started };
}

import { at, every, settled } from "../columns.ts";
import { microseconds, takeWindows } from "../timing.ts";
import type { Lockable, Measurement } from "../types.ts";

const times = 1000;

/** A lock that nobody else wants. */
export const lock: Measurement = {
  name: "lock",
  title: "To acquire and release a free lock, windows of 1,000",
  unit: "µs",
  better: "lower",
  columns: [at(1), at(2), every(3), settled(51, 1)],
  peers: [],
  limits: [],
  python: ["fork"],
  run: measureWith((lock) => async () => {
    await lock.acquire();
    lock.release();
  }),
};

/** The same by a call of a function. */
export const withLock: Measurement = {
  ...lock,
  name: "with-lock",
  title: "withLock() of a free lock, windows of 1,000",
  columns: [at(1), at(2), every(3), settled(51)],
  run: measureWith((lock) => () => lock.withLock(nothing)),
};

function measureWith(use: (lock: Lockable) => () => Promise<void>): Measurement["run"] {
  return async (subject, effort) => {
    const once = use(subject.openLock!());
    return { windows: await takeWindows(60, effort, () => microseconds(times, once)) };
  };
}

function nothing(): void {}

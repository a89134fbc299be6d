import { elapsed, sample, warmUp } from "../timing.ts";
import type { Measurement } from "../types.ts";

const most = 100_000;

/** A lock that nobody else wants. */
export const lock: Measurement = {
  name: "lock",
  title: "To acquire and release a free lock",
  unit: "µs",
  better: "lower",
  target: 1,
  peers: [],
  python: ["fork"],
  async run(subject, { repetitions, scale }) {
    const lock = subject.openLock!();
    const count = Math.ceil(most * scale);
    const byHand = async () => {
      for (let i = 0; i < count; i++) {
        await lock.acquire();
        lock.release();
      }
    };
    const byCall = async () => {
      for (let i = 0; i < count; i++) await lock.withLock(nothing);
    };
    await warmUp(300 * scale, byHand);
    const values = await sample(repetitions, async () => await elapsed(byHand) * 1000 / count);
    await warmUp(100 * scale, byCall);
    const called = await elapsed(byCall) * 1000 / count;
    return { values, note: `withLock() ${called.toFixed(2)}` };
  },
};

function nothing(): void {}

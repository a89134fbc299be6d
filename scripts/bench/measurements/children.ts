import { at, overBare } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement } from "../types.ts";

const count = 4;

/** Processes or threads that do nothing, against the runtime's own with an empty program. */
export const children: Measurement = {
  name: "children",
  title: `${count} children started and joined; bare: side by side, with an empty program`,
  unit: "ms",
  better: "lower",
  columns: [at(1), at(2), { ...overBare(1, 1.5), name: "1st / bare", to: 1 }],
  peers: [],
  limits: ["bare"],
  // "spawn" besides, since "fork" starts no interpreter.
  python: ["spawn", "fork"],
  async run(subject, effort) {
    return {
      windows: await takeWindows(2, effort, () => elapsed(() => subject.startChildren!(count))),
    };
  },
};

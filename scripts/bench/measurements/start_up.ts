import { at } from "../columns.ts";
import type { Measurement } from "../types.ts";

/** What a program needs until it has done something, seen from outside; see `start_up.ts` of the bench. */
export const startUp: Measurement = {
  name: "start-up",
  title:
    "An empty program; on top of it, the import; on top of that, a pool of 2, used once and left",
  unit: "ms",
  better: "lower",
  columns: [
    { ...at(1, undefined, "empty"), isGiven: true },
    at(2, undefined, "import"),
    at(3, undefined, "pool"),
    { ...at(4, { deno: 1, bun: 1.5, node: 0.5 }, "import / empty"), unit: "times" },
    { ...at(5, { deno: 2, bun: 4, node: 2 }, "pool / empty"), unit: "times" },
  ],
  peers: ["node", "bun"],
  limits: [],
  python: ["spawn", "fork"],
  run: "outside",
};

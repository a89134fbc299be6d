import { elapsed, median, repeat, sample } from "../timing.ts";
import type { Measurement } from "../types.ts";

/** A process or thread that does nothing, against the runtime's own with an empty program. */
export const start: Measurement = {
  name: "start",
  title: "Process start to join, over the bare runtime's start and exit",
  unit: "times",
  better: "lower",
  peers: [],
  // Not "fork", which starts no interpreter.
  python: ["spawn"],
  async run(subject, { repetitions }) {
    const ours: number[] = [];
    const bare: number[] = [];
    await repeat(2, () => subject.startToJoin!());
    await repeat(2, () => subject.startBare!());
    const values = await sample(repetitions * 2, async () => {
      bare.push(await elapsed(() => subject.startBare!()));
      ours.push(await elapsed(() => subject.startToJoin!()));
      return ours.at(-1)! / bare.at(-1)!;
    });
    const note = `${median(ours).toFixed(1)} ms over ${median(bare).toFixed(1)} ms`;
    return { values, note };
  },
};

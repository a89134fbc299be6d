import { settled } from "../columns.ts";
import { elapsed, takeWindows } from "../timing.ts";
import type { Measurement, Workers } from "../types.ts";
import { openWorkers } from "./open_workers.ts";

const inFlight = 1000;
const batches = 30;
const items = 300_000;
/** How long (ms) what a trace left behind may be cleared away before the next window. */
const pause = 30;

/** What a trace costs calls: in each window, as many of them with one as without, those first that were last in the window before. */
export const tracedFlight: Measurement = {
  name: "traced-flight",
  title: "Calls, 1,000 in flight, with a trace over without",
  unit: "times",
  better: "lower",
  columns: [settled(6, 1.02)],
  peers: [],
  limits: [],
  python: [],
  scales: true,
  run: measureWith((workers) => async () => {
    for (let batch = 0; batch < batches; batch++) {
      await Promise.all(Array.from({ length: inFlight }, (_, i) => workers.call("increment", i)));
    }
  }),
};

/** What a trace costs a map. */
export const tracedMap: Measurement = {
  ...tracedFlight,
  name: "traced-map",
  title: "map of 300,000 numbers, with a trace over without",
  run: measureWith((workers) => {
    const numbers = Array.from({ length: items }, (_, i) => i);
    return () => workers.map!("increment", numbers);
  }),
};

function measureWith(prepare: (workers: Workers) => () => Promise<unknown>): Measurement["run"] {
  return async (subject, effort) => {
    const { workers, first } = await openWorkers(subject, effort);
    const work = prepare(workers);
    const traced = async (): Promise<number> => {
      const stop = subject.startTrace!();
      const time = await elapsed(work);
      await stop();
      await new Promise((resolve) => setTimeout(resolve, pause));
      return time;
    };
    let isTracedFirst = false;
    const windows = await takeWindows(60, effort, async () => {
      isTracedFirst = !isTracedFirst;
      const before = isTracedFirst ? await traced() : 0;
      const without = await elapsed(work);
      return (isTracedFirst ? before : await traced()) / without;
    });
    await workers.close();
    return { first, windows };
  };
}

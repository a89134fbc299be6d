/**
 * How cost grows with the work: what a unit of it costs where there is more and more. A program for each point.
 *
 * @module
 */

import { elapsed, microseconds } from "./timing.ts";
import { openWorkers } from "./measurements/open_workers.ts";
import type { Subject } from "./types.ts";

/** A curve. */
export interface Curve {
  /** What `--only` calls it. */
  name: string;
  /** What a reader is told. */
  title: string;
  /** What a unit of work is, and costs. */
  unit: string;
  points: readonly number[];
  /** Measures what a unit costs at a point. */
  run(subject: Subject, point: number): Promise<number>;
}

const itemCounts = [1e3, 1e4, 1e5, 1e6, 1e7];
const workerCounts = [1, 2, 4, 8, 16, 32, 64];
const sizes = [64, 2 ** 10, 2 ** 14, 2 ** 18, 2 ** 22, 2 ** 26, 2 ** 28];

/** Bytes that are sent at least at each point, in as many calls as that takes, up to a thousand. */
const fewestBytes = 2 ** 26;
const flights = 10;
const inFlight = 1000;

/** All curves. */
export const curves: readonly Curve[] = [
  {
    name: "grow-map",
    title: "map of so many numbers, the first one, 2 workers",
    unit: "µs an item",
    points: itemCounts,
    async run(subject, count) {
      const { workers } = await openWorkers(subject, { workers: 2 });
      const numbers = Array.from({ length: count }, (_, i) => i);
      const cost = await elapsed(() => workers.map!("increment", numbers)) * 1000 / count;
      await workers.close();
      return cost;
    },
  },
  {
    name: "grow-queue",
    title: "So many small items of a queue, one producer and one consumer",
    unit: "µs an item",
    points: itemCounts,
    async run(subject, count) {
      const consumer = await subject.openQueue!();
      await consumer.ask(1 + count);
      await consumer.get();
      const cost = await microseconds(count, consumer.get);
      await consumer.close();
      return cost;
    },
  },
  {
    name: "grow-start",
    title: "A pool of so many workers, each with one call, until it has ended",
    unit: "ms a worker",
    points: workerCounts,
    async run(subject, count) {
      const whole = async () => {
        const workers = await subject.open(count);
        await Promise.all(Array.from({ length: count }, (_, i) => workers.call("increment", i)));
        await workers.close();
      };
      return await elapsed(whole) / count;
    },
  },
  {
    name: "grow-workers",
    title: "A call, 1,000 in flight, the first 10,000, so many workers",
    unit: "µs a call",
    points: workerCounts,
    async run(subject, count) {
      const { workers } = await openWorkers(subject, { workers: count });
      const batch = () =>
        Promise.all(Array.from({ length: inFlight }, (_, i) => workers.call("increment", i)));
      const cost = await microseconds(flights, batch) / inFlight;
      await workers.close();
      return cost;
    },
  },
  {
    name: "grow-bytes",
    title: "So many bytes to a task and back, one after the other",
    unit: "ns a byte",
    points: sizes,
    async run(subject, size) {
      const { workers } = await openWorkers(subject, { workers: 1 });
      const data = new Uint8Array(size).fill(7);
      const times = Math.min(1000, Math.ceil(fewestBytes / size));
      const cost = await microseconds(times, () => workers.call("echo", data)) * 1000 / size;
      await workers.close();
      return cost;
    },
  },
];

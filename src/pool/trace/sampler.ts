/**
 * Looks at the counters of pools from time to time.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import type { PoolInsights, PoolStats } from "../schedule/insights.ts";
import type { RunningTask } from "../schedule/observation.ts";
import type { WorkerNote } from "../schedule/recorders.ts";
import type { Sample } from "./records.ts";

/** How often (ms) it looks. */
const PERIOD = 100;

/** What a trace asks a pool. */
export interface TracedPool {
  readonly number: number;
  readonly stats: PoolStats;
  readonly insights: PoolInsights;
  readonly running: readonly RunningTask[];
}

/** Bytes to workers and from them. */
interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What is known of a pool. */
interface Known {
  /** What was told of it last. */
  sample: Sample | null;
  /** Bytes to its workers and from them since the start. */
  sent: number;
  received: number;
  /** The bytes of each worker that lives, as they were last seen. */
  readonly workers: Map<string, Traffic>;
}

const NONE: Traffic = { bytesIn: 0, bytesOut: 0 };

/** Looks at pools, and tells what has changed. */
export class Sampler {
  readonly #pools: () => Iterable<TracedPool>;
  readonly #tell: (sample: Sample) => void;
  readonly #timer: Timer;
  readonly #known = new Map<number, Known>();

  /**
   * Begins to look: what was sent before does not count.
   *
   * @param pools The pools there are.
   * @param tell Told of each that has changed.
   */
  constructor(pools: () => Iterable<TracedPool>, tell: (sample: Sample) => void) {
    this.#pools = pools;
    this.#tell = tell;
    for (const { number, insights } of pools()) {
      const workers = new Map(insights.workers.map((worker) => [worker.name, worker]));
      this.#known.set(number, { sample: null, sent: 0, received: 0, workers });
    }
    this.#timer = unrefTimer(setInterval(() => this.#look(), PERIOD));
    this.#look();
  }

  /** A worker has ended: it is not seen any more. */
  ended({ pool, worker, ...traffic }: WorkerNote): void {
    const known = this.#knownOf(pool);
    count(known, worker, traffic);
    known.workers.delete(worker);
  }

  /** Looks once more, and for the last time. */
  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const at = performance.now();
    const gone = new Set(this.#known.keys());
    for (const { number, stats, insights } of this.#pools()) {
      gone.delete(number);
      const known = this.#knownOf(number);
      for (const worker of insights.workers) count(known, worker.name, worker);
      const { running, queued } = stats;
      const { sent, received } = known;
      const sample = { at, pool: number, running, queued, sent, received };
      if (!hasChanged(known.sample, sample)) continue;
      known.sample = sample;
      this.#tell(sample);
    }
    for (const number of gone) this.#known.delete(number);
  }

  #knownOf(pool: number): Known {
    const known = this.#known.get(pool);
    if (known !== undefined) return known;
    const fresh = { sample: null, sent: 0, received: 0, workers: new Map<string, Traffic>() };
    this.#known.set(pool, fresh);
    return fresh;
  }
}

/** Counts what went to a worker and came from it since it was seen last. */
function count(known: Known, worker: string, { bytesIn, bytesOut }: Traffic): void {
  const last = known.workers.get(worker) ?? NONE;
  // What was read while it was being buried is not seen.
  known.sent += Math.max(0, bytesIn - last.bytesIn);
  known.received += Math.max(0, bytesOut - last.bytesOut);
  known.workers.set(worker, { bytesIn, bytesOut });
}

function hasChanged(before: Sample | null, now: Sample): boolean {
  return before === null || before.running !== now.running || before.queued !== now.queued ||
    before.sent !== now.sent || before.received !== now.received;
}

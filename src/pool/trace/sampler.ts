/**
 * Looks at the counters of pools from time to time.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import type { PoolInsights, PoolStats, WorkerInsights } from "../schedule/insights.ts";
import type { RunningTask } from "../schedule/observation.ts";
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

/** The counters of a pool, and what they were made of. */
interface Known {
  readonly sample: Sample;
  /** The bytes of each worker, as they were last seen. */
  readonly workers: ReadonlyMap<string, WorkerInsights>;
}

/** Looks at pools, and tells what has changed. */
export class Sampler {
  readonly #pools: () => Iterable<TracedPool>;
  readonly #tell: (sample: Sample) => void;
  readonly #timer: Timer;
  #known = new Map<number, Known>();

  /**
   * Begins to look: what was sent before does not count.
   *
   * @param pools The pools there are.
   * @param tell Told of each that has changed.
   */
  constructor(pools: () => Iterable<TracedPool>, tell: (sample: Sample) => void) {
    this.#pools = pools;
    this.#tell = tell;
    this.#timer = unrefTimer(setInterval(() => this.#look(), PERIOD));
    this.#look(true);
  }

  /** Looks once more, and for the last time. */
  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(isFirst = false): void {
    const known = new Map<number, Known>();
    const at = performance.now();
    for (const pool of this.#pools()) {
      const before = this.#known.get(pool.number);
      const workers = new Map(pool.insights.workers.map((worker) => [worker.name, worker]));
      const { running, queued } = pool.stats;
      const { sent, received } = isFirst ? { sent: 0, received: 0 } : bytesOf(workers, before);
      const sample = { at, pool: pool.number, running, queued, sent, received };
      known.set(pool.number, { sample, workers });
      if (before === undefined || hasChanged(before.sample, sample)) this.#tell(sample);
    }
    this.#known = known;
  }
}

/** What went to workers and came from them; those that have ended are counted as they were last seen. */
function bytesOf(
  workers: ReadonlyMap<string, WorkerInsights>,
  before: Known | undefined,
): { sent: number; received: number } {
  let { sent, received } = before?.sample ?? { sent: 0, received: 0 };
  for (const [name, { bytesIn, bytesOut }] of workers) {
    const last = before?.workers.get(name);
    sent += bytesIn - (last?.bytesIn ?? 0);
    received += bytesOut - (last?.bytesOut ?? 0);
  }
  return { sent, received };
}

function hasChanged(before: Sample, now: Sample): boolean {
  return before.running !== now.running || before.queued !== now.queued ||
    before.sent !== now.sent || before.received !== now.received;
}

/**
 * What is kept of one pool: its lines over the last minutes, and how it was last, also when it is gone.
 *
 * @module
 */

import type { WatchedPool } from "../../pool/live_pools.ts";
import { UNKNOWN, type UsageMeter } from "./usage_meter.ts";
import type { Point, PoolView, WorkerView } from "./views.ts";

/** How many seconds the lines are long. */
export const SECONDS = 300;
/** How many workers of a pool are listed. */
const MOST_WORKERS = 256;

/** One pool. */
export class PoolRecord {
  /** The points of the last seconds, the oldest first; none of the seconds in which it had ended. */
  readonly points: Point[] = [];
  /** The second in which it had ended; `null` before. */
  endedAt: number | null = null;
  /** Held until it has ended: one that its user has forgotten still finishes what there is. */
  #pool: WatchedPool | null;
  #view: PoolView;
  /** How many calls were done, failed and lost at the last point. */
  #counted: readonly [number, number, number];

  /**
   * @param pool The pool.
   * @param isNew Whether it was made since the last second: then all that it has done is of this second.
   */
  constructor(pool: WatchedPool, isNew: boolean) {
    this.#pool = pool;
    this.#view = viewOf(pool, null, 0);
    const { done, failed, lost } = this.#view;
    this.#counted = isNew ? [0, 0, 0] : [done, failed, lost];
  }

  /** The number of the pool. */
  get number(): number {
    return this.#view.number;
  }

  /**
   * Takes note of a second.
   *
   * @param second The number of the second.
   */
  mark(second: number): void {
    if (this.endedAt !== null) return;
    this.view(null, 0);
    const { queued, running, done, failed, lost, state } = this.#view;
    const [wereDone, hadFailed, wereLost] = this.#counted;
    this.#counted = [done, failed, lost];
    const counts = [done - wereDone, failed - hadFailed, lost - wereLost] as const;
    this.points.push([second, queued, running, ...counts]);
    if (this.points.length > SECONDS) this.points.shift();
    if (state !== "ended") return;
    this.endedAt = second;
    this.#pool = null;
  }

  /**
   * How the pool is, or was last.
   *
   * @param meter What its workers use; `null` where nobody looks.
   * @param now The time (ms).
   */
  view(meter: UsageMeter | null, now: number): PoolView {
    if (this.#pool !== null) this.#view = viewOf(this.#pool, meter, now);
    return this.#view;
  }
}

function viewOf(pool: WatchedPool, meter: UsageMeter | null, now: number): PoolView {
  const { number, method, stats } = pool;
  const { running, queued, done, failed, lost, retried, waitMs, runMs } = stats;
  const { workers, slowest } = pool.insights;
  const shown = meter === null ? [] : workersOf(pool, meter, now);
  return {
    number,
    method,
    state: stateOf(pool, workers.length),
    running,
    queued,
    done,
    failed,
    lost,
    retried,
    waitMs,
    runMs,
    slowest,
    workers: shown,
    moreWorkers: workers.length - shown.length,
  };
}

function stateOf(pool: WatchedPool, workers: number): PoolView["state"] {
  if (pool.isOver) return "ended";
  if (!pool.isClosed) return "running";
  return workers === 0 ? "ended" : "closing";
}

function workersOf(pool: WatchedPool, meter: UsageMeter, now: number): WorkerView[] {
  const tasks = new Map(pool.running.map((task) => [task.worker, task]));
  const { states } = pool;
  return pool.insights.workers.slice(0, MOST_WORKERS).map((worker) => {
    const { name, pid } = worker;
    const { fn, calls, job, task, ageMs } = tasks.get(name) ?? {};
    const state = states.get(name) ?? "starting";
    return {
      name,
      pid,
      state,
      tasks: worker.tasks,
      task: fn === undefined ? null : { fn, calls, job, task, ageMs } as WorkerView["task"],
      ...pool.method === "process" ? meter.of(pid, now) : UNKNOWN,
    };
  });
}

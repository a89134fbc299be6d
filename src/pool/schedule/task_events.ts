/**
 * What happens to the tasks of a pool, told on the channels of `diagnostics.ts`.
 *
 * Each call that is told as queued is told as ended once, each task that is told as started is told as ended once: a task is
 * told as started when a worker is given it for the first time, and what comes back from a worker or is run again has not ended.
 * Streams read their items as they go: what they have read and not given to a worker was not told, so its end is not.
 *
 * @module
 */

import { StreamJob } from "../jobs/stream_job.ts";
import type { Job, Task } from "../jobs/task.ts";
import { type CallEnd, events } from "./diagnostics.ts";

/** Tells of the tasks of one pool. Whoever calls often asks first whether anybody listens. */
export class TaskEvents {
  readonly #pool: number;
  /** Jobs that were ended by their time: their tasks may be found later. */
  readonly #timedOut = new WeakSet<Job>();

  /** @param pool The number of the pool. */
  constructor(pool: number) {
    this.#pool = pool;
  }

  /** A job waits for workers. */
  queued(job: Job): void {
    if (!(job instanceof StreamJob)) this.#tellQueued(job, job.left);
  }

  /** A task was given to a worker for the first time. */
  started(task: Task, worker: string): void {
    const { job, calls } = task;
    if (job instanceof StreamJob) this.#tellQueued(job, calls);
    events.taskStart.publish({ pool: this.#pool, fn: job.fn.name, calls, worker });
  }

  /** A task could not be sent. */
  refused(task: Task): void {
    if (task.worker === null && task.job instanceof StreamJob) {
      this.#tellQueued(task.job, task.calls);
    }
    this.ended(task, "failed");
  }

  /** A task has come to its end. */
  ended(
    { job, calls, worker }: Task,
    outcome: CallEnd,
    waitMs: number | null = null,
    runMs: number | null = null,
  ): void {
    if (!events.taskEnd.isHeard) return;
    const { name } = job.fn;
    events.taskEnd.publish({ pool: this.#pool, fn: name, calls, worker, outcome, waitMs, runMs });
  }

  /** A job is ended before it is done: to be called before it is. */
  stopped(job: Job, outcome: CallEnd): void {
    if (!events.taskEnd.isHeard) return;
    if (outcome === "timeout") this.#timedOut.add(job);
    this.neverGiven(job, job.left, outcome);
  }

  /** Calls of a job were never given to a worker, and never will be. */
  neverGiven(job: Job, calls: number, outcome: CallEnd): void {
    if (calls === 0 || job instanceof StreamJob || !events.taskEnd.isHeard) return;
    const unknown = { worker: null, waitMs: null, runMs: null };
    events.taskEnd.publish({ pool: this.#pool, fn: job.fn.name, calls, outcome, ...unknown });
  }

  /** A task that waited is not going to be run, since its job is over. */
  dropped(task: Task): void {
    if (task.worker === null && task.job instanceof StreamJob) return;
    this.ended(task, this.#timedOut.has(task.job) ? "timeout" : "cancelled");
  }

  /** A task that waited is not going to be run, since the pool is over. */
  abandoned(task: Task, outcome: CallEnd): void {
    if (task.job.isOver) this.dropped(task);
    else if (task.worker !== null || !(task.job instanceof StreamJob)) this.ended(task, outcome);
  }

  #tellQueued(job: Job, calls: number): void {
    events.taskQueue.publish({ pool: this.#pool, fn: job.fn.name, calls });
  }
}

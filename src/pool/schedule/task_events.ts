/**
 * What happens to the tasks of a pool, told on the channels of `diagnostics.ts`.
 *
 * Each call that is told as queued is told as ended once, each task that is told as started is told as ended once: a task is
 * told as started when a worker is given it for the first time, and what comes back from a worker or is run again has not ended.
 * Streams read their items as they go: what they have read and not given to a worker was not told, so its end is not.
 *
 * @module
 */

import { CallJob } from "../jobs/job.ts";
import { StreamJob } from "../jobs/stream_job.ts";
import type { Job, Task } from "../jobs/task.ts";
import { Request } from "../protocol/records.ts";
import {
  type CallEnd,
  type Carrier,
  events,
  type OfJob,
  type TaskEndEvent,
} from "./diagnostics.ts";
import type { Moment } from "./moment.ts";
import { type Ending, type NotedFailure, type NotedTask, recorders } from "./recorders.ts";

/** Whether anybody may want to know how tasks end. */
export function areEndsHeard(): boolean {
  return recorders.length > 0 || events.taskEnd.isHeard;
}

/** Tells of the tasks of one pool. Whoever calls often asks first whether anybody listens. */
export class TaskEvents {
  readonly #pool: number;
  readonly #moment: Moment;
  /** Of calls and maps that are followed: how many of their calls were told as queued, and not as ended. */
  readonly #open = new WeakMap<Job, number>();
  #latestJob = 0;
  /** Jobs that were ended by their time: their tasks may be found later. */
  readonly #timedOut = new WeakSet<Job>();

  /**
   * @param pool The number of the pool.
   * @param moment Its present moment.
   */
  constructor(pool: number, moment: Moment) {
    this.#pool = pool;
    this.#moment = moment;
  }

  /** Gives a call or map its number, in the order in which they are made. */
  number(job: Job): void {
    if (job.number === 0) job.number = ++this.#latestJob;
  }

  /** A call or map was made. */
  made(job: Job): void {
    if (!events.jobStart.isHeard) return;
    const kind = job instanceof CallJob ? "call" : "map";
    const total = job instanceof StreamJob ? null : job.left;
    const carrier: Carrier = {};
    // Listeners may be told later, and tasks are given later still.
    job.carrier = carrier;
    events.jobStart.publish({ ...this.#ofJob(job), kind, total, carrier });
  }

  /** A stream is over: nothing of it is going to be queued any more. */
  finished(job: StreamJob): void {
    if (events.jobEnd.isHeard) events.jobEnd.publish(this.#ofJob(job));
  }

  /** A job waits for workers. */
  queued(job: Job): void {
    if (job instanceof StreamJob) return;
    this.made(job);
    this.#tellQueued(job, job.left);
  }

  /** A task was given to a worker for the first time. */
  started(task: Task, worker: string): void {
    const { job, calls, id } = task;
    if (job instanceof StreamJob) this.#tellQueued(job, calls);
    if (!events.taskStart.isHeard) return;
    events.taskStart.publish({ ...this.#ofJob(job), calls, worker, task: id });
  }

  /**
   * A task is going to be run again.
   *
   * @param task The task, whose next attempt it is.
   * @param error What it failed with.
   * @param runMs How long it ran (ms); `null` where that is not known.
   * @param delayMs How long it waits (ms).
   */
  retried(task: Task, error: unknown, runMs: number | null, delayMs: number): void {
    // What of a chunk is run again has no number yet: it ran as a part of the chunk.
    const hasRun = task.id !== 0;
    if (recorders.length > 0) {
      const noted = { ...task, attempt: task.attempt - 1 };
      this.#note(noted, "retried", hasRun, runMs, { error, delayMs });
    }
    if (!events.taskRetry.isHeard) return;
    const { job, calls, id, attempt } = task;
    const worker = task.worker!;
    const of = { ...this.#ofJob(job), calls, worker, task: id, attempt: attempt - 1 };
    events.taskRetry.publish({ ...of, error, runMs, delayMs });
  }

  /** A task could not be sent. */
  refused(task: Task, error: unknown): void {
    if (task.worker === null && task.job instanceof StreamJob) {
      this.#tellQueued(task.job, task.calls);
    }
    this.#neverRan(task, "failed", error);
  }

  /**
   * A task that a worker ran has come to its end.
   *
   * @param task The task.
   * @param outcome How.
   * @param error What it failed with; `null` where it did not, or was ended by its caller.
   * @param waitMs How long it waited (ms); `null` where that is not known.
   * @param runMs How long it ran (ms); `null` where that is not known.
   */
  ended(
    task: Task,
    outcome: CallEnd,
    error: unknown = null,
    waitMs: number | null = null,
    runMs: number | null = null,
  ): void {
    if (recorders.length > 0) {
      const failure = error === null ? null : { error, delayMs: 0 };
      this.#note(task, outcome, true, runMs, failure);
    }
    this.#tellTaskEnded(task, outcome, error, waitMs, runMs);
  }

  /** A job is ended before it is done: to be called before it is. */
  stopped(job: Job, outcome: CallEnd): void {
    if (outcome === "timeout" && areEndsHeard()) this.#timedOut.add(job);
    this.neverGiven(job, job.left, outcome);
  }

  /** Calls of a job were never given to a worker, and never will be. */
  neverGiven(job: Job, calls: number, outcome: CallEnd): void {
    if (calls === 0 || job instanceof StreamJob) return;
    if (recorders.length > 0) this.#noteNeverGiven(job, calls, outcome);
    this.#tellEnded(job, { calls, outcome, ...NEVER_GIVEN });
  }

  /** A task that waited is not going to be run, since its job is over. */
  dropped(task: Task): void {
    if (task.worker === null && task.job instanceof StreamJob) return;
    this.#neverRan(task, this.#timedOut.has(task.job) ? "timeout" : "cancelled");
  }

  /** A task that waited is not going to be run, since the pool is over. */
  abandoned(task: Task, outcome: CallEnd): void {
    if (task.job.isOver) this.dropped(task);
    else if (task.worker !== null || !(task.job instanceof StreamJob)) {
      this.#neverRan(task, outcome);
    }
  }

  /** A task has come to its end without being run, or since it was run last. */
  #neverRan(task: Task, outcome: CallEnd, error: unknown = null): void {
    if (recorders.length > 0) this.#note(task, outcome, false, null, { error, delayMs: 0 });
    this.#tellTaskEnded(task, outcome, error, null, null);
  }

  #tellQueued(job: Job, calls: number): void {
    if (events.jobEnd.isHeard) this.#open.set(job, (this.#open.get(job) ?? 0) + calls);
    if (events.taskQueue.isHeard) events.taskQueue.publish({ ...this.#ofJob(job), calls });
  }

  #tellTaskEnded(
    { job, calls, worker, id, attempt }: Task,
    outcome: CallEnd,
    error: unknown,
    waitMs: number | null,
    runMs: number | null,
  ): void {
    const { taskEnd, jobEnd } = events;
    if (!taskEnd.isHeard && !jobEnd.isHeard) return;
    const task = id === 0 ? null : id;
    this.#tellEnded(job, { calls, worker, task, attempt, outcome, waitMs, runMs, error });
  }

  #tellEnded(job: Job, end: Omit<TaskEndEvent, keyof OfJob>): void {
    const { taskEnd, jobEnd } = events;
    if (taskEnd.isHeard) taskEnd.publish({ ...this.#ofJob(job), ...end });
    if (!jobEnd.isHeard || job instanceof StreamJob) return;
    const open = this.#open.get(job);
    if (open === undefined) return;
    this.#open.set(job, open - end.calls);
    if (open === end.calls) jobEnd.publish(this.#ofJob(job));
  }

  #ofJob(job: Job): OfJob {
    return { pool: this.#pool, fn: job.fn.name, job: job.number };
  }

  #note(
    task: NotedTask,
    ending: Ending,
    hasRun: boolean,
    runMs: number | null,
    failure: NotedFailure | null,
  ): void {
    // An answer is read at a moment that is known already.
    const at = runMs === null ? performance.now() : this.#moment.now;
    for (let i = 0; i < recorders.length; i++) {
      recorders[i].attempt(at, this.#pool, task, ending, hasRun, runMs ?? NaN, failure);
    }
  }

  #noteNeverGiven(job: Job, calls: number, outcome: CallEnd): void {
    const isCall = job instanceof CallJob;
    const kind = isCall ? job.kind : Request.map;
    const since = isCall ? job.since : performance.now();
    const task = { job, kind, id: 0, worker: null, attempt: 1, calls, first: 0, since };
    this.#note(task, outcome, false, null, null);
  }
}

/** What is told of calls that no worker had. */
const NEVER_GIVEN = {
  worker: null,
  task: null,
  attempt: 1,
  waitMs: null,
  runMs: null,
  error: null,
} as const;

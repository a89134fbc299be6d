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
import { type AttemptNote, noteAttempt, recorders } from "./recorders.ts";

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

  /** The number of a call or map. */
  numberOf(job: Job): number {
    if (job.number === 0) job.number = ++this.#latestJob;
    return job.number;
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
    this.numberOf(job);
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
    if (recorders.length > 0) this.#note(task, "retried", { hasRun, error, runMs, delayMs });
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
      this.#note(task, outcome, { hasRun: true, error, waitMs, runMs });
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
    if (recorders.length > 0) this.#note(task, outcome, { hasRun: false, error });
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
    return { pool: this.#pool, fn: job.fn.name, job: this.numberOf(job) };
  }

  /** For those who take note of each attempt. */
  #note(
    { job, kind, calls, first, worker, id, attempt, since }: Task,
    ending: AttemptNote["ending"],
    { hasRun, error, waitMs = null, runMs = null, delayMs = 0 }: AttemptFacts,
  ): void {
    noteAttempt({
      ending,
      // An answer is read at a moment that is known already.
      at: runMs === null ? performance.now() : this.#moment.now,
      pool: this.#pool,
      worker,
      fn: job.fn.name,
      job: this.numberOf(job),
      task: id,
      calls,
      first,
      attempt: ending === "retried" ? attempt - 1 : attempt,
      isCall: kind === Request.call,
      hasRun,
      since,
      waitMs,
      runMs,
      delayMs,
      error,
    });
  }

  #noteNeverGiven(job: Job, calls: number, ending: CallEnd): void {
    const at = performance.now();
    const isCall = job instanceof CallJob;
    noteAttempt({
      ...NEVER_GIVEN,
      ending,
      at,
      pool: this.#pool,
      fn: job.fn.name,
      job: this.numberOf(job),
      task: 0,
      calls,
      first: 0,
      isCall,
      hasRun: false,
      since: isCall ? job.since : at,
      delayMs: 0,
    });
  }
}

/** What is known of an attempt that has ended. */
interface AttemptFacts extends Pick<AttemptNote, "hasRun" | "error"> {
  readonly waitMs?: number | null;
  readonly runMs?: number | null;
  readonly delayMs?: number;
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

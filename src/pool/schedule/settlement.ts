/**
 * What comes of the tasks of a pool: each is answered, fails, is run again or ends with its worker. That is counted, and told to
 * its job and to those who listen.
 *
 * @module
 */

import { CallJob } from "../jobs/job.ts";
import { StreamJob } from "../jobs/stream_job.ts";
import type { Job, Task } from "../jobs/task.ts";
import { errorAtItem, taskError } from "../jobs/task_error.ts";
import { Answer, type SomeFailed, type TaskFailure } from "../protocol/records.ts";
import type { CallEnd } from "./diagnostics.ts";
import type { Moment } from "./moment.ts";
import type { PoolState } from "./pool_state.ts";
import { recorders } from "./recorders.ts";
import type { Retries } from "./retries.ts";
import type { Statistics } from "./statistics.ts";
import { areEndsHeard, type TaskEvents } from "./task_events.ts";
import type { WorkQueue } from "./work_queue.ts";
import type { PoolWorker } from "./worker.ts";

/** What a settlement works with; all of it is of the same pool. */
export interface SettlementParts {
  readonly state: PoolState;
  readonly statistics: Statistics;
  readonly taskEvents: TaskEvents;
  readonly retries: Retries;
  readonly moment: Moment;
  /** Called when a failure has ended a job of which workers may still have tasks. */
  readonly onJobOver: () => void;
}

/** Settles the tasks of one pool. */
export class Settlement {
  readonly #state: PoolState;
  readonly #statistics: Statistics;
  readonly #events: TaskEvents;
  readonly #retries: Retries;
  readonly #moment: Moment;
  readonly #onJobOver: () => void;

  /** @param parts What it works with. */
  constructor(parts: SettlementParts) {
    this.#state = parts.state;
    this.#statistics = parts.statistics;
    this.#events = parts.taskEvents;
    this.#retries = parts.retries;
    this.#moment = parts.moment;
    this.#onJobOver = parts.onJobOver;
  }

  /**
   * A worker has answered.
   *
   * @param worker The worker.
   * @param task The task.
   * @param kind The kind of the answer.
   * @param value What the answer says.
   * @param runMs How long the task ran (ms).
   */
  answered(worker: PoolWorker, task: Task, kind: number, value: unknown, runMs: number): void {
    const waitMs = this.#statistics.ran(worker, task, runMs, this.#moment.now);
    const isHeard = recorders.length > 0 || this.#moment.isHeard;
    if (kind === Answer.failure) {
      const error = taskError(task, value as TaskFailure);
      const failed = this.fail(task, error, runMs);
      if (failed && isHeard) this.#events.ended(task, "failed", error, waitMs, runMs);
      return;
    }
    if (kind === Answer.someFailed) {
      return this.#someFailed(task, value as SomeFailed, isHeard, waitMs, runMs);
    }
    if (isHeard) this.#events.ended(task, "done", null, waitMs, runMs);
    this.#statistics.done += task.calls;
    task.job.succeed(task, value);
  }

  /**
   * A task has failed: it is run again, or its job is told.
   *
   * @param task The task.
   * @param error Its error.
   * @param runMs How long it ran (ms); `null` where that is not known.
   * @returns Whether that is its end.
   */
  fail(task: Task, error: unknown, runMs: number | null = null): boolean {
    if (this.#retries.take(task, error, runMs)) return false;
    this.#statistics.failed += task.calls;
    this.#tellJob(task, error);
    if (task.job.isOver && !(task.job instanceof CallJob)) this.#onJobOver();
    return true;
  }

  /** A task cannot be sent: it fails, or goes in pieces. */
  refuse(task: Task, error: unknown): void {
    const { job } = task;
    const isSplit = job instanceof StreamJob && job.splits(task, error);
    if (!isSplit) this.#statistics.failed += task.calls;
    if (areEndsHeard() && !(isSplit && task.worker === null)) {
      this.#events.refused(task, error);
    }
    this.#tellJob(task, error);
  }

  /** A task that ran has ended with its worker. */
  lost(task: Task, worker: PoolWorker, exitCode: number): void {
    const lost = worker.lostError(task, exitCode);
    const error = errorAtItem(task, lost, worker.lane.itemOf(task));
    if (this.#retries.take(task, error, null)) return;
    if (!this.#state.isOver) this.#statistics.lost += task.calls;
    this.#events.ended(task, this.#state.outcomeOfLost, error);
    this.#tellJob(task, error);
  }

  /**
   * A task is given up that runs, since its job is over.
   *
   * @param task The task.
   * @param outcome Why.
   * @param isFailure Whether its calls count as failed, which nobody has counted yet.
   */
  givenUp(task: Task, outcome: CallEnd, isFailure: boolean): void {
    if (isFailure) this.#statistics.failed += task.calls;
    this.#events.ended(task, outcome);
  }

  /** A job is ended before it is done: to be called before it is. */
  cancelled(job: Job, outcome: CallEnd): void {
    if (job instanceof CallJob) this.#statistics.failed++;
    this.#events.stopped(job, outcome);
  }

  /** A task that was to be run again is not, since its job is over. */
  dropped(task: Task): void {
    this.#events.dropped(task);
  }

  /** The pool has ended: tells of all that no worker has. What workers have begun is told when they answer or end. */
  abandon(queue: WorkQueue): void {
    if (!areEndsHeard()) return;
    const outcome = this.#state.outcomeOfLost;
    const tell = (task: Task) => this.#events.abandoned(task, outcome);
    queue.look(tell, (job) => this.#events.neverGiven(job, job.left, outcome));
    for (const task of this.#retries.delayed) tell(task);
  }

  /** Only streams have tasks in which some items may fail and others not. */
  #someFailed(
    task: Task,
    { results, failures }: SomeFailed,
    isHeard: boolean,
    waitMs: number,
    runMs: number,
  ): void {
    const errors = failures.map((failure) => taskError(task, failure));
    // What is run again of it is a task of its own.
    if (isHeard) this.#events.ended(task, "failed", errors[0], waitMs, runMs);
    this.#statistics.done += task.calls - failures.length;
    const positions = failures.map(({ index }) => index);
    const failed = (task.job as StreamJob).succeedExcept(task, results, positions);
    failed.forEach((part, i) => this.fail(part, errors[i]));
  }

  /** Tells a job that one of its tasks failed, which may end it. */
  #tellJob(task: Task, error: unknown): void {
    const { job } = task;
    const left = areEndsHeard() ? job.left : 0;
    job.fail(task, error);
    if (left > 0 && job.isOver) this.#events.neverGiven(job, left, "cancelled");
  }
}

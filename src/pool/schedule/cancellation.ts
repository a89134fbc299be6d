/**
 * Ending jobs before they are done. Of their tasks, those that run are asked to stop, and after a time of grace their worker is
 * ended.
 *
 * However many jobs are ended at one moment, the workers are looked through once, behind all of them: what was not begun comes back,
 * and is dropped or goes to another worker; what runs is given up, see {@linkcode GivenUpTask}. A worker that may have to be ended
 * gets no work, so nobody else's task is harmed.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import { CallJob } from "../jobs/job.ts";
import type { StreamJob } from "../jobs/stream_job.ts";
import type { GivenUpTask } from "../jobs/given_up_task.ts";
import { StopReason } from "../protocol/task_control.ts";
import type { Job, Task } from "../jobs/task.ts";
import type { Balance } from "./balance.ts";
import { areEndsHeard } from "./task_events.ts";
import type { Retries } from "./retries.ts";
import type { Settlement } from "./settlement.ts";
import type { WorkQueue } from "./work_queue.ts";
import type { PoolWorker } from "./worker.ts";

/** How long (ms) a task may go on that was asked to stop. */
const STOP_GRACE = 500;

/** What a cancellation works with; all of it is of the same pool. */
export interface CancellationParts {
  readonly workers: Iterable<PoolWorker>;
  readonly deadlines: Deadlines;
  readonly queue: WorkQueue;
  readonly balance: Balance;
  readonly settlement: Settlement;
  readonly retries: Retries;
}

interface Ending {
  readonly reason: number;
  readonly condemns: boolean;
}

/** Ends the jobs of one pool. */
export class Cancellation {
  readonly #workers: Iterable<PoolWorker>;
  readonly #deadlines: Deadlines;
  readonly #queue: WorkQueue;
  readonly #balance: Balance;
  readonly #settlement: Settlement;
  readonly #retries: Retries;
  /** Jobs that have ended since the workers were looked through. */
  readonly #ended = new Map<Job, Ending>();

  /** @param parts What it works with. */
  constructor(parts: CancellationParts) {
    this.#workers = parts.workers;
    this.#deadlines = parts.deadlines;
    this.#queue = parts.queue;
    this.#balance = parts.balance;
    this.#settlement = parts.settlement;
    this.#retries = parts.retries;
  }

  /**
   * Ends a job before it is done; a worker is ended whose task does not stop.
   *
   * @param job The job, which is not over.
   * @param error What it is rejected with.
   */
  cancel(job: Job, error: unknown): void {
    if (job.isQueued) this.#queue.noteOver(1);
    this.#settlement.cancelled(job, error instanceof TimeoutError ? "timeout" : "cancelled");
    job.abort(error);
    this.#endTasks(job, error, true);
  }

  /**
   * Ends a stream whose results are not wanted any more: what runs may go on to its end.
   *
   * @param job The stream, which is not over.
   */
  release(job: StreamJob): void {
    if (job.isQueued) this.#queue.noteOver(1);
    job.stop();
    this.#endTasks(job, null, false);
  }

  /**
   * Gives up a task that a worker has begun.
   *
   * @param worker The worker.
   * @param task The task.
   * @param reason Why it is to stop.
   * @param condemns Whether the worker is ended if it does not.
   */
  giveUp(worker: PoolWorker, task: Task, reason: number, condemns: boolean): void {
    const givenUp = worker.lane.giveUp(task, reason);
    if (!condemns) return;
    worker.condemned++;
    givenUp.deadline = new Deadline(performance.now() + STOP_GRACE, () => worker.end("SIGKILL"));
    this.#deadlines.add(givenUp.deadline);
  }

  /** Takes note that a task has come to its end after all, or its worker has. */
  forget(worker: PoolWorker, givenUp: GivenUpTask): void {
    if (givenUp.deadline === null) return;
    this.#deadlines.remove(givenUp.deadline);
    worker.condemned--;
  }

  /** Ends the tasks of a job that is over. */
  #endTasks(job: Job, error: unknown, condemns: boolean): void {
    this.#retries.forget(job, (task) => this.#settlement.dropped(task));
    if (this.#ended.size === 0) queueMicrotask(() => this.#sweep());
    this.#ended.set(job, { reason: reasonOf(error), condemns });
  }

  #sweep(): void {
    const ended = new Map(this.#ended);
    this.#ended.clear();
    for (const worker of this.#workers) {
      if (!worker.lane.hasDead) continue;
      this.#balance.takeBackFrom(worker);
      for (const task of worker.lane.begun) {
        const ending = ended.get(task.job);
        if (ending === undefined) continue;
        const outcome = ending.reason === StopReason.timeout ? "timeout" : "cancelled";
        this.#settlement.givenUp(task, outcome, ending.condemns && !(task instanceof CallJob));
        this.giveUp(worker, task, ending.reason, ending.condemns);
      }
    }
    // Who listens is told of what was dropped now, not when its turn comes.
    if (areEndsHeard()) this.#queue.removeOver();
  }
}

function reasonOf(error: unknown): number {
  return error instanceof TimeoutError ? StopReason.timeout : StopReason.cancelled;
}

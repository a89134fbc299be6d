/**
 * Ending tasks that run: they are asked to stop, and after a time of grace their worker is ended.
 *
 * However many jobs are ended at one moment, the workers are looked through once, behind all of them: what was not begun comes back,
 * and is dropped or goes to another worker; what runs is given up, see {@linkcode Orphan}. A worker that may have to be ended
 * gets no work, so nobody else's task is harmed.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import { CallJob } from "../jobs/job.ts";
import type { Orphan } from "../jobs/orphan.ts";
import { StopReason } from "../protocol/task_control.ts";
import type { Job, Task } from "../jobs/task.ts";
import type { PoolWorker } from "./worker.ts";

/** How long (ms) a task may go on that was asked to stop. */
const STOP_GRACE = 500;

/** The part of a scheduler that is needed here. */
export interface CancellationHost {
  readonly workers: Iterable<PoolWorker>;
  readonly deadlines: Deadlines;
  /** Lets the tasks come back that a worker has not begun. */
  takeBackFrom(worker: PoolWorker): void;
  /** Takes note of calls that failed. */
  countFailed(calls: number): void;
  /** Takes note that a task is given up that runs. */
  gaveUp(task: Task, outcome: "timeout" | "cancelled"): void;
  /** Takes note that all tasks of what has ended have been looked for. */
  swept(): void;
}

interface Ending {
  readonly reason: number;
  readonly condemns: boolean;
}

/** The tasks of one pool that are being ended. */
export class Cancellation {
  readonly #host: CancellationHost;
  /** Jobs that have ended since the workers were looked through. */
  readonly #ended = new Map<Job, Ending>();

  /** @param host Whose workers they are. */
  constructor(host: CancellationHost) {
    this.#host = host;
  }

  /**
   * Ends the tasks of a job that is over.
   *
   * @param job The job.
   * @param error Why it is over.
   * @param condemns Whether a worker is ended whose task does not stop.
   */
  end(job: Job, error: unknown, condemns: boolean): void {
    if (this.#ended.size === 0) queueMicrotask(() => this.#sweep());
    this.#ended.set(job, { reason: reasonOf(error), condemns });
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
    const orphan = worker.lane.disown(task, reason);
    if (!condemns) return;
    worker.condemned++;
    orphan.deadline = new Deadline(performance.now() + STOP_GRACE, () => worker.end("SIGKILL"));
    this.#host.deadlines.add(orphan.deadline);
  }

  /** Takes note that a task has come to its end after all, or its worker has. */
  forget(worker: PoolWorker, orphan: Orphan): void {
    if (orphan.deadline === null) return;
    this.#host.deadlines.remove(orphan.deadline);
    worker.condemned--;
  }

  #sweep(): void {
    const ended = new Map(this.#ended);
    this.#ended.clear();
    for (const worker of this.#host.workers) {
      if (!worker.lane.hasDead) continue;
      this.#host.takeBackFrom(worker);
      for (const task of worker.lane.begun) {
        const ending = ended.get(task.job);
        if (ending === undefined) continue;
        if (ending.condemns && !(task instanceof CallJob)) this.#host.countFailed(task.calls);
        const isLate = ending.reason === StopReason.timeout;
        this.#host.gaveUp(task, isLate ? "timeout" : "cancelled");
        this.giveUp(worker, task, ending.reason, ending.condemns);
      }
    }
    this.#host.swept();
  }
}

function reasonOf(error: unknown): number {
  return error instanceof TimeoutError ? StopReason.timeout : StopReason.cancelled;
}

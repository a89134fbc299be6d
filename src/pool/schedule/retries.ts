/**
 * The tasks of a pool that are run again: at once, or when their time has come.
 *
 * @module
 */

import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import type { Job, Task } from "../jobs/task.ts";
import type { PoolState } from "./pool_state.ts";
import type { Statistics } from "./statistics.ts";
import type { TaskEvents } from "./task_events.ts";
import type { WorkQueue } from "./work_queue.ts";

/** What retries work with; all of it is of the same pool. */
export interface RetryParts {
  /** When the pool has ended, nothing is run again. */
  readonly state: PoolState;
  readonly statistics: Statistics;
  readonly deadlines: Deadlines;
  /** Where tasks go that are run again. */
  readonly queue: WorkQueue;
  readonly taskEvents: TaskEvents;
}

/** What is run again in one pool. */
export class Retries {
  readonly #state: PoolState;
  readonly #statistics: Statistics;
  readonly #events: TaskEvents;
  readonly #deadlines: Deadlines;
  readonly #queue: WorkQueue;
  readonly #onDue: () => void;
  /** Tasks that wait for their time. */
  readonly #delayed = new Map<Task, Deadline>();

  /**
   * @param parts What it works with.
   * @param onDue Called when the time of a task has come, and it waits for a worker.
   */
  constructor(parts: RetryParts, onDue: () => void) {
    this.#state = parts.state;
    this.#statistics = parts.statistics;
    this.#deadlines = parts.deadlines;
    this.#queue = parts.queue;
    this.#events = parts.taskEvents;
    this.#onDue = onDue;
  }

  /** The tasks that wait for their time. */
  get delayed(): Iterable<Task> {
    return this.#delayed.keys();
  }

  /** Whether tasks wait for their time. */
  get hasDelayed(): boolean {
    return this.#delayed.size > 0;
  }

  /**
   * Runs a task again, if that is wanted after such an error.
   *
   * @param task The task, which failed.
   * @param error Its error.
   * @param runMs How long it ran (ms); `null` where that is not known.
   * @returns Whether it is run again; otherwise it has come to its end.
   */
  take(task: Task, error: unknown, runMs: number | null): boolean {
    const { retry } = task.job.settings;
    // What a task has taken away from here cannot be sent once more.
    if (task.spare === null) return false;
    if (retry === null || this.#state.isOver || task.job.isOver) return false;
    if (!retry.wants(error, task.attempt)) return false;
    const delay = retry.delayAfter(task.attempt);
    this.#statistics.retried += task.calls;
    task.attempt++;
    this.#events.retried(task, error, runMs, delay);
    if (delay === 0) this.#queue.putBack(task);
    else this.#runLater(task, delay);
    return true;
  }

  /**
   * Forgets the tasks of a job that is over.
   *
   * @param job The job.
   * @param dropped Told of each.
   */
  forget(job: Job, dropped: (task: Task) => void): void {
    for (const [task, deadline] of this.#delayed) {
      if (task.job !== job) continue;
      this.#delayed.delete(task);
      this.#deadlines.remove(deadline);
      dropped(task);
    }
  }

  /** Forgets all tasks; their deadlines are the caller's to remove. */
  clear(): void {
    this.#delayed.clear();
  }

  #runLater(task: Task, delay: number): void {
    const deadline = new Deadline(performance.now() + delay, () => {
      this.#delayed.delete(task);
      this.#queue.pushBack(task);
      this.#onDue();
    });
    this.#delayed.set(task, deadline);
    this.#deadlines.add(deadline);
  }
}

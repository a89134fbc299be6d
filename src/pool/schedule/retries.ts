/**
 * The tasks of a pool that are run again: at once, or when their time has come.
 *
 * @module
 */

import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import type { Job, Task } from "../jobs/task.ts";
import type { PoolState } from "./pool_state.ts";
import type { Statistics } from "./statistics.ts";
import type { WorkQueue } from "./work_queue.ts";

/** What is run again in one pool. */
export class Retries {
  readonly #state: PoolState;
  readonly #statistics: Statistics;
  readonly #deadlines: Deadlines;
  readonly #queue: WorkQueue;
  readonly #onDue: () => void;
  /** Tasks that wait for their time. */
  readonly #delayed = new Map<Task, Deadline>();

  /**
   * @param state The state of the pool: when it has ended, nothing is run again.
   * @param statistics Where it is counted.
   * @param deadlines The deadlines of the pool.
   * @param queue Where tasks go that are run again.
   * @param onDue Called when the time of a task has come, and it waits for a worker.
   */
  constructor(
    state: PoolState,
    statistics: Statistics,
    deadlines: Deadlines,
    queue: WorkQueue,
    onDue: () => void,
  ) {
    this.#state = state;
    this.#statistics = statistics;
    this.#deadlines = deadlines;
    this.#queue = queue;
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
   * @returns Whether it is run again; otherwise it has come to its end.
   */
  take(task: Task, error: unknown): boolean {
    const { retry } = task.job.settings;
    // What a task has taken away from here cannot be sent once more.
    if (task.spare === null) return false;
    if (retry === null || this.#state.isOver || task.job.isOver) return false;
    if (!retry.wants(error, task.attempt)) return false;
    const delay = retry.delayAfter(task.attempt);
    this.#statistics.retried += task.calls;
    task.attempt++;
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

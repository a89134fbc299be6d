/**
 * The limit of a pool's tasks: how long one may run.
 *
 * A worker tells whenever it begins or ends a task or an item. One that runs something and has told nothing for the time of the
 * limit runs the same for so long; the time in which it imports what a task needs does not count. While there are tasks, all workers are looked at from time to time; so it may
 * take an eighth longer until it is seen.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import { Deadline, type Deadlines } from "../jobs/deadlines.ts";
import { GivenUpTask } from "../jobs/given_up_task.ts";
import type { Task } from "../jobs/task.ts";
import { errorAtItem } from "../jobs/task_error.ts";
import { TaskControl } from "../protocol/task_control.ts";
import type { Balance } from "./balance.ts";
import type { PoolWorker } from "./worker.ts";

/** Looks during the time of the limit. */
const LOOKS = 8;
/** The shortest time (ms) between two looks. */
const SHORTEST_LOOK = 2;

/** The part of a scheduler that is needed here. */
export interface RunWatchHost {
  readonly workers: Iterable<PoolWorker>;
  readonly deadlines: Deadlines;
  /** Handles the answers that are there. */
  poll(): boolean;
  /** Ends a task that runs. */
  endTask(worker: PoolWorker, task: Task, error: TimeoutError): void;
}

/** Watches the workers of one pool. */
export class RunWatch {
  readonly #host: RunWatchHost;
  readonly #balance: Balance;
  readonly #limit: number;
  #isLooking = false;

  /**
   * @param host Whose workers they are.
   * @param balance Takes back what was not begun.
   * @param limit How long (ms) a task or item may run.
   */
  constructor(host: RunWatchHost, balance: Balance, limit: number) {
    this.#host = host;
    this.#balance = balance;
    this.#limit = limit;
  }

  /** Takes note that a worker has got work, or has answered. */
  note(worker: PoolWorker, now: number): void {
    worker.quietSince = now;
    if (!this.#isLooking) this.#lookLater(now);
  }

  #lookLater(now: number): void {
    this.#isLooking = true;
    const delay = Math.max(SHORTEST_LOOK, this.#limit / LOOKS);
    this.#host.deadlines.add(new Deadline(now + delay, () => this.#look()));
  }

  #look(): void {
    this.#isLooking = false;
    this.#host.poll();
    const now = performance.now();
    let isBusy = false;
    for (const worker of [...this.#host.workers]) {
      if (worker.lane.load === 0 || worker.leaving) continue;
      isBusy = true;
      if (this.#isStuck(worker, now)) this.#end(worker);
    }
    if (isBusy && !this.#isLooking) this.#lookLater(now);
  }

  #isStuck(worker: PoolWorker, now: number): boolean {
    const { steps } = worker.lane.control;
    const isRunning = worker.ready && TaskControl.isRunning(steps);
    const isQuiet = isRunning && worker.condemned === 0 && steps === worker.stepsSeen;
    worker.stepsSeen = steps;
    if (!isQuiet) worker.quietSince = now;
    return now - worker.quietSince >= this.#limit;
  }

  #end(worker: PoolWorker): void {
    this.#balance.takeBackFrom(worker);
    const tasks = worker.lane.begun.filter((task) => !(task instanceof GivenUpTask));
    worker.quietSince = performance.now();
    // With more than one, the first has just been answered.
    if (tasks.length !== 1) return;
    const [task] = tasks;
    const { name } = task.job.fn;
    const error = new TimeoutError(`${name}(…) ran for more than ${this.#limit} ms (taskTimeout)`);
    this.#host.endTask(worker, task, errorAtItem(task, error, worker.lane.itemOf(task)));
  }
}

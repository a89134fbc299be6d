/**
 * Keeps the workers of a pool evenly busy: tasks that one has not begun come back when another one has none, or does its own while
 * that one still loads; and workers are started for what waits.
 *
 * A task that takes longer than its like did keeps those behind it waiting, and no answer tells of it: so as long as tasks
 * stand behind others, somebody looks again after {@linkcode STUCK_CHECK_MS}.
 *
 * @module
 */

import type { Task } from "../jobs/task.ts";
import type { Dismissal } from "./dismissal.ts";
import type { Moment } from "./moment.ts";
import { canTake, expectedTime } from "./placement.ts";
import type { WorkQueue } from "./work_queue.ts";
import type { PoolWorker } from "./worker.ts";
import type { WorkerSet } from "./worker_set.ts";

/** Tasks that take less (ms) than this are not worth moving to another worker. */
const WORTH_MOVING_MS = 0.1;
/** When (ms) to look again whether tasks are stuck behind one that takes longer than expected. */
const STUCK_CHECK_MS = 5;

/** The balance between the workers of one pool. */
export class Balance {
  readonly #workerSet: WorkerSet;
  readonly #workers: readonly PoolWorker[];
  readonly #queue: WorkQueue;
  readonly #moment: Moment;
  readonly #dismissal: Dismissal;
  readonly #dispatch: () => void;
  #stuckCheck: ReturnType<typeof setTimeout> | null = null;
  /** The lowest priority of the tasks that workers may have been given and not begun: what is above it overtakes them. */
  lowestGiven: number = Infinity;

  /**
   * @param workerSet The workers.
   * @param queue Where tasks go that come back.
   * @param moment The time.
   * @param dismissal Tells workers to finish that have no task any more.
   * @param dispatch Gives out what waits.
   */
  constructor(
    workerSet: WorkerSet,
    queue: WorkQueue,
    moment: Moment,
    dismissal: Dismissal,
    dispatch: () => void,
  ) {
    this.#workerSet = workerSet;
    this.#workers = workerSet.workers;
    this.#queue = queue;
    this.#moment = moment;
    this.#dismissal = dismissal;
    this.#dispatch = dispatch;
  }

  /** Takes note that a worker was given a task. */
  given(worker: PoolWorker, task: Task): void {
    worker.expectedMs += expectedTime(task);
    const { priority } = task.job.settings;
    if (priority < this.lowestGiven) this.lowestGiven = priority;
    if (worker.lane.load > 1) this.checkLater();
  }

  /** All workers have enough: there may have to be more of them. */
  runShort(): void {
    if (!this.#workerSet.canGrow) return;
    if (this.#workers.length === 0) this.#workerSet.growFor(this.#waiting());
    else this.checkLater();
  }

  /** Lets tasks come back that wait behind another one while there is a worker without work. */
  restore(isLate = false): void {
    if (!this.#queue.isEmpty || this.#workers.length < 2) return;
    let idle = false;
    let busiest: PoolWorker | null = null;
    let stuck: PoolWorker | null = null;
    for (const worker of this.#workers) {
      const { load, answered } = worker.lane;
      if (load === 0) idle ||= worker.ready && canTake(worker);
      if (load > (busiest?.lane.load ?? 1)) busiest = worker;
      if (load > 1 && isLate && worker.checkedAt === answered) stuck = worker;
    }
    if (!idle || busiest === null) return;
    if (stuck !== null) this.takeBackFrom(stuck);
    else if (busiest.expectedMs >= WORTH_MOVING_MS) this.takeBackFrom(busiest);
    else this.checkLater();
  }

  /** Looks again soon whether tasks are stuck. */
  checkLater(): void {
    if (this.#stuckCheck !== null) return;
    const { canGrow } = this.#workerSet;
    if (this.#workers.length < 2 && !canGrow) return;
    for (const worker of this.#workers) worker.checkedAt = worker.lane.answered;
    this.#stuckCheck = setTimeout(() => {
      this.#stuckCheck = null;
      if (this.#workerSet.canGrow) this.#workerSet.growFor(this.#waiting());
      this.restore(true);
    }, STUCK_CHECK_MS);
  }

  /** Lets the tasks come back that a worker has not begun; until it answers, it gets no others. */
  takeBackFrom(worker: PoolWorker): void {
    worker.heldUpAt = worker.lane.answered;
    const tasks = worker.lane.takeBack();
    for (const task of tasks) worker.expectedMs -= expectedTime(task);
    if (tasks.length > 0 && worker.lane.load === 0) {
      worker.expectedMs = 0;
      worker.becameFree(this.#moment.now);
    }
    for (const task of tasks) this.#queue.pushBack(task);
    if (worker.isDone) this.#dismissal.dismiss(worker);
    this.#dispatch();
    this.checkLater();
  }

  /**
   * Lets the tasks come back that wait for workers to load, now that another one has nothing to do, or was done with something: they
   * came before what waits.
   */
  takeBackFromLoading(): void {
    for (const worker of this.#workers) {
      if (!worker.ready && worker.lane.load > 0) this.takeBackFrom(worker);
    }
  }

  /** Lets all tasks come back that have not been begun: what waits may overtake them, and some may be of a job that is over. */
  takeBackAll(): void {
    this.lowestGiven = Infinity;
    for (const worker of this.#workers) {
      // Without tasks, what is there says that it is to finish.
      if (worker.lane.load > 0 && worker.lane.hasUnbegun) this.takeBackFrom(worker);
    }
  }

  /** How many tasks wait, as far as it matters. */
  #waiting(): number {
    let waiting = this.#queue.tasks;
    for (const { lane } of this.#workers) if (lane.load > 1) waiting += lane.load - 1;
    return waiting;
  }
}

/**
 * Who runs what: takes jobs in, gives their tasks to workers, hands results back, replaces workers that die.
 *
 * States of a pool: running; closing (no new jobs, what there is is finished); ended (terminated or broken: whatever is
 * left is rejected). A task is at any time in exactly one place: in its job, in the list of tasks that came back, or in one
 * worker's lane; so whatever happens to a worker settles or moves each of its tasks.
 *
 * A worker gets one task ahead, so that it never idles, and more only while its tasks are so short that those that it has not
 * begun together take {@linkcode AHEAD_MS}. Another worker is woken only for work that takes longer than the waking: on short
 * tasks one worker that is awake is faster than two that are not. When a worker idles while another one has tasks that it has not begun, these come back.
 *
 * Long because these decisions share one state, and none makes sense alone.
 *
 * @module
 */

import type { Domain } from "../domain/domain.ts";
import type { Poller } from "../domain/waker.ts";
import { BrokenPoolError } from "../errors.ts";
import { copier, Outbox } from "../pool/channel.ts";
import { Histogram, type Percentiles } from "../pool/histogram.ts";
import { type Job, type Task, taskError } from "../pool/job.ts";
import { Answer, type TaskFailure } from "../pool/protocol.ts";
import { Deque } from "../internal/deque.ts";
import { Crew, type CrewOwner } from "./crew.ts";
import { MemoryWatch } from "./memory_watch.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { Life } from "./worker_life.ts";

/** How much work (ms) a worker may be given ahead. */
const AHEAD_MS = 0.2;
/** How much work (ms) is not worth waking another worker for. */
const WAKE_MS = 0.05;
/** How many tasks a worker may be given ahead at most. */
const AHEAD_TASKS = 1024;
/** Tasks that take less (ms) than this are not worth moving to another worker. */
const WORTH_MOVING_MS = 0.1;
/** When (ms) to look again whether tasks are stuck behind one that takes longer than expected. */
const STUCK_CHECK_MS = 5;

/** What a pool has done and is doing. */
export interface PoolStats {
  /** How many workers there are. */
  readonly processes: number;
  /** How many workers have a task. */
  readonly running: number;
  /** How many calls wait for a worker. */
  readonly queued: number;
  /** How many calls gave a result. */
  readonly done: number;
  /** How many calls failed. */
  readonly failed: number;
  /** How many calls ended with their worker. */
  readonly lost: number;
  /** How many calls were repeated. */
  readonly retried: number;
  /** How long calls waited until they ran, in milliseconds. */
  readonly waitMs: Percentiles;
  /** How long calls ran, in milliseconds. */
  readonly runMs: Percentiles;
}

/** The scheduler of one pool. */
export class Scheduler implements Poller, CrewOwner {
  readonly #domain: Domain;
  readonly #crew: Crew;
  readonly #workers: ReadonlySet<PoolWorker>;
  readonly #memoryWatch: MemoryWatch | null;
  readonly #jobs = new Deque<Job>();
  readonly #returned = new Deque<Task>();
  readonly #outbox = new Outbox();
  readonly #waitMs = new Histogram();
  readonly #runMs = new Histogram();
  readonly #onAnswer = (task: Task, kind: number, value: unknown, runMs: number) =>
    this.#answer(task, kind, value, runMs);
  #state: "running" | "closing" | "ended" = "running";
  #reason: Error | null = null;
  #done = 0;
  #failed = 0;
  #lost = 0;
  /** The time (ms) of the last look at the clock, and whether it is still good. */
  #now = 0;
  #isNowGood = false;
  /** The worker whose answer is being handled, or was handled last: it is the likeliest to be awake. */
  #latest: PoolWorker | null = null;
  #stuckCheck: ReturnType<typeof setTimeout> | null = null;
  /** Whether a worker could not be told to finish, for want of room. */
  #mustTell = false;

  /**
   * @param domain The domain of the workers.
   * @param life How many workers there are to be, and for how long.
   * @param startWorker Starts one.
   */
  constructor(domain: Domain, life: Life, startWorker: () => PoolWorker) {
    this.#domain = domain;
    this.#crew = new Crew(life, startWorker, this);
    this.#workers = this.#crew.workers;
    this.#memoryWatch = life.memory === null
      ? null
      : new MemoryWatch(life.memory, this.#workers, (worker) => this.retire(worker));
  }

  /** Whether there is anything that answers are awaited for. */
  get waiting(): boolean {
    for (const worker of this.#workers) if (worker.lane.load > 0) return true;
    return this.hasWork || this.#mustTell;
  }

  /** Whether new jobs are refused, and why. */
  get refusal(): string | null {
    if (this.#state === "running") return null;
    if (this.#reason instanceof BrokenPoolError) return this.#reason.message;
    return this.#state === "closing" ? "the pool is closed" : "the pool is terminated";
  }

  /** Whether the pool still takes jobs. */
  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Why the pool is broken, if it is. */
  get reason(): Error | null {
    return this.#reason;
  }

  get stats(): PoolStats {
    const workers = [...this.#workers];
    const queued = workers.reduce((sum, { lane }) => sum + Math.max(0, lane.load - 1), 0);
    return Object.freeze({
      processes: workers.length,
      running: workers.filter(({ lane }) => lane.load > 0).length,
      queued: queued + this.#returned.length +
        [...this.#jobs].reduce((sum, job) => sum + job.left, 0),
      done: this.#done,
      failed: this.#failed,
      lost: this.#lost,
      retried: 0,
      waitMs: this.#waitMs.percentiles,
      runMs: this.#runMs.percentiles,
    });
  }

  /** The time (ms), good for everything that happens at one moment. */
  get now(): number {
    if (!this.#isNowGood) {
      this.#isNowGood = true;
      this.#now = performance.now();
    }
    return this.#now;
  }

  /** Starts the workers. */
  start(): void {
    this.#domain.waker.add(this);
    this.#crew.fill();
  }

  /** Takes a job in. */
  submit(job: Job): void {
    this.#jobs.push(job);
    this.#dispatch();
    if (job.hasNext) this.#keepForLater(job);
    this.#domain.waker.expect();
  }

  /** Looks for answers. */
  poll(): boolean {
    this.#isNowGood = false;
    let found = false;
    for (const worker of this.#workers) {
      if (worker.lane.load === 0) continue;
      const before = this.#latest;
      this.#latest = worker;
      if (worker.lane.drain(this.#onAnswer)) found = true;
      else this.#latest = before;
      if (worker.lane.hasUnreadable && !worker.leaving) worker.end("SIGKILL");
    }
    if (found || this.hasWork) this.#dispatch();
    if (this.#mustTell) this.#dismissDone();
    if (found) this.#rebalance();
    return found;
  }

  /** Takes no more jobs; the workers finish when all work is done. */
  close(): void {
    if (this.#state !== "running") return;
    this.#state = "closing";
    this.#finishIfDone();
  }

  /**
   * Rejects everything that is left, and ends the workers.
   *
   * @param reason What is rejected with.
   * @param signal How the workers are ended.
   */
  end(reason: Error, signal: string): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#reason = reason;
    this.#mustTell = false;
    this.#crew.stop();
    this.#memoryWatch?.stop();
    for (const worker of this.#workers) {
      for (const task of [...worker.lane.takeBack(), ...worker.lane.begun]) task.job.abort(reason);
      worker.end(signal);
    }
    for (let task = this.#returned.shift(); task; task = this.#returned.shift()) {
      task.job.abort(reason);
    }
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) job.abort(reason);
  }

  /** Sends all workers that are left a signal. */
  signal(signal: string): void {
    for (const worker of this.#workers) worker.end(signal);
  }

  /** Resolves when all workers have ended. */
  async ended(): Promise<void> {
    await this.#crew.ended();
    this.#domain.waker.remove(this);
  }

  /** Replaces all workers by fresh ones, each when it has done what it has begun. */
  async recycle(): Promise<void> {
    const old = [...this.#workers].filter(({ ready, lane }) => ready || lane.answered > 0);
    for (const worker of old) this.retire(worker);
    await Promise.all(old.map((worker) => this.#crew.endOf(worker)));
    await Promise.allSettled([...this.#workers].map(({ child }) => child.accepted));
    if (this.#reason !== null) throw this.#reason;
  }

  /** Whether there is work that no worker has. */
  get hasWork(): boolean {
    return this.#jobs.length > 0 || this.#returned.length > 0;
  }

  /** Whether there have to be workers. */
  get wantsWorkers(): boolean {
    return this.#state === "running" || (this.#state === "closing" && this.hasWork);
  }

  get isOver(): boolean {
    return this.#state === "ended";
  }

  ready(worker: PoolWorker): void {
    this.#dismiss(worker);
    this.#dispatch();
    this.#rebalance();
  }

  retire(worker: PoolWorker): void {
    worker.quota = 0;
    if (worker.lane.load > 1) this.#takeBackFrom(worker);
    else this.#dismiss(worker);
  }

  buried(worker: PoolWorker, exitCode: number): boolean {
    worker.leaving = true;
    this.#latest = worker;
    worker.lane.drain(this.#onAnswer);
    this.#latest = null;
    for (const task of worker.lane.takeBack().reverse()) this.#returned.unshift(task);
    const { begun } = worker.lane;
    for (const task of begun) {
      if (this.#state !== "ended") this.#lost += task.calls;
      task.job.fail(task, worker.lostError(task, exitCode));
    }
    if (!worker.child.abandoned()) worker.lane.close();
    return begun.length > 0;
  }

  filled(): void {
    this.#dispatch();
    // There may be nothing to stay alive for any more.
    this.#domain.waker.expect();
  }

  broken(what: string, cause: unknown): void {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    this.end(new BrokenPoolError(`The pool is broken: ${what}: ${text}`, { cause }), "SIGTERM");
  }

  #dispatch(): void {
    while (this.hasWork) {
      const worker = this.#pick();
      if (worker === null) return this.#runShort();
      const task = this.#nextTask();
      if (task !== null) this.#give(worker, task);
    }
    this.#finishIfDone();
  }

  /** All workers have enough: there may have to be more of them. */
  #runShort(): void {
    if (!this.#crew.canGrow) return;
    if (this.#workers.size === 0) this.#crew.growFor(this.#waiting());
    else this.#checkLater();
  }

  /** How many tasks wait, as far as it matters. */
  #waiting(): number {
    let waiting = this.#returned.length + this.#jobs.length;
    const first = this.#jobs.first;
    if (first !== undefined) waiting += first.left - 1;
    for (const { lane } of this.#workers) if (lane.load > 1) waiting += lane.load - 1;
    return waiting;
  }

  /** The next task that somebody waits for. */
  #nextTask(): Task | null {
    const returned = this.#returned.shift();
    if (returned !== undefined) return returned.job.isOver ? null : returned;
    const job = this.#jobs.first!;
    const task = job.hasNext ? job.next() : null;
    if (!job.hasNext) this.#jobs.shift();
    return task;
  }

  #give(worker: PoolWorker, task: Task): void {
    try {
      if (worker.lane.give(task)) {
        worker.expectedMs += expectedTime(task);
        if (worker.lane.load > 1) this.#checkLater();
        this.#memoryWatch?.expect();
        return;
      }
      this.#keep(task);
    } catch (error) {
      this.#failed += task.calls;
      task.job.fail(task, error);
      return;
    }
    this.#returned.unshift(task);
  }

  /** Encodes a task that has to wait although its turn has come. */
  #keep(task: Task): void {
    if (task.writer === copier) return;
    task.payload = this.#outbox.encode(task.payload, "args");
    task.writer = copier;
  }

  /** The worker that should get the next task; `null` when all have enough. */
  #pick(): PoolWorker | null {
    const latest = this.#latest;
    if (latest !== null && canTake(latest) && backlog(latest) < WAKE_MS) return latest;
    let best: PoolWorker | null = null;
    for (const worker of this.#workers) {
      if (!canTake(worker)) continue;
      if (best === null || worker.lane.load < best.lane.load) best = worker;
      if (best.lane.load === 0) return best;
    }
    return best;
  }

  #keepForLater(job: Job): void {
    try {
      job.keep(this.#outbox);
    } catch (error) {
      this.#jobs.remove(job);
      job.abort(error);
    }
  }

  #answer(task: Task, kind: number, value: unknown, runMs: number): void {
    const worker = this.#latest!;
    worker.expectedMs = worker.lane.load === 0 ? 0 : worker.expectedMs - expectedTime(task);
    const { fn } = task.job;
    const callTime = Math.max(runMs / task.calls, 0.0001);
    fn.callTime = fn.callTime === 0 ? callTime : (fn.callTime * 3 + callTime) / 4;
    this.#runMs.add(callTime, task.calls);
    this.#waitMs.add(this.now - task.since - runMs, task.calls);
    if (kind === Answer.value) {
      this.#done += task.calls;
      task.job.succeed(task, value);
    } else {
      this.#failed += task.calls;
      task.job.fail(task, taskError(task, value as TaskFailure));
      if (task.job.isOver) this.#takeBackAll();
    }
    this.#memoryWatch?.answered(worker, this.now);
    if (worker.isDone) this.#dismiss(worker);
    if (this.#state === "closing") this.#finishIfDone();
  }

  /** Lets all tasks come back that have not been begun: some of them are of a job that is over, and are dropped. */
  #takeBackAll(): void {
    for (const worker of this.#workers) if (worker.lane.load > 1) this.#takeBackFrom(worker);
  }

  /** Lets tasks come back that wait behind another one while there is a worker without work. */
  #rebalance(isLate = false): void {
    if (this.hasWork || this.#workers.size < 2) return;
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
    if (stuck !== null) this.#takeBackFrom(stuck);
    else if (busiest.expectedMs >= WORTH_MOVING_MS) this.#takeBackFrom(busiest);
    else this.#checkLater();
  }

  /** Looks again soon whether tasks are stuck: no answer may tell of a task that takes longer than its like did. */
  #checkLater(): void {
    if (this.#stuckCheck !== null) return;
    const { canGrow } = this.#crew;
    if (this.#workers.size < 2 && !canGrow) return;
    for (const worker of this.#workers) worker.checkedAt = worker.lane.answered;
    this.#stuckCheck = setTimeout(() => {
      this.#stuckCheck = null;
      if (this.#crew.canGrow) this.#crew.growFor(this.#waiting());
      this.#rebalance(true);
    }, STUCK_CHECK_MS);
  }

  #takeBackFrom(worker: PoolWorker): void {
    worker.heldUpAt = worker.lane.answered;
    const tasks = worker.lane.takeBack();
    for (const task of tasks) worker.expectedMs -= expectedTime(task);
    for (const task of tasks) this.#returned.push(task);
    if (worker.isDone) this.#dismiss(worker);
    this.#dispatch();
    this.#checkLater();
  }

  /** Tells a worker to finish that has to go and has no task. */
  #dismiss(worker: PoolWorker): void {
    if (worker.isDone && !worker.stop()) this.#mustTell = true;
  }

  /** Tells the workers to finish that could not be told. */
  #dismissDone(): void {
    this.#mustTell = false;
    for (const worker of this.#workers) this.#dismiss(worker);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#state !== "closing" || this.hasWork) return;
    for (const worker of this.#workers) if (worker.lane.load > 0) return;
    this.#mustTell = false;
    for (const worker of this.#workers) if (worker.ready && !worker.stop()) this.#mustTell = true;
  }
}

function canTake(worker: PoolWorker): boolean {
  const { load, answered } = worker.lane;
  if (worker.leaving || answered + load >= worker.quota || worker.lane.isFull) return false;
  if (load > 0 && worker.heldUpAt === worker.lane.answered) return false;
  if (load < 2) return worker.ready || load < 1;
  return worker.ready && load < AHEAD_TASKS && backlog(worker) < AHEAD_MS;
}

/** How long (ms) a worker probably needs for what it runs and has not begun. */
function backlog({ lane, expectedMs }: PoolWorker): number {
  if (expectedMs < WAKE_MS) return expectedMs;
  return expectedMs * Math.min(1, (lane.unbegun + 1) / lane.load);
}

/** How long (ms) a task probably takes; of an unknown function nothing is known but that few of them are enough. */
function expectedTime(task: Task): number {
  const { callTime } = task.job.fn;
  return callTime === 0 ? AHEAD_MS / 2 : callTime * task.calls;
}

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
import type { PoolWorker } from "./pool_worker.ts";

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
/** Workers in a row that end before they could start: then the pool is broken. */
const MOST_FAILED_STARTS = 3;

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
export class Scheduler implements Poller {
  readonly #domain: Domain;
  readonly #startWorker: () => PoolWorker;
  readonly #size: number;
  readonly #workers = new Set<PoolWorker>();
  readonly #jobs = new Deque<Job>();
  readonly #returned = new Deque<Task>();
  readonly #outbox = new Outbox();
  readonly #waitMs = new Histogram();
  readonly #runMs = new Histogram();
  readonly #ends = new Set<Promise<void>>();
  readonly #onAnswer = (task: Task, kind: number, value: unknown, runMs: number) =>
    this.#answer(task, kind, value, runMs);
  #state: "running" | "closing" | "ended" = "running";
  #reason: Error | null = null;
  #failedStarts = 0;
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
   * @param size How many workers there are to be.
   * @param startWorker Starts one.
   */
  constructor(domain: Domain, size: number, startWorker: () => PoolWorker) {
    this.#domain = domain;
    this.#size = size;
    this.#startWorker = startWorker;
  }

  /** Whether there is anything that answers are awaited for. */
  get waiting(): boolean {
    for (const worker of this.#workers) if (worker.lane.load > 0) return true;
    return this.#hasWork() || this.#mustTell;
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
    this.#fill();
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
    if (found || this.#hasWork()) this.#dispatch();
    if (this.#mustTell) this.#finishIfDone();
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
    while (this.#ends.size > 0) await Promise.all(this.#ends);
    this.#domain.waker.remove(this);
  }

  /** Whether workers are left. */
  get hasWorkers(): boolean {
    return this.#workers.size > 0;
  }

  #hasWork(): boolean {
    return this.#jobs.length > 0 || this.#returned.length > 0;
  }

  /** Starts workers until there are enough. */
  #fill(): void {
    while (this.#workers.size < this.#size && this.#state !== "ended") {
      if (this.#state === "closing" && !this.#hasWork()) return;
      try {
        this.#adopt(this.#startWorker());
      } catch (error) {
        return this.#break("a worker cannot be started", error);
      }
    }
  }

  #adopt(worker: PoolWorker): void {
    this.#workers.add(worker);
    const { child } = worker;
    child.accepted.then(() => {
      worker.ready = true;
      this.#failedStarts = 0;
      this.#dispatch();
      this.#rebalance();
    }, (error) => this.#startFailed(worker, error));
    const end: Promise<void> = worker.ended.then((exitCode) => {
      this.#ends.delete(end);
      this.#bury(worker, exitCode);
    });
    this.#ends.add(end);
  }

  /** An initializer that fails would fail in every worker; a worker that died on its way may have had bad luck. */
  #startFailed(worker: PoolWorker, error: unknown): void {
    worker.leaving = true;
    if (this.#state === "ended") return;
    if (worker.child.handle.pid !== null) worker.child.handle.kill("SIGKILL");
    this.#failedStarts++;
    const isOwnFault = !(error instanceof Error && error.name === "ProcessError");
    if (isOwnFault || this.#failedStarts >= MOST_FAILED_STARTS) {
      this.#break("its workers cannot start", error);
    }
  }

  #break(what: string, cause: unknown): void {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    this.end(new BrokenPoolError(`The pool is broken: ${what}: ${text}`, { cause }), "SIGTERM");
  }

  #bury(worker: PoolWorker, exitCode: number): void {
    worker.leaving = true;
    this.#latest = worker;
    worker.lane.drain(this.#onAnswer);
    this.#latest = null;
    this.#workers.delete(worker);
    for (const task of worker.lane.takeBack().reverse()) this.#returned.unshift(task);
    for (const task of worker.lane.begun) {
      if (this.#state !== "ended") this.#lost += task.calls;
      task.job.fail(task, worker.lostError(task, exitCode));
    }
    if (!worker.child.abandoned()) worker.lane.close();
    this.#fill();
    this.#dispatch();
    // There may be nothing to stay alive for any more.
    this.#domain.waker.expect();
  }

  #dispatch(): void {
    while (this.#hasWork()) {
      const worker = this.#pick();
      if (worker === null) return;
      const task = this.#nextTask();
      if (task !== null) this.#give(worker, task);
    }
    this.#finishIfDone();
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
    if (this.#state === "closing") this.#finishIfDone();
  }

  /** Lets all tasks come back that have not been begun: some of them are of a job that is over, and are dropped. */
  #takeBackAll(): void {
    for (const worker of this.#workers) if (worker.lane.load > 1) this.#takeBackFrom(worker);
  }

  /** Lets tasks come back that wait behind another one while there is a worker without work. */
  #rebalance(isLate = false): void {
    if (this.#hasWork() || this.#workers.size < 2) return;
    let idle = false;
    let busiest: PoolWorker | null = null;
    let stuck: PoolWorker | null = null;
    for (const worker of this.#workers) {
      const { load, answered } = worker.lane;
      if (load === 0) idle ||= worker.ready && !worker.leaving;
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
    if (this.#stuckCheck !== null || this.#workers.size < 2) return;
    for (const worker of this.#workers) worker.checkedAt = worker.lane.answered;
    this.#stuckCheck = setTimeout(() => {
      this.#stuckCheck = null;
      this.#rebalance(true);
    }, STUCK_CHECK_MS);
  }

  #takeBackFrom(worker: PoolWorker): void {
    worker.heldUpAt = worker.lane.answered;
    const tasks = worker.lane.takeBack();
    for (const task of tasks) worker.expectedMs -= expectedTime(task);
    for (const task of tasks) this.#returned.push(task);
    this.#dispatch();
    this.#checkLater();
  }

  #finishIfDone(): void {
    if (this.#state !== "closing" || this.#hasWork()) return;
    for (const worker of this.#workers) if (worker.lane.load > 0) return;
    this.#mustTell = false;
    for (const worker of this.#workers) if (worker.ready && !worker.stop()) this.#mustTell = true;
  }
}

function canTake(worker: PoolWorker): boolean {
  const { load } = worker.lane;
  if (worker.leaving || worker.lane.isFull) return false;
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

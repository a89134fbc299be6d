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

import type { Program } from "../../parties/program.ts";
import type { Poller } from "../../parties/waker.ts";
import { BrokenPoolError, PoolClosedError, TimeoutError } from "../../errors.ts";
import { copier, dropEncoded, type Encoded, Outbox } from "../../messages/channel.ts";
import { Deadline, Deadlines } from "../jobs/deadlines.ts";
import { Histogram, type Percentiles } from "./histogram.ts";
import { CallJob } from "../jobs/job.ts";
import { Orphan } from "../jobs/orphan.ts";
import { Answer, type Partly, type TaskFailure } from "../protocol/records.ts";
import { Slowest } from "./slowest.ts";
import { StreamJob } from "../jobs/stream_job.ts";
import type { Job, Task } from "../jobs/task.ts";
import { StopReason } from "../protocol/task_control.ts";
import { errorAtItem, taskError } from "../jobs/task_error.ts";
import { WorkQueue } from "./work_queue.ts";
import { Cancellation } from "./cancellation.ts";
import { WorkerSet, type WorkerSetOwner } from "./worker_set.ts";
import { areTasksHeard, type CallEnd, events, openChannels } from "./diagnostics.ts";
import type { PoolInsights, SlowTask } from "./insights.ts";
import { MemoryWatch } from "./memory_watch.ts";
import type { PoolWorker } from "./worker.ts";
import { RunWatch } from "./run_watch.ts";
import { TaskEvents } from "./task_events.ts";
import type { Life } from "./worker_life.ts";

/** How much work (ms) a worker may be given ahead. */
const AHEAD_MS = 0.2;
/** How much work (ms) is not worth waking another worker for. */
const WAKE_MS = 0.05;
/** How long (ms) it takes to give out a task and to take its answer, roughly. */
const HANDOUT_MS = 0.0005;
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

let poolCount = 0;

/** The scheduler of one pool. */
export class Scheduler implements Poller, WorkerSetOwner {
  /** The number of the pool in this process. */
  readonly number: number = ++poolCount;
  readonly #program: Program;
  readonly #workerSet: WorkerSet;
  /** The workers there are. */
  readonly workers: ReadonlySet<PoolWorker>;
  readonly #memoryWatch: MemoryWatch | null;
  /** Everything that happens at a time. */
  readonly deadlines: Deadlines = new Deadlines();
  readonly #events = new TaskEvents(this.number);
  readonly #queue = new WorkQueue((task) => this.#events.dropped(task));
  /** Streams that have not been read to their end, or not answered. */
  readonly #streams = new Set<StreamJob>();
  /** Tasks that are run again later. */
  readonly #delayed = new Map<Task, Deadline>();
  readonly #cancellation = new Cancellation(this);
  readonly #runWatch: RunWatch | null;
  readonly #outbox = new Outbox();
  readonly #waitMs = new Histogram();
  readonly #runMs = new Histogram();
  readonly #slowest = new Slowest<SlowTask>();
  readonly #onAnswer = (task: Task, kind: number, value: unknown, runMs: number) =>
    this.#answer(task, kind, value, runMs);
  #state: "running" | "closing" | "ended" = "running";
  #reason: Error | null = null;
  #done = 0;
  #failed = 0;
  #lost = 0;
  #retried = 0;
  /** The number of the last task that was given to a worker. */
  #latestId = 0;
  /** The lowest priority of the tasks that workers may have been given and not begun. */
  #lowestGiven = Infinity;
  /** The time (ms) of the last look at the clock, and whether it is still good. */
  #now = 0;
  #isNowGood = false;
  /** Whether anybody listened to what happens to tasks, at that time. */
  #isHeard = false;
  /** The worker whose answer is being handled, or was handled last: it is the likeliest to be awake. */
  #latest: PoolWorker | null = null;
  #stuckCheck: ReturnType<typeof setTimeout> | null = null;
  /** Told when nothing is left in a pool that is closing, and when it is ended. */
  readonly #onFinished: (() => void)[] = [];
  /** Whether a worker could not be told to finish, for want of room. */
  #mustTell = false;

  /**
   * @param program The program of the workers.
   * @param life How many workers there are to be, and for how long.
   * @param startWorker Starts one.
   * @param taskTimeout How long (ms) a task may run; `null`: for ever.
   */
  constructor(
    program: Program,
    life: Life,
    startWorker: () => PoolWorker,
    taskTimeout: number | null,
  ) {
    this.#runWatch = taskTimeout === null ? null : new RunWatch(this, taskTimeout);
    this.#program = program;
    this.#workerSet = new WorkerSet(life, startWorker, this);
    this.workers = this.#workerSet.workers;
    this.#memoryWatch = life.memory === null
      ? null
      : new MemoryWatch(life.memory, this.workers, (worker) => this.retire(worker));
  }

  /** Whether there is anything that answers are awaited for. */
  get waiting(): boolean {
    for (const worker of this.workers) if (worker.lane.load > 0) return true;
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
    const workers = [...this.workers];
    const queued = workers.reduce((sum, { lane }) => sum + Math.max(0, lane.load - 1), 0);
    return Object.freeze({
      processes: workers.length,
      running: workers.filter(({ lane }) => lane.load > 0).length,
      queued: queued + this.#queue.calls,
      done: this.#done,
      failed: this.#failed,
      lost: this.#lost,
      retried: this.#retried,
      waitMs: this.#waitMs.percentiles,
      runMs: this.#runMs.percentiles,
    });
  }

  get insights(): PoolInsights {
    return Object.freeze({
      workers: Object.freeze([...this.workers].map((worker) => worker.insights)),
      slowest: Object.freeze(this.#slowest.all),
      waitMs: this.#waitMs.percentiles,
      runMs: this.#runMs.percentiles,
    });
  }

  /** The time (ms), good for everything that happens at one moment. */
  get now(): number {
    if (!this.#isNowGood) {
      this.#isNowGood = true;
      this.#now = performance.now();
      this.#isHeard = areTasksHeard();
    }
    return this.#now;
  }

  /** Starts the workers. */
  start(): void {
    this.#program.waker.add(this);
    void openChannels();
    this.#workerSet.fill();
  }

  /** Takes a job in. */
  submit(job: Job): void {
    this.#queue.push(job);
    if (this.#isHeard) this.#events.queued(job);
    if (job.settings.priority > this.#lowestGiven) this.#takeBackAll();
    this.#dispatch();
    if (job.hasNext) this.#keepForLater(job);
    this.#program.waker.expect();
  }

  /** Takes in a job whose items are read as they are needed. */
  submitStream(job: StreamJob): void {
    this.#streams.add(job);
    job.begin({
      push: (job) => this.submit(job),
      finished: (job) => {
        this.#streams.delete(job);
        this.#finishIfDone();
      },
    });
  }

  /**
   * Ends a job before it is done.
   *
   * @param job The job.
   * @param error What it is rejected with.
   */
  cancel(job: Job, error: unknown): void {
    if (job.isOver || this.#state === "ended") return;
    if (job.isQueued) this.#queue.noteOver(1);
    if (job instanceof CallJob) this.#failed++;
    this.#events.stopped(job, error instanceof TimeoutError ? "timeout" : "cancelled");
    job.abort(error);
    this.#forgetDelayed(job);
    this.#cancellation.end(job, error, true);
    this.#dispatch();
  }

  /** Ends a stream whose results are not wanted any more: what runs may go on to its end. */
  release(job: StreamJob): void {
    if (job.isOver) return;
    if (job.isQueued) this.#queue.noteOver(1);
    job.stop();
    this.#forgetDelayed(job);
    this.#cancellation.end(job, null, false);
  }

  /** Reads all streams to their end, although nobody may take their results for now. */
  widenStreams(): void {
    for (const job of [...this.#streams]) job.widen();
  }

  /** Looks for answers. */
  poll(): boolean {
    this.#isNowGood = false;
    let found = false;
    for (const worker of this.workers) {
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
    // Nobody looks while nothing is waited for: what comes then comes at another time.
    this.#isNowGood = false;
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
    this.#workerSet.stop();
    this.#tellFinished();
    this.#memoryWatch?.stop();
    if (events.taskEnd.isHeard) this.#tellAbandoned();
    for (const worker of this.workers) {
      const unbegun = worker.lane.takeBack();
      for (const task of unbegun) this.#events.abandoned(task, this.#lastOutcome);
      for (const { payload } of unbegun) dropEncoded(payload as Encoded);
      for (const task of [...unbegun, ...worker.lane.begun]) task.job.abort(reason);
      worker.end(signal);
    }
    this.deadlines.clear();
    this.#queue.clear((job) => job.abort(reason));
    for (const task of this.#delayed.keys()) task.job.abort(reason);
    this.#delayed.clear();
    for (const job of [...this.#streams]) job.abort(reason);
  }

  /** Tells of all that no worker has: what workers have begun is told when they answer or end. */
  #tellAbandoned(): void {
    const outcome = this.#lastOutcome;
    const tell = (task: Task) => this.#events.abandoned(task, outcome);
    this.#queue.look(tell, (job) => this.#events.neverGiven(job, job.left, outcome));
    for (const task of this.#delayed.keys()) tell(task);
  }

  /** What becomes of tasks that end with their worker. */
  get #lastOutcome(): CallEnd {
    if (this.#state !== "ended") return "lost";
    return this.#reason instanceof PoolClosedError ? "cancelled" : "failed";
  }

  /** Sends all workers that are left a signal. */
  signal(signal: string): void {
    for (const worker of this.workers) worker.end(signal);
  }

  /** Resolves when all workers have ended. */
  async ended(): Promise<void> {
    await this.#workerSet.ended();
    while (this.#state === "closing" && this.#isUnfinished) {
      // There may be no workers for a while: what comes later starts them again.
      await new Promise<void>((resolve) => this.#onFinished.push(resolve));
      await this.#workerSet.ended();
    }
    this.#program.waker.remove(this);
  }

  /** Whether there is work, or more may come of what was submitted. */
  get #isUnfinished(): boolean {
    return this.hasWork || this.#streams.size > 0 || this.#delayed.size > 0;
  }

  #tellFinished(): void {
    for (const tell of this.#onFinished.splice(0)) tell();
  }

  /** Replaces all workers by fresh ones, each when it has done what it has begun. */
  async recycle(): Promise<void> {
    const old = [...this.workers].filter(({ ready, lane }) => ready || lane.answered > 0);
    for (const worker of old) this.retire(worker);
    await Promise.all(old.map((worker) => this.#workerSet.endOf(worker)));
    await Promise.allSettled([...this.workers].map(({ child }) => child.accepted));
    if (this.#reason !== null) throw this.#reason;
  }

  /** Whether there is work that no worker has. */
  get hasWork(): boolean {
    return !this.#queue.isEmpty;
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
    if (worker.lane.load > 1) this.takeBackFrom(worker);
    else this.#dismiss(worker);
  }

  buried(worker: PoolWorker, exitCode: number): boolean {
    worker.leaving = true;
    this.#latest = worker;
    worker.lane.drain(this.#onAnswer);
    this.#latest = null;
    for (const task of worker.lane.takeBack().reverse()) this.#queue.putBack(task);
    worker.lane.isLost = true;
    const { begun } = worker.lane;
    for (const task of begun) {
      if (task instanceof Orphan) {
        this.#cancellation.forget(worker, task);
        continue;
      }
      const lost = worker.lostError(task, exitCode);
      const error = errorAtItem(task, lost, worker.lane.itemOf(task));
      if (this.#retries(task, error)) continue;
      if (this.#state !== "ended") this.#lost += task.calls;
      this.#events.ended(task, this.#lastOutcome);
      this.#tellJob(task, error);
    }
    const abandoned = worker.child.abandoned();
    if (abandoned === null) worker.lane.close();
    else void abandoned.then(() => worker.lane.close());
    return begun.length > 0;
  }

  filled(): void {
    this.#dispatch();
    // There may be nothing to stay alive for any more.
    this.#program.waker.expect();
  }

  broken(what: string, cause: unknown): void {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    this.end(new BrokenPoolError(`The pool is broken: ${what}: ${text}`, { cause }), "SIGTERM");
  }

  #dispatch(): void {
    while (this.hasWork) {
      const worker = this.#pick();
      if (worker === null) return this.#runShort();
      const task = this.#queue.next();
      if (task !== null) this.#give(worker, task);
    }
    this.#finishIfDone();
  }

  /** All workers have enough: there may have to be more of them. */
  #runShort(): void {
    if (!this.#workerSet.canGrow) return;
    if (this.workers.size === 0) this.#workerSet.growFor(this.#waiting());
    else this.#checkLater();
  }

  /** How many tasks wait, as far as it matters. */
  #waiting(): number {
    let waiting = this.#queue.tasks;
    for (const { lane } of this.workers) if (lane.load > 1) waiting += lane.load - 1;
    return waiting;
  }

  #give(worker: PoolWorker, task: Task): void {
    if (task.id === 0) task.id = ++this.#latestId | 0;
    try {
      if (worker.lane.give(task)) {
        worker.expectedMs += expectedTime(task);
        const { priority } = task.job.settings;
        if (priority < this.#lowestGiven) this.#lowestGiven = priority;
        if (worker.lane.load === 1) worker.becameBusy(this.now);
        if (this.#isHeard && task.worker === null) this.#events.started(task, worker.name);
        task.worker = worker.name;
        if (worker.lane.load > 1) this.#checkLater();
        else this.#runWatch?.note(worker, this.now);
        this.#memoryWatch?.expect();
        return;
      }
      this.#keep(task);
    } catch (error) {
      return this.#refuse(task, error);
    }
    this.#queue.putBack(task);
  }

  /** A task that cannot be sent fails, or goes in pieces. */
  #refuse(task: Task, error: unknown): void {
    const { job } = task;
    const isSplit = job instanceof StreamJob && job.splits(task, error);
    if (!isSplit) this.#failed += task.calls;
    if (events.taskEnd.isHeard && !(isSplit && task.worker === null)) this.#events.refused(task);
    this.#tellJob(task, error);
  }

  /** Tells a job that one of its tasks failed, which may end it. */
  #tellJob(task: Task, error: unknown): void {
    const { job } = task;
    const left = events.taskEnd.isHeard ? job.left : 0;
    job.fail(task, error);
    if (left > 0 && job.isOver) this.#events.neverGiven(job, left, "cancelled");
  }

  /** Encodes a task that has to wait although its turn has come. */
  #keep(task: Task): void {
    if (task.writer === copier) return;
    task.payload = this.#outbox.encode(task.payload, "args");
    task.writer = copier;
    if (task.spare !== null) task.spare = task.payload;
  }

  /** The worker that should get the next task; `null` when all have enough. */
  #pick(): PoolWorker | null {
    const latest = this.#latest;
    if (latest !== null && canTake(latest) && !isWorthHelp(latest)) return latest;
    let best: PoolWorker | null = null;
    for (const worker of this.workers) {
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
      this.#queue.remove(job);
      this.#events.stopped(job, "failed");
      job.abort(error);
    }
  }

  #answer(task: Task, kind: number, value: unknown, runMs: number): void {
    const worker = this.#latest!;
    worker.expectedMs = worker.lane.load === 0 ? 0 : worker.expectedMs - expectedTime(task);
    this.#runWatch?.note(worker, this.now);
    if (worker.lane.load === 0) worker.becameFree(this.now);
    if (task instanceof Orphan) this.#cancellation.forget(worker, task);
    else this.#settle(worker, task, kind, value, runMs);
    this.#memoryWatch?.answered(worker, this.now);
    if (worker.isDone) this.#dismiss(worker);
    if (this.#state === "closing") this.#finishIfDone();
  }

  #settle(worker: PoolWorker, task: Task, kind: number, value: unknown, runMs: number): void {
    const { fn } = task.job;
    const callTime = Math.max(runMs / task.calls, 0.0001);
    fn.callTime = fn.callTime === 0 ? callTime : (fn.callTime * 3 + callTime) / 4;
    this.#runMs.add(callTime, task.calls);
    const waitMs = Math.max(0, this.now - task.since - runMs);
    this.#waitMs.add(waitMs, task.calls);
    worker.runMs += runMs;
    worker.waitMs += waitMs;
    if (runMs > this.#slowest.least) this.#addSlow(worker, task, waitMs, runMs);
    if (kind === Answer.failure) {
      const failed = this.#failTask(task, taskError(task, value as TaskFailure));
      if (failed && this.#isHeard) this.#events.ended(task, "failed", waitMs, runMs);
      return;
    }
    if (this.#isHeard) {
      // What is run again of it is a task of its own.
      const outcome = kind === Answer.value ? "done" : "failed";
      this.#events.ended(task, outcome, waitMs, runMs);
    }
    if (kind === Answer.partly) return this.#answerPartly(task, value as Partly);
    this.#done += task.calls;
    task.job.succeed(task, value);
  }

  /** Only streams have tasks in which some items may fail and others not. */
  #answerPartly(task: Task, { results, failures }: Partly): void {
    this.#done += task.calls - failures.length;
    const errors = failures.map((failure) => taskError(task, failure));
    const positions = failures.map(({ index }) => index);
    const failed = (task.job as StreamJob).succeedPartly(task, results, positions);
    failed.forEach((part, i) => this.#failTask(part, errors[i]));
  }

  /** Runs a task again that failed, or tells its job. Returns whether that is the task's end. */
  #failTask(task: Task, error: unknown): boolean {
    if (this.#retries(task, error)) return false;
    this.#failed += task.calls;
    this.#tellJob(task, error);
    if (task.job.isOver && !(task.job instanceof CallJob)) this.#takeBackAll();
    return true;
  }

  /** Runs a task again, if that is wanted after such an error. Returns whether it is. */
  #retries(task: Task, error: unknown): boolean {
    const { retry } = task.job.settings;
    // What a task has taken away from here cannot be sent once more.
    if (task.spare === null) return false;
    if (retry === null || this.#state === "ended" || task.job.isOver) return false;
    if (!retry.wants(error, task.attempt)) return false;
    this.#retry(task, retry.delayAfter(task.attempt));
    return true;
  }

  #retry(task: Task, delay: number): void {
    this.#retried += task.calls;
    task.attempt++;
    if (delay === 0) return this.#queue.putBack(task);
    const deadline = new Deadline(performance.now() + delay, () => {
      this.#delayed.delete(task);
      this.#queue.pushBack(task);
      this.#dispatch();
      this.#program.waker.expect();
    });
    this.#delayed.set(task, deadline);
    this.deadlines.add(deadline);
  }

  /** Forgets tasks that were to be run again, of a job that is over. */
  #forgetDelayed(job: Job): void {
    for (const [task, deadline] of this.#delayed) {
      if (task.job !== job) continue;
      this.#delayed.delete(task);
      this.deadlines.remove(deadline);
      this.#events.dropped(task);
    }
  }

  /** Ends a task that runs: only that one fails. */
  endTask(worker: PoolWorker, task: Task, error: TimeoutError): void {
    this.#cancellation.giveUp(worker, task, StopReason.timeout, true);
    if (this.#failTask(task, error)) this.#events.ended(task, "timeout");
    this.#dispatch();
  }

  gaveUp(task: Task, outcome: CallEnd): void {
    this.#events.ended(task, outcome);
  }

  swept(): void {
    // Who listens is told of what was dropped now, not when its turn comes.
    if (events.taskEnd.isHeard) this.#queue.removeOver();
  }

  /** Takes note of calls that failed. */
  countFailed(calls: number): void {
    this.#failed += calls;
  }

  #addSlow(worker: PoolWorker, { job, calls }: Task, waitMs: number, runMs: number): void {
    const args = worker.lane.remark ?? "…";
    const slow = { fn: job.fn.name, args, calls, worker: worker.name, waitMs, runMs };
    this.#slowest.add(runMs, Object.freeze(slow));
  }

  /** Lets all tasks come back that have not been begun: some of them are of a job that is over, and are dropped. */
  #takeBackAll(): void {
    this.#lowestGiven = Infinity;
    for (const worker of this.workers) {
      // Without tasks, what is there says that it is to finish.
      if (worker.lane.load > 0 && worker.lane.unbegun > 0) this.takeBackFrom(worker);
    }
  }

  /** Lets tasks come back that wait behind another one while there is a worker without work. */
  #rebalance(isLate = false): void {
    if (this.hasWork || this.workers.size < 2) return;
    let idle = false;
    let busiest: PoolWorker | null = null;
    let stuck: PoolWorker | null = null;
    for (const worker of this.workers) {
      const { load, answered } = worker.lane;
      if (load === 0) idle ||= worker.ready && canTake(worker);
      if (load > (busiest?.lane.load ?? 1)) busiest = worker;
      if (load > 1 && isLate && worker.checkedAt === answered) stuck = worker;
    }
    if (!idle || busiest === null) return;
    if (stuck !== null) this.takeBackFrom(stuck);
    else if (busiest.expectedMs >= WORTH_MOVING_MS) this.takeBackFrom(busiest);
    else this.#checkLater();
  }

  /** Looks again soon whether tasks are stuck: no answer may tell of a task that takes longer than its like did. */
  #checkLater(): void {
    if (this.#stuckCheck !== null) return;
    const { canGrow } = this.#workerSet;
    if (this.workers.size < 2 && !canGrow) return;
    for (const worker of this.workers) worker.checkedAt = worker.lane.answered;
    this.#stuckCheck = setTimeout(() => {
      this.#stuckCheck = null;
      if (this.#workerSet.canGrow) this.#workerSet.growFor(this.#waiting());
      this.#rebalance(true);
    }, STUCK_CHECK_MS);
  }

  /** Lets the tasks come back that a worker has not begun; until it answers, it gets no others. */
  takeBackFrom(worker: PoolWorker): void {
    worker.heldUpAt = worker.lane.answered;
    const tasks = worker.lane.takeBack();
    for (const task of tasks) worker.expectedMs -= expectedTime(task);
    if (tasks.length > 0 && worker.lane.load === 0) {
      worker.expectedMs = 0;
      worker.becameFree(this.now);
    }
    for (const task of tasks) this.#queue.pushBack(task);
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
    for (const worker of this.workers) this.#dismiss(worker);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#state !== "closing" || this.#isUnfinished) return;
    for (const worker of this.workers) if (worker.lane.load > 0) return;
    this.#mustTell = false;
    for (const worker of this.workers) {
      if (!worker.ready) worker.awaitEnd();
      else if (!worker.stop()) this.#mustTell = true;
    }
    this.#tellFinished();
  }
}

function canTake(worker: PoolWorker): boolean {
  const { load, answered } = worker.lane;
  if (worker.leaving || worker.condemned > 0 || worker.lane.isFull) return false;
  if (answered + load >= worker.quota) return false;
  if (load > 0 && worker.heldUpAt === worker.lane.answered) return false;
  if (load < 2) return worker.ready || load < 1;
  return worker.ready && load < AHEAD_TASKS && backlog(worker) < AHEAD_MS;
}

/** How long (ms) a worker probably needs for what it runs and has not begun. */
function backlog({ lane, expectedMs }: PoolWorker): number {
  if (expectedMs < WAKE_MS) return expectedMs;
  return expectedMs * Math.min(1, (lane.unbegun + 1) / lane.load);
}

/** Whether a worker has enough to do that another one may be woken: not where tasks are done faster than they are given out. */
function isWorthHelp(worker: PoolWorker): boolean {
  return worker.expectedMs >= worker.lane.load * HANDOUT_MS && backlog(worker) >= WAKE_MS;
}

/** How long (ms) a task probably takes; of an unknown function nothing is known but that few of them are enough. */
function expectedTime(task: Task): number {
  const { callTime } = task.job.fn;
  return callTime === 0 ? AHEAD_MS / 2 : callTime * task.calls;
}

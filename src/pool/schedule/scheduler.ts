/**
 * Who runs what: takes jobs in, gives their tasks to workers, hands results back, replaces workers that die.
 *
 * A task is at any time in exactly one place: in its job, in the list of tasks that came back, among those that are run again
 * later, or in one worker's lane; so whatever happens to a worker settles or moves each of its tasks.
 *
 * What is decided on the way has files of its own: which worker a task goes to (`placement.ts`), when tasks come back
 * (`balance.ts`), what comes of them (`settlement.ts`), which are run again (`retries.ts`), how those that run are ended
 * (`cancellation.ts`, `run_watch.ts`), and how many workers there are (`worker_set.ts`).
 *
 * Long because it is where all of these meet.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import type { Poller } from "../../parties/waker.ts";
import { BrokenPoolError, type TimeoutError } from "../../errors.ts";
import { dropEncoded, type Encoded, Outbox } from "../../messages/channel.ts";
import { Deadlines } from "../jobs/deadlines.ts";
import { GivenUpTask } from "../jobs/given_up_task.ts";
import type { StreamJob } from "../jobs/stream_job.ts";
import { type Job, keepTask, type Task } from "../jobs/task.ts";
import { StopReason } from "../protocol/task_control.ts";
import { Balance } from "./balance.ts";
import { Cancellation } from "./cancellation.ts";
import { openChannels } from "./diagnostics.ts";
import { Dismissal } from "./dismissal.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { Moment } from "./moment.ts";
import { Observation } from "./observation.ts";
import { chooseWorker, expectedTime } from "./placement.ts";
import { PoolState } from "./pool_state.ts";
import { Retries } from "./retries.ts";
import { RunWatch, type RunWatchHost } from "./run_watch.ts";
import { Settlement } from "./settlement.ts";
import { Statistics } from "./statistics.ts";
import { TaskEvents } from "./task_events.ts";
import { WorkQueue } from "./work_queue.ts";
import type { PoolWorker } from "./worker.ts";
import type { Life } from "./worker_life.ts";
import { WorkerSet, type WorkerSetOwner } from "./worker_set.ts";

let poolCount = 0;

/** The scheduler of one pool. */
export class Scheduler implements Poller, WorkerSetOwner, RunWatchHost {
  /** The number of the pool in this process. */
  readonly number: number = ++poolCount;
  /** Whether the pool takes jobs. */
  readonly state: PoolState = new PoolState();
  /** Everything that happens at a time. */
  readonly deadlines: Deadlines = new Deadlines();
  /** The workers there are. */
  readonly workers: readonly PoolWorker[];
  readonly #program: Program;
  readonly #moment = new Moment();
  readonly #statistics = new Statistics();
  readonly #events = new TaskEvents(this.number, this.#moment);
  readonly #queue = new WorkQueue((task) => this.#events.dropped(task));
  /** What there is to see of its work. */
  readonly observation: Observation;
  /** Streams that have not been read to their end, or not answered. */
  readonly #streams = new Set<StreamJob>();
  readonly #outbox = new Outbox();
  readonly #workerSet: WorkerSet;
  readonly #dismissal: Dismissal;
  readonly #balance: Balance;
  readonly #retries: Retries;
  readonly #settlement: Settlement;
  readonly #cancellation: Cancellation;
  readonly #runWatch: RunWatch | null;
  readonly #memoryWatch: MemoryWatch | null;
  /** The number of the last task that was given to a worker. */
  #latestId = 0;
  /** The worker whose answer is being handled, or was handled last: it is the likeliest to be awake. */
  #latest: PoolWorker | null = null;
  /** Whether a task is being sent: a getter in it may call the pool, and that call waits until this one has its place. */
  #isGiving = false;

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
    this.#program = program;
    const { state, deadlines } = this;
    const [queue, moment, statistics] = [this.#queue, this.#moment, this.#statistics];
    const workerSet = this.#workerSet = new WorkerSet(life, startWorker, this);
    const workers = this.workers = workerSet.workers;
    this.observation = new Observation({ workers, queue, statistics });
    const dismissal = this.#dismissal = new Dismissal(workers);
    const dispatch = () => this.#dispatch();
    const balance = this.#balance = new Balance(workerSet, queue, moment, dismissal, dispatch);
    const retryParts = { state, statistics, deadlines, queue, taskEvents: this.#events };
    const retries = this.#retries = new Retries(retryParts, () => this.filled());
    const onJobOver = () => balance.takeBackAll();
    const parts = { state, statistics, taskEvents: this.#events, retries, moment, onJobOver };
    const settlement = this.#settlement = new Settlement(parts);
    const shared = { workers, deadlines, queue, balance, settlement, retries };
    this.#cancellation = new Cancellation(shared);
    this.#runWatch = taskTimeout === null ? null : new RunWatch(this, balance, taskTimeout);
    this.#memoryWatch = life.memory === null
      ? null
      : new MemoryWatch(life.memory, workers, (worker) => this.retire(worker));
  }

  /** Whether there is anything that answers are awaited for. */
  get waiting(): boolean {
    for (let i = 0; i < this.workers.length; i++) if (this.workers[i].lane.load > 0) return true;
    return this.hasWork || this.#dismissal.isPending;
  }

  /** The time (ms), good for everything that happens at one moment. */
  get now(): number {
    return this.#moment.now;
  }

  /** Starts the workers. */
  start(): void {
    this.#program.waker.add(this);
    openChannels();
    this.#workerSet.fill();
  }

  /** Takes a job in. */
  submit(job: Job): void {
    this.#queue.push(job);
    this.#events.number(job);
    if (this.#moment.isHeard) this.#events.queued(job);
    if (job.settings.priority > this.#balance.lowestGiven) this.#balance.takeBackAll();
    this.#dispatch();
    if (job.hasNext) this.#keepForLater(job);
    this.#program.waker.expect();
  }

  /** Takes in a job whose items are read as they are needed. */
  submitStream(job: StreamJob): void {
    this.#streams.add(job);
    this.#events.number(job);
    this.#events.made(job);
    job.begin({
      push: (job) => this.submit(job),
      finished: (job) => {
        this.#streams.delete(job);
        this.#events.finished(job);
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
    if (job.isOver || this.state.isOver) return;
    this.#cancellation.cancel(job, error);
    this.#dispatch();
  }

  /** Ends a stream whose results are not wanted any more: what runs may go on to its end. */
  release(job: StreamJob): void {
    if (!job.isOver) this.#cancellation.release(job);
  }

  /** Reads all streams to their end, although nobody may take their results for now. */
  widenStreams(): void {
    for (const job of [...this.#streams]) job.widen();
  }

  /** Looks for answers. */
  poll(): boolean {
    this.#moment.pass();
    let found = false;
    // No iterator: code that is not compiled yet would make one at each look.
    for (let i = 0; i < this.workers.length; i++) {
      const worker = this.workers[i];
      if (worker.lane.load === 0 || !worker.lane.hasAnswer) continue;
      this.#latest = worker;
      if (worker.lane.drain(this.#answer)) found = true;
      if (worker.lane.hasUnreadable && !worker.leaving) worker.end("SIGKILL");
    }
    if (found) this.#balance.takeBackFromLoading();
    if (this.hasWork) this.#dispatch();
    if (this.#dismissal.isPending) {
      this.#dismissal.retry();
      this.#finishIfDone();
    }
    if (found) this.#balance.restore();
    // Nobody looks while nothing is waited for: what comes then comes at another time.
    this.#moment.pass();
    return found;
  }

  /** Takes no more jobs; the workers finish when all work is done. */
  close(): void {
    if (!this.state.isRunning) return;
    this.state.close();
    this.#finishIfDone();
  }

  /**
   * Rejects everything that is left, and ends the workers.
   *
   * @param reason What is rejected with.
   * @param signal How the workers are ended.
   */
  end(reason: Error, signal: string): void {
    if (this.state.isOver) return;
    this.state.end(reason);
    this.#dismissal.isPending = false;
    this.#workerSet.stop();
    this.#memoryWatch?.stop();
    this.#settlement.abandon(this.#queue);
    for (const worker of this.workers) {
      const unbegun = worker.lane.takeBack();
      for (const task of unbegun) this.#events.abandoned(task, this.state.outcomeOfLost);
      for (const { payload } of unbegun) dropEncoded(payload as Encoded);
      for (const task of [...unbegun, ...worker.lane.begun]) task.job.abort(reason);
      worker.end(signal);
    }
    this.deadlines.clear();
    this.#queue.clear((job) => job.abort(reason));
    for (const task of this.#retries.delayed) task.job.abort(reason);
    this.#retries.clear();
    for (const job of [...this.#streams]) job.abort(reason);
  }

  /** Sends all workers that are left a signal. */
  signal(signal: string): void {
    for (const worker of this.workers) worker.end(signal);
  }

  /** Resolves when all workers have ended. */
  async ended(): Promise<void> {
    await this.#workerSet.ended();
    while (this.state.isClosing && this.#isUnfinished) {
      // There may be no workers for a while: what comes later starts them again.
      await this.state.finished();
      await this.#workerSet.ended();
    }
    this.#program.waker.remove(this);
  }

  /** Replaces all workers by fresh ones, each when it has done what it has begun. */
  async recycle(): Promise<void> {
    const old = this.workers.filter(({ ready, lane }) => ready || lane.answered > 0);
    for (const worker of old) this.retire(worker);
    await Promise.all(old.map((worker) => this.#workerSet.endOf(worker)));
    await Promise.allSettled([...this.workers].map(({ child }) => child.acceptance.accepted));
    if (this.state.reason !== null) throw this.state.reason;
  }

  /** Whether there is work that no worker has. */
  get hasWork(): boolean {
    return !this.#queue.isEmpty;
  }

  /** Whether there have to be workers. */
  get wantsWorkers(): boolean {
    return this.state.isRunning || (this.state.isClosing && this.hasWork);
  }

  get isOver(): boolean {
    return this.state.isOver;
  }

  ready(worker: PoolWorker): void {
    this.#dismissal.dismiss(worker);
    if (worker.lane.load === 0) this.#balance.takeBackFromLoading();
    this.#dispatch();
    this.#balance.restore();
  }

  retire(worker: PoolWorker): void {
    worker.quota = 0;
    if (worker.lane.load > 1) this.#balance.takeBackFrom(worker);
    else this.#dismissal.dismiss(worker);
  }

  buried(worker: PoolWorker, exitCode: number): boolean {
    worker.leaving = true;
    this.#latest = worker;
    worker.lane.drain(this.#answer);
    this.#latest = null;
    for (const task of worker.lane.takeBack().reverse()) this.#queue.putBack(task);
    worker.lane.isLost = true;
    const { begun } = worker.lane;
    for (const task of begun) {
      if (task instanceof GivenUpTask) this.#cancellation.forget(worker, task);
      else this.#settlement.lost(task, worker, exitCode);
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

  endTask(worker: PoolWorker, task: Task, error: TimeoutError): void {
    this.#cancellation.giveUp(worker, task, StopReason.timeout, true);
    if (this.#settlement.fail(task, error)) this.#events.ended(task, "timeout", error);
    this.#dispatch();
  }

  /** Gives what waits to workers, as long as one can take more. */
  #dispatch(): void {
    if (this.#isGiving) return;
    while (this.hasWork) {
      const worker = chooseWorker(this.workers, this.#latest);
      if (worker === null) return this.#balance.runShort();
      const task = this.#queue.next();
      if (task !== null) this.#give(worker, task);
    }
    this.#finishIfDone();
  }

  #give(worker: PoolWorker, task: Task): void {
    if (task.id === 0) task.id = ++this.#latestId | 0;
    let isGiven: boolean;
    this.#isGiving = true;
    try {
      isGiven = worker.lane.give(task);
      if (!isGiven) keepTask(task, this.#outbox);
    } catch (error) {
      return this.#settlement.refuse(task, error);
    } finally {
      this.#isGiving = false;
    }
    if (!isGiven) return this.#queue.putBack(task);
    this.#balance.given(worker, task);
    if (worker.lane.load === 1) {
      worker.becameBusy(this.#moment.now);
      this.#runWatch?.note(worker, this.#moment.now);
    }
    if (this.#moment.isHeard && task.worker === null) this.#events.started(task, worker.name);
    task.worker = worker.name;
    this.#memoryWatch?.expect();
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

  readonly #answer = (task: Task, kind: number, value: unknown, runMs: number): void => {
    const worker = this.#latest!;
    worker.expectedMs = worker.lane.load === 0 ? 0 : worker.expectedMs - expectedTime(task);
    this.#runWatch?.note(worker, this.#moment.now);
    worker.turnedAt = this.#moment.now;
    if (worker.lane.load === 0) worker.becameFree(this.#moment.now);
    if (task instanceof GivenUpTask) this.#cancellation.forget(worker, task);
    else this.#settlement.answered(worker, task, kind, value, runMs);
    this.#memoryWatch?.answered(worker, this.#moment.now);
    if (worker.isDone) this.#dismissal.dismiss(worker);
    if (this.state.isClosing) this.#finishIfDone();
  };

  /** Whether there is work, or more may come of what was submitted. */
  get #isUnfinished(): boolean {
    return this.hasWork || this.#isGiving || this.#streams.size > 0 || this.#retries.hasDelayed;
  }

  #finishIfDone(): void {
    if (!this.state.isClosing || this.#isUnfinished) return;
    for (const worker of this.workers) if (worker.lane.load > 0) return;
    this.#dismissal.dismissAll();
    this.state.tellFinished();
  }
}

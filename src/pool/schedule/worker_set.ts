/**
 * The workers of a pool: how many there are, when one is started, and when one has to go.
 *
 * There are never more than `most`: a worker that has to go is replaced when it has ended, since it may hold what its
 * successor needs. At least `least` are kept; those above end when they have had nothing to do for a while.
 *
 * Workers that end by themselves before they have done anything are replaced more and more slowly, and not for ever:
 * the pool is broken when none could start several times in a row, or when none does anything although there is work. A machine
 * may be short of something for a while: a set of workers that worked before waits for that to pass before it is broken.
 *
 * @module
 */

import { ProcessError } from "../../errors.ts";
import { describeExit } from "../../process/exit_status.ts";
import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import { events, type WorkerEvent } from "./diagnostics.ts";
import { noteWorker, recorders } from "./recorders.ts";
import { shortageIn } from "../../support/shortage.ts";
import type { Life } from "./worker_life.ts";
import type { PoolWorker } from "./worker.ts";

/** Workers in a row that end before they could start: then the pool is broken. */
const MOST_FAILED_STARTS = 3;
/** How long (ms) none could start before a set of workers that worked is broken. */
const SHORTAGE = 30_000;
/** Workers in a row that end before they have done anything, while there is work: then the pool is broken. */
const MOST_IN_VAIN = 8;
/** How long (ms) to wait before the second worker in a row is replaced; twice as long before each next one. */
const FIRST_DELAY = 50;
/** The longest such delay (ms). */
const LONGEST_DELAY = 2_000;
/** A worker that lived longer (ms) did not end because something is wrong with all of them. */
const LONG_LIFE = 10_000;
/** How often (ms) to look for workers without work: such a one ends after one to two times as long. */
const IDLE_CHECK = 1_500;

/** Who gives the workers their tasks. */
export interface WorkerSetOwner {
  /** The number of the pool. */
  readonly number: number;
  /** How many workers there have to be now: all, or none in a pool that ends. */
  readonly wantsWorkers: boolean;
  /** Whether the pool is terminated or broken. */
  readonly isOver: boolean;
  /** Whether tasks wait. */
  readonly hasWork: boolean;
  /** A worker has accepted its work. */
  ready(worker: PoolWorker): void;
  /** A worker has ended. Returns whether it had begun anything. */
  buried(worker: PoolWorker, exitCode: number): boolean;
  /** A worker has to go as soon as it has no task. */
  retire(worker: PoolWorker): void;
  /** Workers may be started again. */
  filled(): void;
  /** There will be no workers. */
  broken(what: string, cause: unknown): void;
}

/** The workers of one pool. */
export class WorkerSet {
  /** All that have not ended. */
  readonly workers: PoolWorker[] = [];
  readonly #life: Life;
  readonly #startWorker: () => PoolWorker;
  readonly #owner: WorkerSetOwner;
  readonly #patience: number;
  readonly #ends = new Map<PoolWorker, Promise<void>>();
  #failedStarts = 0;
  /** When the first of them failed (ms). */
  #failingSince = 0;
  #inVain = 0;
  #hasWorked = false;
  /** While new workers have to wait. */
  #delay: { timer: Timer; over: Promise<void>; end: () => void } | null = null;
  #idleCheck: Timer | null = null;

  /**
   * @param life How many workers there are, and for how long.
   * @param startWorker Starts one.
   * @param owner Who gives them their tasks.
   * @param patience How long (ms) none could start before it is broken, if it worked before.
   */
  constructor(
    life: Life,
    startWorker: () => PoolWorker,
    owner: WorkerSetOwner,
    patience: number = SHORTAGE,
  ) {
    this.#patience = patience;
    this.#life = life;
    this.#startWorker = startWorker;
    this.#owner = owner;
  }

  /** Whether there may be more workers than there are. */
  get canGrow(): boolean {
    return this.workers.length < this.#life.most;
  }

  /** Starts workers until there are as many as there are at least. */
  fill(): void {
    this.#grow(this.#life.least);
  }

  /**
   * Starts workers for tasks that wait.
   *
   * @param waiting How many tasks wait.
   */
  growFor(waiting: number): void {
    let wanted = this.workers.length + waiting;
    for (const { lane, leaving } of this.workers) if (lane.load === 0 && !leaving) wanted--;
    this.#grow(Math.min(wanted, this.#life.most));
  }

  /** Resolves when a worker has ended. */
  async endOf(worker: PoolWorker): Promise<void> {
    await this.#ends.get(worker);
  }

  /** Resolves when all workers have ended, and there will be no others. */
  async ended(): Promise<void> {
    while (this.#ends.size > 0 || this.#delay !== null) {
      await Promise.all([...this.#ends.values(), this.#delay?.over]);
    }
  }

  /** Starts no workers any more. */
  stop(): void {
    this.#endDelay();
    this.#stopIdleCheck();
  }

  #grow(wanted: number): void {
    while (this.workers.length < wanted && this.#owner.wantsWorkers && this.#delay === null) {
      try {
        this.#adopt(this.#startWorker());
      } catch (error) {
        this.#noteFailedStart();
        if (!this.#hasWorked || this.#cannotStart) {
          return this.#owner.broken("a worker cannot be started", error);
        }
        this.#slowDown();
      }
    }
  }

  #adopt(worker: PoolWorker): void {
    this.workers.push(worker);
    if (recorders.length > 0) noteWorker("start", this.#describe(worker));
    if (events.workerStart.isHeard) events.workerStart.publish(this.#describe(worker));
    if (this.workers.length > this.#life.least) this.#startIdleCheck();
    worker.child.acceptance.accepted.then((initMs) => {
      worker.becameReady(initMs);
      this.#hasWorked = true;
      this.#failedStarts = 0;
      if (recorders.length > 0) noteWorker("ready", this.#describe(worker), worker.startTimes);
      if (events.workerReady.isHeard) {
        events.workerReady.publish({ ...this.#describe(worker), ...worker.startTimes });
      }
      this.#owner.ready(worker);
    }, (error) => this.#startFailed(worker, error));
    const end = worker.ended.then((exitCode) => {
      this.#ends.delete(worker);
      this.#bury(worker, exitCode);
    });
    this.#ends.set(worker, end);
  }

  #describe({ name, pid }: PoolWorker): WorkerEvent {
    return { pool: this.#owner.number, worker: name, pid };
  }

  /** An initializer that fails would fail in every worker; a worker that died on its way may have had bad luck. */
  #startFailed(worker: PoolWorker, error: unknown): void {
    const wasEnded = worker.leaving;
    worker.leaving = true;
    if (wasEnded || this.#owner.isOver) return;
    if (worker.child.handle.pid !== null) worker.child.handle.kill("SIGKILL");
    this.#noteFailedStart();
    const isBadLuck = shortageIn(error) !== null ||
      (error instanceof Error && error.name === "ProcessError");
    if (!isBadLuck || this.#cannotStart) this.#owner.broken("its workers cannot start", error);
  }

  #noteFailedStart(): void {
    if (this.#failedStarts++ === 0) this.#failingSince = performance.now();
  }

  /** Whether it is no bad luck any more that none could start. */
  get #cannotStart(): boolean {
    const patience = this.#hasWorked ? this.#patience : 0;
    return this.#failedStarts >= MOST_FAILED_STARTS &&
      performance.now() - this.#failingSince >= patience;
  }

  #bury(worker: PoolWorker, exitCode: number): void {
    const wasAsked = worker.ready && worker.leaving;
    this.workers.splice(this.workers.indexOf(worker), 1);
    const insights = recorders.length > 0 ? worker.insights : null;
    const hasBegun = this.#owner.buried(worker, exitCode);
    const tasks = worker.lane.answered;
    if (insights !== null) {
      const { bytesIn, bytesOut } = insights;
      noteWorker("end", this.#describe(worker), { exitCode, tasks, bytesIn, bytesOut });
    }
    if (events.workerEnd.isHeard) {
      events.workerEnd.publish({ ...this.#describe(worker), exitCode, tasks });
    }
    if (hasBegun || worker.lane.answered > 0) this.#inVain = 0;
    else if (!wasAsked && worker.lifetime < LONG_LIFE) this.#endedInVain(worker, exitCode);
    this.fill();
    this.#owner.filled();
  }

  #endedInVain(worker: PoolWorker, exitCode: number): void {
    this.#inVain++;
    // One that could not start is counted as that.
    if (worker.ready && this.#inVain >= MOST_IN_VAIN && this.#owner.hasWork) {
      const cause = new ProcessError(`${worker.name} ended by ${describeExit(exitCode)}`);
      return this.#owner.broken("its workers end before they do anything", cause);
    }
    if (this.#inVain > 1) this.#slowDown();
  }

  /** Lets the next start wait. */
  #slowDown(): void {
    if (this.#delay !== null || !this.#owner.wantsWorkers) return;
    const times = Math.max(this.#inVain - 2, this.#failedStarts - 1, 0);
    let end!: () => void;
    const over = new Promise<void>((resolve) => end = resolve);
    // Whoever waits for a result keeps the program alive; the pool itself does not.
    const timer = unrefTimer(setTimeout(() => {
      this.#endDelay();
      this.fill();
      this.#owner.filled();
    }, Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** times)));
    this.#delay = { timer, over, end };
  }

  #endDelay(): void {
    if (this.#delay === null) return;
    clearTimeout(this.#delay.timer);
    this.#delay.end();
    this.#delay = null;
  }

  #startIdleCheck(): void {
    if (this.#idleCheck !== null) return;
    for (const worker of this.workers) worker.idleAt = -1;
    this.#idleCheck = unrefTimer(setInterval(() => this.#checkIdle(), IDLE_CHECK));
  }

  #stopIdleCheck(): void {
    if (this.#idleCheck !== null) clearInterval(this.#idleCheck);
    this.#idleCheck = null;
  }

  #checkIdle(): void {
    let spare = this.workers.length - this.#life.least;
    if (spare <= 0) return this.#stopIdleCheck();
    for (const worker of this.workers) {
      if (worker.leaving) spare--;
      const { load, answered } = worker.lane;
      const isIdle = load === 0 && worker.ready && !worker.leaving;
      if (isIdle && worker.idleAt === answered && spare > 0) {
        spare--;
        this.#owner.retire(worker);
      }
      worker.idleAt = isIdle ? answered : -1;
    }
  }
}

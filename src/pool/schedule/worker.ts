/**
 * A worker of a pool: its process or thread, its lane, and what is known about it.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import type { WorkerLostError } from "../../errors.ts";
import type { BootMessage } from "../../identity/boot.ts";
import { LEVELS, writeLog } from "../../log/log.ts";
import { within } from "../../support/limit.ts";
import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import { Lane } from "./lane.ts";
import type { Task } from "../jobs/task.ts";
import { runtime } from "../../runtime/current.ts";
import { memoryKills } from "../../runtime/system.ts";
import { own } from "../../process/children.ts";
import type { WorkerInsights } from "./insights.ts";
import { StderrTail } from "./stderr_tail.ts";
import { type Child, launch, type LaunchOptions, stopChild } from "../../process/launch.ts";
import { lostError } from "./worker_loss.ts";

/** How long (ms) what a worker wrote may take to arrive after its end: a child of its own may hold the stream for ever. */
const STDERR_GRACE = 500;
/** How long (ms) a worker may take to end that has nothing more to do: its finalizer may hang, or its initializer. */
const FAREWELL = 5_000;

/** A worker, as its pool sees it. */
export class PoolWorker {
  readonly name: string;
  readonly lane: Lane;
  readonly child: Child;
  /** Whether it has accepted its work. */
  ready = false;
  readonly #startedAt = performance.now();
  /** When it was ready (ms); 0 before. */
  #readyAt = 0;
  /** How long it took (ms) to run its initializer. */
  #initMs = 0;
  /** How long its tasks waited and ran (ms). */
  waitMs = 0;
  runMs = 0;
  /** How long it had no task, up to when it got its last one, and since when it has none (ms). */
  #idleMs = 0;
  #freeAt = 0;
  /** Whether it was told to finish, or is being ended. */
  leaving = false;
  /** How many answers it had given when its tasks were taken back: before the next one it gets no others. */
  heldUpAt = -1;
  /** How many answers it had given when it was asked last whether its tasks are stuck. */
  checkedAt = -1;
  /** How many of its tasks it is ended for, if they do not stop in time: until then it gets no others. */
  condemned = 0;
  /** Since when (ms) it has neither answered nor begun anything, and what it had begun by then: see `RunWatch`. */
  quietSince = 0;
  stepsSeen = 0;
  /** How long its tasks are expected to take (ms). */
  expectedMs = 0;
  /** How many tasks it may be given in all; 0 when it has to go. */
  quota: number = Infinity;
  /** How many answers it had given when it was last seen without work; -1 when it had work. */
  idleAt = -1;
  /** When it turned to the task that it is at (ms), as far as this process knows. */
  turnedAt = 0;
  /** When its memory was last looked at (ms). */
  measuredAt: number = -Infinity;
  /** The memory that it was killed for. */
  excess: { readonly bytes: number; readonly limit: number } | null = null;
  /** Resolves to the exit code when the worker has ended, and what it wrote has been read. */
  readonly ended: Promise<number>;
  readonly #stderrTail: StderrTail;
  /** When it is killed that does not end by itself. */
  #farewell: Timer | null = null;
  /** How many processes the system had ended for want of memory when this one was started; a thread is none. */
  readonly #memoryKills: number;

  /**
   * Starts a worker.
   *
   * @param program The program that it joins.
   * @param message What it is told; its work is completed here.
   * @param options What a process has of its own.
   */
  constructor(
    program: Program,
    message: BootMessage,
    options: LaunchOptions,
  ) {
    this.name = message.self.name;
    this.#stderrTail = new StderrTail(this.name);
    this.lane = new Lane(program);
    const work = {
      ...message.work,
      requests: this.lane.requests.ref,
      answers: this.lane.answers.ref,
      controls: this.lane.controls.ref,
    };
    try {
      this.child = launch(program, { ...message, work } as BootMessage, options);
    } catch (error) {
      this.lane.close();
      throw error;
    }
    this.lane.party = this.child.party;
    own(this.child, true);
    this.#memoryKills = this.child.handle.pid === null ? Infinity : memoryKills();
    const { stderr } = this.child.handle;
    const forwarded = stderr === null ? Promise.resolve() : this.#stderrTail.follow(stderr);
    this.ended = this.child.exited.then(async (exitCode) => {
      this.#stopWaiting();
      await within(forwarded, { timeout: STDERR_GRACE }, "the end of a worker's standard error")
        .catch(() => {});
      return exitCode;
    });
  }

  /**
   * Takes note that it has accepted its work.
   *
   * @param initMs How long it took (ms) to get there from when it had loaded.
   */
  becameReady(initMs: number): void {
    this.ready = true;
    this.#initMs = initMs;
    this.#readyAt = this.#freeAt = performance.now();
  }

  /**
   * Takes note of a time at which it ran a task already: on a busy machine a worker may have begun, or even answered, before it
   * is noticed here that it is ready.
   */
  ranAt(time: number): void {
    if (time < this.#readyAt) this.#readyAt = Math.max(this.#startedAt + this.#initMs, time);
  }

  /** Takes note that it has got a task after it had none. */
  becameBusy(now: number): void {
    this.turnedAt = now;
    if (this.ready) this.#idleMs += Math.max(0, now - this.#freeAt);
  }

  /** Takes note that it has done all its tasks. */
  becameFree(now: number): void {
    this.#freeAt = now;
  }

  /** How long (ms) it took from its start until it was ready. */
  get startTimes(): Pick<WorkerInsights, "startMs" | "initMs"> {
    const readyAt = this.#readyAt || performance.now();
    const startMs = Math.max(0, readyAt - this.#startedAt - this.#initMs);
    return { startMs, initMs: this.#initMs };
  }

  /** What there is to tell of it. */
  get insights(): WorkerInsights {
    const { name, pid, waitMs, runMs, lane } = this;
    const isIdle = this.ready && lane.load === 0;
    return {
      name,
      pid,
      tasks: lane.answered,
      ...this.startTimes,
      waitMs,
      runMs,
      idleMs: this.#idleMs + (isIdle ? performance.now() - this.#freeAt : 0),
      bytesIn: lane.bytesSent,
      bytesOut: lane.bytesReceived,
    };
  }

  /** How long (ms) it has lived. */
  get lifetime(): number {
    return performance.now() - this.#startedAt;
  }

  /** The process id: a thread has that of its process. */
  get pid(): number {
    return this.child.handle.pid ?? runtime.pid;
  }

  /** Whether it has to go, and has nothing left to do. */
  get isDone(): boolean {
    return this.lane.load === 0 && this.lane.answered >= this.quota && this.ready && !this.leaving;
  }

  /**
   * Tells the worker to finish, within some seconds.
   *
   * @returns Whether that has been done; not while its lane has no room.
   */
  stop(): boolean {
    if (this.leaving) return true;
    this.leaving = this.lane.stop();
    if (!this.leaving) return false;
    this.#stopWaiting();
    this.awaitEnd();
    return true;
  }

  /** Kills the worker if it does not end within some seconds. */
  awaitEnd(): void {
    this.#farewell ??= unrefTimer(setTimeout(() => {
      const step = this.ready ? "finalizer" : "initializer";
      const reason = `its ${step} did not end within ${FAREWELL} ms`;
      writeLog(LEVELS.warning, `${this.name} is killed: ${reason}`);
      this.end("SIGKILL");
    }, FAREWELL));
  }

  #stopWaiting(): void {
    if (this.#farewell !== null) clearTimeout(this.#farewell);
    this.#farewell = null;
  }

  /** Ends the worker. */
  end(signal: string): void {
    this.leaving = true;
    stopChild(this.child, signal);
  }

  /**
   * The error of a task that ended with its worker.
   *
   * @param task The task.
   * @param exitCode How the worker ended.
   * @returns The error.
   */
  lostError(task: Task, exitCode: number): WorkerLostError {
    return lostError({
      worker: this.name,
      pid: this.pid,
      exitCode,
      task: `${task.job.fn.name}(…)`,
      isDone: this.lane.hasUnreadable,
      stderr: this.#stderrTail.lines,
      uncaught: exitCode === 1 ? this.#stderrTail.uncaught : null,
      excess: this.excess,
      wasMemoryShort: memoryKills() > this.#memoryKills,
    });
  }
}

/**
 * The way of calls to the scheduler: in the order in which they were made, although some have to wait until it is known what
 * their function is, or until their items have been read.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/mod.ts";
import { PoolClosedError } from "../../errors.ts";
import { callerFrames } from "../../messages/failure.ts";
import { FunctionTable, type PoolFunction } from "../jobs/function_table.ts";
import { StreamJob } from "../jobs/stream_job.ts";
import type { Job } from "../jobs/task.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import type { PoolResult } from "./async_result.ts";

/** A function, as soon as it is known. */
export type PackedLater = PackedFunction | Promise<PackedFunction>;

/** Who is told what becomes of a call. */
export interface Caller {
  ready(): boolean;
  reject(error: unknown): void;
  attach(scheduler: Scheduler, job: Job): void;
}

/** Submits the calls of one pool. */
export class Submissions {
  readonly #scheduler: Scheduler;
  readonly #functions = new FunctionTable();
  /** The calls that wait until it is known what their function is, in order. */
  #last: Promise<unknown> | null = null;
  /** The maps whose items are still being read, each with what resolves when it has been submitted. */
  readonly #reading = new Map<{ reject(error: unknown): void }, Promise<void>>();

  /** @param scheduler Who gets the jobs. */
  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Whether all calls that were made have reached the scheduler, or have failed. */
  get isEmpty(): boolean {
    return this.#last === null && this.#reading.size === 0;
  }

  /** Rejects the calls whose items are being read. */
  abort(reason: Error): void {
    for (const result of this.#reading.keys()) result.reject(reason);
  }

  /** Lets all calls wait for something. */
  waitFor(first: Promise<unknown>): void {
    this.#last = first;
  }

  /** Whether a function is not known yet, or calls that were made before still wait for theirs. */
  mustWait(packed: PackedLater): packed is Promise<PackedFunction> {
    return packed instanceof Promise || this.#last !== null;
  }

  /**
   * Submits a call: at once where nothing has to be waited for.
   *
   * @param packed The function.
   * @param site The caller's frames, where they are not on the stack any more.
   * @param result Told what becomes of it.
   * @param create Makes its job.
   */
  submit(
    packed: PackedLater,
    site: string | null,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): void {
    if (this.mustWait(packed)) {
      this.#submitLater(packed, site ?? callerFrames(), result, create);
    } else {
      this.enter(create(this.functionOf(packed, site)), result);
    }
  }

  /** Submits a job as soon as its function is known, behind those that were there before. */
  #submitLater(
    packed: PackedLater,
    site: string,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): void {
    const turn = this.#last;
    if (packed instanceof Promise) packed.catch(() => {});
    const submission: Promise<void> = this.#enterLater(turn, packed, site, result, create).then(
      () => {
        if (this.#last === submission) this.#last = null;
      },
    );
    this.#last = submission;
  }

  async #enterLater(
    turn: Promise<unknown> | null,
    packed: PackedLater,
    site: string,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): Promise<void> {
    await turn;
    try {
      this.enter(create(this.functionOf(await packed, site)), result);
    } catch (error) {
      result.reject(error);
    }
  }

  /** The function of what was packed; the arguments are those of {@linkcode submit}. */
  functionOf(packed: PackedFunction, site: string | null): PoolFunction {
    return this.#functions.get(packed, site);
  }

  /**
   * Gives the scheduler the job of a call that has to wait for nothing.
   *
   * @param job The job.
   * @param result Told what becomes of it.
   */
  enter(job: Job, result: Caller): void {
    const { isRunning, reason } = this.#scheduler.state;
    // Its time may be over already.
    if (isRunning && !result.ready()) {
      result.attach(this.#scheduler, job);
      if (job instanceof StreamJob) return this.#scheduler.submitStream(job);
      return this.#scheduler.submit(job);
    }
    const error = reason ?? new PoolClosedError("The pool is closed");
    // The arguments may have taken something away, which the job gives up.
    job.abort(error);
    result.reject(error);
  }

  /** Submits a map when its items have been read. */
  submitWhenRead<R>(
    items: Promise<unknown[]>,
    result: PoolResult<R>,
    submit: (all: unknown[], site: string) => void,
  ): void {
    const site = callerFrames();
    const read = items.then((all) => submit(all, site), (error) => result.reject(error));
    // Nobody waits for an input that may never end when its call has been ended.
    const submitted = Promise.race([read, result.promise.then(() => {}, () => {})]);
    this.#reading.set(result, submitted);
    void submitted.then(() => this.#reading.delete(result));
  }

  /** Resolves when every call that was made has reached the scheduler, or has failed. */
  async submitted(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading.values());
    await this.#last;
  }
}

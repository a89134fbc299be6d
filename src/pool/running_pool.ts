/**
 * A pool from its options to its end: what its calls, its scheduler and its workers are set up with, and how they are ended.
 *
 * It knows nothing of the `Pool` that a user holds: so that one can be forgotten while its workers work.
 *
 * @module
 */

import { type Callable, callSiteModules, type PackedFunction } from "../callable/mod.ts";
import { CancelledError, PoolClosedError, ProcessError } from "../errors.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { decoder, encodeFor } from "../messages/message.ts";
import { programOf } from "../parties/program.ts";
import { callingModules } from "../process/calling_modules.ts";
import { checkMayHaveChildren } from "../process/children.ts";
import { joinAtOnce } from "../process/join_creator.ts";
import { checkCapabilities, copyOptions } from "../process/options.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { Memory } from "../sync/block.ts";
import { PoolCalls } from "./calls/calls.ts";
import type { PackedLater } from "./calls/submissions.ts";
import { planRetries } from "./jobs/retry.ts";
import { livePools, type WatchedPool } from "./live_pools.ts";
import type { PoolInsights, PoolStats } from "./schedule/insights.ts";
import { type PoolOptions, takePoolOptions } from "./schedule/pool_options.ts";
import type { RunningTask, WorkerState } from "./schedule/observation.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import { planLife } from "./schedule/worker_life.ts";
import { WorkerSource } from "./schedule/worker_source.ts";
import { PoolTrace } from "./trace/trace.ts";
import type { Trace, TraceOptions } from "./trace/trace_event.ts";

/** How long (ms) workers that are told to end may take before they are killed. */
const TERMINATE_GRACE = 500;

/** What a pool runs with. */
export class RunningPool implements WatchedPool {
  static {
    joinAtOnce();
  }

  /** The calls of the pool. */
  readonly calls: PoolCalls;
  /** The start method of the workers. */
  readonly method: StartMethod;
  readonly #source: WorkerSource;
  readonly #scheduler: Scheduler;

  /**
   * Starts the workers, as soon as the functions that they call first are known.
   *
   * @param given How many workers, or how the pool is set up, as the user gave it.
   * @param method The start method of the workers.
   */
  constructor(given: number | PoolOptions, method: StartMethod) {
    const options = copyOptions(takePoolOptions(given));
    checkCapabilities(options, method);
    const { processes = runtime.system.cpuCount(), retries, taskTimeout = null } = options;
    const life = planLife(options, processes, method);
    const program = programOf(method);
    const { memory } = program;
    const initArgs = copyOf(memory, options.initArgs ?? [], "initArgs");
    checkMayHaveChildren("a Pool");
    const createdBy = callingModules();
    const callSite = () => [...callSiteModules(libraryRoot), ...createdBy];
    const source = new WorkerSource(method, options, initArgs, life.tasks);
    this.method = method;
    this.#source = source;
    this.#scheduler = new Scheduler(program, life, () => source.start(), taskTimeout);
    const settings = { priority: 0, retry: planRetries(retries) };
    this.calls = new PoolCalls(this.#scheduler, memory, processes, callSite, settings);
    this.#begin(options);
    livePools.add(this);
  }

  get number(): number {
    return this.#scheduler.number;
  }

  get isOver(): boolean {
    return this.#scheduler.state.isOver;
  }

  get isClosed(): boolean {
    return this.calls.isClosed;
  }

  get states(): ReadonlyMap<string, WorkerState> {
    return this.#scheduler.observation.states;
  }

  get running(): readonly RunningTask[] {
    return this.#scheduler.observation.running;
  }

  /** What it has done and is doing. */
  get stats(): PoolStats {
    return this.#scheduler.observation.stats;
  }

  /** How the workers spend their time. */
  get insights(): PoolInsights {
    return this.#scheduler.observation.insights;
  }

  /** Ends the workers at once, and rejects everything that is not done; resolves when they have ended. */
  async terminate(): Promise<void> {
    const reason = new PoolClosedError("The pool was terminated before the call was done");
    this.calls.abort(reason);
    this.#scheduler.end(reason, "SIGTERM");
    const killer = setTimeout(() => this.#scheduler.signal("SIGKILL"), TERMINATE_GRACE);
    await this.#scheduler.ended();
    clearTimeout(killer);
  }

  /** Waits until all workers have ended. */
  async join(): Promise<void> {
    if (!this.calls.isClosed && this.#scheduler.state.isRunning) {
      throw new ProcessError("Cannot join a pool that is running: close() or terminate() it first");
    }
    await this.calls.submissions.submitted();
    this.#scheduler.widenStreams();
    await this.#scheduler.ended();
  }

  /** Replaces all workers by fresh ones, each as soon as it has done what it has begun. */
  async recycle(): Promise<void> {
    this.calls.checkOpen();
    await this.calls.submissions.submitted();
    await this.#scheduler.recycle();
  }

  /** Starts a trace of this pool; the arguments are those of the user. */
  trace(path: string | URL | undefined, options: TraceOptions | undefined): Trace {
    return new PoolTrace({ pools: () => [this], pool: this.number }, path, options);
  }

  retireWorker(name: string): boolean {
    const worker = this.#scheduler.observation.worker(name);
    if (worker === null || worker.leaving) return false;
    this.#scheduler.retire(worker);
    return true;
  }

  cancelJob(number: number): boolean {
    const job = this.#scheduler.observation.job(number);
    if (job === null) return false;
    this.#scheduler.cancel(
      job,
      new CancelledError("The call was cancelled by somebody who watches the pool"),
    );
    return true;
  }

  #begin({ initializer, finalizer }: PoolOptions): void {
    const packed = [
      this.#describe(initializer, "initializer"),
      this.#describe(finalizer, "finalizer"),
    ];
    if (!packed.some((one) => one instanceof Promise)) {
      return this.#beginWith(packed as (PackedFunction | null)[]);
    }
    this.calls.submissions.waitFor(
      Promise.all(packed).then(
        (packed) => this.#beginWith(packed),
        (error) => this.#scheduler.end(error, "SIGTERM"),
      ),
    );
  }

  #describe(fn: Callable | undefined, what: string): PackedLater | null {
    return fn === undefined ? null : this.calls.describe(fn, what);
  }

  #beginWith([initializer, finalizer]: (PackedFunction | null)[]): void {
    this.#source.initializer = initializer;
    this.#source.finalizer = finalizer;
    if (this.#scheduler.state.isRunning) this.#scheduler.start();
  }
}

function copyOf<T>(memory: Memory, value: T, root: string): T {
  const encoder = encodeFor(memory);
  const bytes = new Uint8Array(encoder.measure(value, root));
  return decoder.decode(bytes, 0, encoder.encode(value, bytes, 0, bytes.length, root)) as T;
}

/** A pool that is forgotten is as good as closed: what there is is finished, then its workers end. */
export const forgotten: FinalizationRegistry<PoolCalls> = new FinalizationRegistry((calls) =>
  calls.close()
);

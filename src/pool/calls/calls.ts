/**
 * How calls of a pool become jobs: checked, packed, limited, and encoded where they must wait.
 *
 * Long because the kinds of calls share these steps, and the order in which they are taken.
 *
 * @module
 */

import { type Callable, packFunction, withErrorClasses } from "../../callable/mod.ts";
import { PoolClosedError } from "../../errors.ts";
import { show } from "../../support/options.ts";
import { Outbox } from "../../messages/channel.ts";
import type { PoolFunction } from "../jobs/function_table.ts";
import {
  checkItems,
  checkTuple,
  type IsOver,
  type Items,
  type ReadItems,
  readItems,
  readSideBySide,
  readTuples,
  takeApart,
} from "../jobs/items.ts";
import { CallJob, MapJob } from "../jobs/job.ts";
import { ItemSource } from "../jobs/reader.ts";
import { StreamJob, type StreamOptions } from "../jobs/stream_job.ts";
import type { Job, JobSettings } from "../jobs/task.ts";
import type { Memory } from "../../sync/block.ts";
import { PoolResult } from "./async_result.ts";
import { type Limited, LimitKeeper } from "./call_limits.ts";
import { Collector } from "./collector.ts";
import { StreamIterator } from "./iterator.ts";
import {
  type ApplyOptions,
  type CallOptions,
  checkApplyOptions,
  checkImapOptions,
  checkMapOptions,
  jobSettings,
  type MapAsyncOptions,
  type MapOptions,
} from "./call_options.ts";
import { ProgressMeter } from "../../progress/meter.ts";
import { runningTasks } from "./running_tasks.ts";
import { type PackedLater, Submissions } from "./submissions.ts";
import type { Scheduler } from "../schedule/scheduler.ts";

/** The calls of one pool. */
export class PoolCalls {
  readonly #scheduler: Scheduler;
  readonly #size: number;
  /** Their way to the scheduler. */
  readonly submissions: Submissions;
  readonly #outbox: Outbox;
  /** Where to look for the exports that are given as functions: some engines forget who made a tail call. */
  readonly #callSite: () => readonly string[];
  /** What is special about all calls. */
  readonly #settings: JobSettings;
  readonly #limits: LimitKeeper;
  #closed = false;

  /**
   * @param scheduler Who gets the jobs.
   * @param memory The memory of the workers.
   * @param size How many workers there are.
   * @param callSite The modules in which a function may be an export.
   * @param settings What is special about all calls.
   */
  constructor(
    scheduler: Scheduler,
    memory: Memory,
    size: number,
    callSite: () => readonly string[],
    settings: JobSettings,
  ) {
    this.#settings = settings;
    this.#limits = new LimitKeeper(scheduler.deadlines);
    this.#scheduler = scheduler;
    this.submissions = new Submissions(scheduler);
    this.#outbox = new Outbox(memory);
    this.#size = size;
    this.#callSite = callSite;
  }

  /** Whether calls are refused from now on. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Takes no more calls; the scheduler is closed when all have reached it. */
  close(): void {
    this.#closed = true;
    if (this.submissions.isEmpty) this.#scheduler.close();
    else void this.submissions.submitted().then(() => this.#scheduler.close());
  }

  /** Takes no more calls, and rejects those whose items are being read. */
  abort(reason: Error): void {
    this.#closed = true;
    this.submissions.abort(reason);
  }

  /** What is sent of a function that the user gave. */
  describe(fn: Callable, what: string): PackedLater {
    return withErrorClasses(packFunction(fn, what, this.#callSite), this.#callSite);
  }

  /** One call. */
  call<R>(
    fn: Callable,
    given: readonly unknown[] | undefined,
    options: ApplyOptions<R> | undefined,
  ): PoolResult<R> {
    this.checkOpen();
    const args = given === undefined ? [] : given;
    if (!Array.isArray(args)) throw new TypeError(`"args" must be an array, got ${show(args)}`);
    checkApplyOptions(options);
    const kwargs = options?.kwargs;
    const all = kwargs === undefined ? args : [...args, kwargs];
    const packed = this.describe(fn, "fn");
    const result = new PoolResult<R>(options);
    const since = this.#scheduler.now;
    const settings = jobSettings(options, this.#settings);
    const meter = ProgressMeter.for(options, 1);
    if (meter !== null) endWith(result.promise, meter);
    this.#limit(result, options, packed);
    if (result.ready()) return result;
    if (settings.retry !== null || this.submissions.mustWait(packed)) {
      const create = this.#kept(all, since, result, settings);
      if (create === null) return result;
      this.submissions.submit(packed, null, result, (fn) => this.#measured(create(fn), meter));
      return result;
    }
    const known = this.submissions.functionOf(packed, null);
    const job = new CallJob(known, all, since, result, settings);
    this.submissions.enter(this.#measured(job, meter), result);
    return result;
  }

  /** Lets a meter see what the tasks of a job say, if there is one. */
  #measured<J extends Job>(job: J, meter: ProgressMeter | null): J {
    meter?.watch(() => runningTasks(this.#scheduler.workers, job));
    return job;
  }

  /** Lets a call be ended by its time or its caller's signal. */
  #limit(call: Limited, options: CallOptions | undefined, packed: PackedLater): void {
    if (options === undefined) return;
    if (packed instanceof Promise) packed.catch(() => {});
    this.#limits.limit(call, options, "a call to a pool", this.#scheduler.now);
  }

  /** Encodes arguments now that cannot be sent yet: what the caller does with them later is none of the call's business. */
  #kept<R>(
    args: readonly unknown[],
    since: number,
    result: PoolResult<R>,
    settings: JobSettings,
  ): ((fn: PoolFunction) => Job) | null {
    try {
      const encoded = this.#outbox.encode(args, "args");
      // What has moved to a worker is not there to be sent again.
      const moves = (encoded.carried ?? null) !== null;
      const own = moves ? { ...settings, retry: null } : settings;
      return (fn) => CallJob.kept(fn, encoded, since, result, own);
    } catch (error) {
      result.reject(error);
      return null;
    }
  }

  /** A function over items; options may stand behind the iterables. */
  map<R>(fn: Callable, args: readonly unknown[]): PoolResult<R[]> {
    this.checkOpen();
    const { iterables, options } = takeApart<MapAsyncOptions<R>>("map()", args);
    checkMapOptions(options);
    const isSingle = iterables.length === 1;
    if (options?.maxInFlight !== undefined) {
      const source = () => new ItemSource(iterables, isSingle);
      return this.#streamMap(fn, source, !isSingle, options);
    }
    return isSingle
      ? this.#submitMap(fn, (isOver) => readItems(iterables[0], isOver), false, options)
      : this.#submitMap(fn, (isOver) => readSideBySide(iterables, isOver), true, options);
  }

  /** A function over arrays of arguments. */
  starmap<R>(
    fn: Callable,
    items: Items<unknown>,
    options: MapAsyncOptions<R> | undefined,
  ): PoolResult<R[]> {
    this.checkOpen();
    checkItems(items, "starmap()");
    checkMapOptions(options);
    if (options?.maxInFlight !== undefined) {
      return this.#streamMap(fn, () => new ItemSource([items], true, checkTuple), true, options);
    }
    return this.#submitMap(fn, (isOver) => readTuples(items, isOver), true, options);
  }

  /** A function over items that are read as the results are taken; options may stand behind the iterables. */
  stream<R>(fn: Callable, args: readonly unknown[], ordered: boolean): StreamIterator<R> {
    this.checkOpen();
    const name = ordered ? "imap()" : "imapUnordered()";
    const { iterables, options } = takeApart<MapOptions>(name, args);
    checkImapOptions(options);
    const packed = this.describe(fn, "fn");
    const isSingle = iterables.length === 1;
    const source = new ItemSource(iterables, isSingle);
    const iterator = new StreamIterator<R>(options?.failFast ?? false, () => source.close());
    this.#limit(iterator, options, packed);
    const plan = this.#streamOptions(ordered, !isSingle, options);
    const settings = jobSettings(options, this.#settings);
    const wake = () => iterator.wake();
    this.submissions.submit(packed, null, iterator, (known) => {
      const measured = withMeter(plan, options);
      const job = new StreamJob(known, source, measured, wake, settings);
      return this.#measured(job, measured.meter);
    });
    return iterator;
  }

  /** A map whose items are read as they are needed. */
  #streamMap<R>(
    fn: Callable,
    open: () => ItemSource,
    star: boolean,
    options: MapAsyncOptions<R>,
  ): PoolResult<R[]> {
    const packed = this.describe(fn, "fn");
    const result = new PoolResult<R[]>(options);
    this.#limit(result, options, packed);
    const collector = new Collector(
      result,
      options.failFast ?? true,
      (job) => this.#scheduler.release(job),
    );
    const plan = this.#streamOptions(false, star, options);
    const settings = jobSettings(options, this.#settings);
    const wake = () => collector.take();
    this.submissions.submit(packed, null, result, (known) => {
      const source = orRelease(result, null, open);
      const measured = withMeter(plan, options);
      const job = new StreamJob(known, source, measured, wake, settings);
      collector.job = job;
      return this.#measured(job, measured.meter);
    });
    return result;
  }

  #streamOptions(ordered: boolean, star: boolean, options: MapOptions | undefined): StreamOptions {
    return {
      ordered,
      star,
      chunkSize: options?.chunkSize ?? null,
      maxInFlight: options?.maxInFlight ?? null,
      workers: this.#size,
      meter: null,
    };
  }

  #submitMap<R>(
    fn: Callable,
    read: (isOver: IsOver) => ReadItems,
    star: boolean,
    options: MapAsyncOptions<R> | undefined,
  ): PoolResult<R[]> {
    // Before anything is waited for: the calling module is known by the stack.
    const packed = this.describe(fn, "fn");
    const result = new PoolResult<R[]>(options);
    const since = this.#scheduler.now;
    const meter = ProgressMeter.for(options, null);
    if (meter !== null) void result.promise.then(() => meter.end(), () => meter.end());
    const settings = {
      star,
      chunkSize: options?.chunkSize ?? null,
      failFast: options?.failFast ?? true,
      workers: this.#size,
      meter,
    };
    const jobOptions = jobSettings(options, this.#settings);
    this.#limit(result, options, packed);
    if (result.ready()) return result;
    const submit = (all: unknown[], site: string | null) => {
      meter?.expect(all.length);
      if (all.length === 0) return result.resolve([]);
      this.submissions.submit(
        packed,
        site,
        result,
        (known) =>
          this.#measured(new MapJob(known, all, settings, since, result, jobOptions), meter),
      );
    };
    if (packed instanceof Promise) packed.catch(() => {});
    const items = orRelease(result, meter, () => read(() => result.ready()));
    if (Array.isArray(items)) submit(items, null);
    else this.submissions.submitWhenRead(items, result, submit);
    return result;
  }

  /** Refuses what comes after the end. */
  checkOpen(): void {
    const refusal = this.#scheduler.state.refusal ?? (this.#closed ? "the pool is closed" : null);
    if (refusal === null) return;
    const { reason } = this.#scheduler.state;
    if (reason !== null && !(reason instanceof PoolClosedError)) throw reason;
    throw new PoolClosedError(`Cannot take a call: ${refusal}`);
  }
}

/** Opens or reads an input; where that fails there is no call, and nothing that limits or measures it is left. */
function orRelease<T>({ limits }: Limited, meter: ProgressMeter | null, open: () => T): T {
  try {
    return open();
  } catch (error) {
    limits?.release();
    meter?.end();
    throw error;
  }
}

/** One call is a map of one item. */
function endWith(promise: Promise<unknown>, meter: ProgressMeter): void {
  const end = (failed: number): void => {
    meter.add(1, failed);
    meter.end();
  };
  promise.then(() => end(0), () => end(1));
}

/** A meter runs from when its job is there: that is what ends it. */
function withMeter(
  plan: StreamOptions,
  options: MapOptions | undefined,
): StreamOptions & { readonly meter: ProgressMeter | null } {
  return { ...plan, meter: ProgressMeter.for(options, null) };
}

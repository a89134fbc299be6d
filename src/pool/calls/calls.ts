/**
 * How calls of a pool become jobs: described, encoded where they must wait, and submitted in their order.
 *
 * Long because the kinds of calls share these steps, and the order in which they are taken.
 *
 * @module
 */

import {
  type Callable,
  type PackedFunction,
  packFunction,
  withErrorClasses,
} from "../../callable/mod.ts";
import { callerFrames } from "../../messages/failure.ts";
import { PoolClosedError } from "../../errors.ts";
import { show } from "../../support/options.ts";
import { Outbox } from "../../messages/channel.ts";
import { FunctionTable, type PoolFunction } from "../jobs/function_table.ts";
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
import { ProgressMeter } from "./progress.ts";
import type { Scheduler } from "../schedule/scheduler.ts";

type Described = PackedFunction | Promise<PackedFunction>;

/** Who is told what becomes of a call. */
interface Caller {
  ready(): boolean;
  reject(error: unknown): void;
  attach(scheduler: Scheduler, job: Job): void;
}

/** The calls of one pool. */
export class PoolCalls {
  readonly #scheduler: Scheduler;
  readonly #size: number;
  readonly #functions = new FunctionTable();
  /** The calls that wait until it is known what their function is, in order. */
  #lastSubmission: Promise<unknown> | null = null;
  /** The maps whose items are still being read, each with what resolves when it has been submitted. */
  readonly #reading = new Map<{ reject(error: unknown): void }, Promise<void>>();
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
    if (this.#lastSubmission === null && this.#reading.size === 0) this.#scheduler.close();
    else void this.submitted().then(() => this.#scheduler.close());
  }

  /** Takes no more calls, and rejects those whose items are being read. */
  abort(reason: Error): void {
    this.#closed = true;
    for (const result of this.#reading.keys()) result.reject(reason);
  }

  /** Lets all calls wait for something. */
  waitFor(first: Promise<unknown>): void {
    this.#lastSubmission = first;
  }

  /** The descriptor of a function that the user gave. */
  describe(fn: Callable, what: string): PackedFunction | Promise<PackedFunction> {
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
    const described = this.describe(fn, "fn");
    const result = new PoolResult<R>(options);
    const since = this.#scheduler.now;
    const settings = jobSettings(options, this.#settings);
    this.#limit(result, options, described);
    if (result.ready()) return result;
    if (settings.retry === null && !this.#mustWait(described)) {
      this.#enter(
        described,
        null,
        result,
        (known) => new CallJob(known, all, since, result, settings),
      );
      return result;
    }
    const create = this.#kept(all, since, result, settings);
    if (create !== null) this.#submit(described, null, result, create);
    return result;
  }

  /** Lets a call be ended by its time or its caller's signal. */
  #limit(call: Limited, options: CallOptions | undefined, described: Described): void {
    if (options === undefined) return;
    if (described instanceof Promise) described.catch(() => {});
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
    const described = this.describe(fn, "fn");
    const isSingle = iterables.length === 1;
    const source = new ItemSource(iterables, isSingle);
    const iterator = new StreamIterator<R>(options?.failFast ?? false, () => source.close());
    this.#limit(iterator, options, described);
    const plan = this.#streamOptions(ordered, !isSingle, options);
    const settings = jobSettings(options, this.#settings);
    const wake = () => iterator.wake();
    this.#submit(
      described,
      null,
      iterator,
      (known) => new StreamJob(known, source, withMeter(plan, options), wake, settings),
    );
    return iterator;
  }

  /** A map whose items are read as they are needed. */
  #streamMap<R>(
    fn: Callable,
    open: () => ItemSource,
    star: boolean,
    options: MapAsyncOptions<R>,
  ): PoolResult<R[]> {
    const described = this.describe(fn, "fn");
    const result = new PoolResult<R[]>(options);
    this.#limit(result, options, described);
    const collector = new Collector(
      result,
      options.failFast ?? true,
      (job) => this.#scheduler.release(job),
    );
    const plan = this.#streamOptions(false, star, options);
    const settings = jobSettings(options, this.#settings);
    const wake = () => collector.take();
    this.#submit(described, null, result, (known) => {
      const source = orRelease(result, null, open);
      const job = new StreamJob(known, source, withMeter(plan, options), wake, settings);
      collector.job = job;
      return job;
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
    const described = this.describe(fn, "fn");
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
    this.#limit(result, options, described);
    if (result.ready()) return result;
    const submit = (all: unknown[], site: string | null) => {
      meter?.expect(all.length);
      if (all.length === 0) return result.resolve([]);
      this.#submit(
        described,
        site,
        result,
        (known) => new MapJob(known, all, settings, since, result, jobOptions),
      );
    };
    if (described instanceof Promise) described.catch(() => {});
    const items = orRelease(result, meter, () => read(() => result.ready()));
    if (Array.isArray(items)) submit(items, null);
    else this.#readThen(items, result, submit);
    return result;
  }

  /** Submits a map when its items have been read. */
  #readThen<R>(
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
    await this.#lastSubmission;
  }

  /** Whether a function is not known yet, or calls that were made before still wait for theirs. */
  #mustWait(described: Described): described is Promise<PackedFunction> {
    return described instanceof Promise || this.#lastSubmission !== null;
  }

  #submit(
    described: Described,
    site: string | null,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): void {
    if (this.#mustWait(described)) {
      this.#submitLater(described, site ?? callerFrames(), result, create);
    } else {
      this.#enter(described, site, result, create);
    }
  }

  /** Submits a job as soon as its function is known, behind those that were there before. */
  #submitLater(
    described: Described,
    site: string,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): void {
    const turn = this.#lastSubmission;
    if (described instanceof Promise) described.catch(() => {});
    const submission: Promise<void> = this.#enterLater(turn, described, site, result, create).then(
      () => {
        if (this.#lastSubmission === submission) this.#lastSubmission = null;
      },
    );
    this.#lastSubmission = submission;
  }

  async #enterLater(
    turn: Promise<unknown> | null,
    described: Described,
    site: string,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): Promise<void> {
    await turn;
    try {
      this.#enter(await described, site, result, create);
    } catch (error) {
      result.reject(error);
    }
  }

  #enter(
    descriptor: PackedFunction,
    site: string | null,
    result: Caller,
    create: (fn: PoolFunction) => Job,
  ): void {
    const { isRunning, reason } = this.#scheduler;
    const job = create(this.#functions.get(descriptor, site));
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

  /** Refuses what comes after the end. */
  checkOpen(): void {
    const refusal = this.#scheduler.refusal ?? (this.#closed ? "the pool is closed" : null);
    if (refusal === null) return;
    const { reason } = this.#scheduler;
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

/** A meter runs from when its job is there: that is what ends it. */
function withMeter(plan: StreamOptions, options: MapOptions | undefined): StreamOptions {
  return { ...plan, meter: ProgressMeter.for(options, null) };
}

/**
 * A pool of workers. Long because most of it says what the calls of one class promise.
 *
 * @module
 */

import {
  type Callable,
  type CallableDescriptor,
  callSiteModules,
  describeCallable,
} from "../callable/mod.ts";
import { domainOf } from "../domain/domain.ts";
import { decoder, encodeFor } from "../domain/message.ts";
import { callerFrames, throwToCaller } from "../domain/failure.ts";
import { PoolClosedError, ProcessError } from "../errors.ts";
import type { BootMessage } from "../internal/boot.ts";
import { libraryRoot } from "../internal/child_entry.ts";
import { checkCount, checkFunction, show } from "../internal/options.ts";
import { FunctionTable, type PoolFunction } from "../pool/function_table.ts";
import { Outbox } from "../pool/channel.ts";
import {
  checkItems,
  isItems,
  type IsOver,
  type Items,
  type ReadItems,
  readItems,
  readSideBySide,
  readTuples,
} from "../pool/items.ts";
import { CallJob, type Job, MapJob } from "../pool/job.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import type { Memory } from "../sync/block.ts";
import { type AsyncResult, type Callbacks, PoolResult } from "./async_result.ts";
import { checkMayHaveChildren, childPath, describeChild, mainModule } from "./children.ts";
import { checkRuntime } from "./executables.ts";
import { PoolWorker } from "./pool_worker.ts";
import { checkCapabilities } from "./process.ts";
import { type PoolStats, Scheduler } from "./scheduler.ts";
import { getStartMethod } from "./start_method.ts";

/** How a pool is set up. */
export interface PoolOptions {
  /** How many workers. @default cpuCount() */
  processes?: number;
  /** A function that each worker calls once, before its first task. */
  initializer?: Callable;
  /** The arguments of `initializer`. */
  initArgs?: unknown[];
  /** The beginning of the workers' names. @default `PoolWorker` */
  name?: string;
  /** Whether workers are daemons, which may not have children. @default true */
  daemon?: boolean;
  /** The runtime that the workers run on (processes only). @default that of this process */
  runtime?: RuntimeName;
  /** Environment variables of the workers, on top of those of this process (processes only). */
  env?: Record<string, string>;
  /** Flags of the runtime for the workers (processes only). @default those of this process */
  execArgv?: string[];
}

/** How one call is made. */
export interface ApplyOptions<R = unknown> extends Callbacks<R> {
  /** Named arguments, which arrive as one last argument. */
  kwargs?: Record<string, unknown>;
}

/** How a function is mapped over items. */
export interface MapOptions {
  /** Items of a chunk, which one worker handles as one task. @default as many as take about 2 ms */
  chunkSize?: number;
  /** Whether the first failure drops the chunks that have not been started. @default true */
  failFast?: boolean;
}

/** How a function is mapped over items in the background. */
export interface MapAsyncOptions<R = unknown> extends MapOptions, Callbacks<R[]> {}

export type { Items } from "../pool/items.ts";

/** How long (ms) workers that are told to end may take before they are killed. */
const TERMINATE_GRACE = 1_000;
/** The longest delay (ms) of a timer that only keeps the event loop alive. */
const FOREVER = 2 ** 30;

const MAP_OPTIONS: ReadonlySet<string> = new Set([
  "chunkSize",
  "failFast",
  "callback",
  "errorCallback",
]);

/**
 * A pool of workers. Python's `Pool`.
 *
 * - Calls are given to the workers in the order in which they were made.
 * - A task that throws rejects its own call; a worker that dies fails only the task that it ran, and is replaced.
 * - Leaving the scope of an `await using` pool terminates it, as in Python; `close()` and `join()` finish what there is.
 * - A pool that has nothing to do does not keep the program alive.
 *
 * Differences from Python: `map` fails at once and drops the chunks that have not been started; a failing `initializer`
 * breaks the pool; `terminate()` rejects what is left.
 *
 * @example Square numbers on all cores
 * ```ts
 * import { Pool } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using pool = new Pool();
 *   console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 * }
 * ```
 */
export class Pool implements AsyncDisposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #options: PoolOptions;
  readonly #method: StartMethod;
  readonly #size: number;
  readonly #scheduler: Scheduler;
  readonly #functions = new FunctionTable();
  /** The calls that wait until it is known what their function is, in order. */
  #lastSubmission: Promise<unknown> | null = null;
  /** The maps whose items are still being read, each with what resolves when it has been submitted. */
  readonly #reading = new Map<{ reject(error: unknown): void }, Promise<void>>();
  readonly #outbox: Outbox;
  /** Where to look for the exports that are given as functions: some engines forget who made a tail call. */
  readonly #callSite: () => readonly string[];
  #initializer: CallableDescriptor | null = null;
  /** A copy: workers that are started later get what the first ones got. */
  readonly #initArgs: unknown[];
  #workerCount = 0;

  /**
   * Creates a pool, and starts its workers.
   *
   * @param options How many workers, or how the pool is set up.
   * @throws {TypeError} when an option is of the wrong type.
   * @throws {RangeError} when `processes` is less than 1.
   * @throws {ProcessError} in a daemon, which may not have children.
   * @throws {NotSupportedError} when the start method cannot do what an option asks for.
   */
  constructor(options: number | PoolOptions = {}) {
    this.#options = typeof options === "object" ? { ...options } : { processes: options };
    this.#method = (new.target as typeof Pool).startMethod ?? getStartMethod();
    this.#size = checkOptions(this.#options, this.#method);
    const { memory } = domainOf(this.#method);
    this.#initArgs = copyOf(memory, this.#options.initArgs ?? [], "initArgs");
    this.#outbox = new Outbox(memory);
    checkMayHaveChildren("a Pool");
    const createdBy = [...callSiteModules(libraryRoot), ...mainModule()];
    this.#callSite = () => [...callSiteModules(libraryRoot), ...createdBy];
    const domain = domainOf(this.#method);
    this.#scheduler = new Scheduler(domain, this.#size, () => this.#startWorker());
    this.#begin();
  }

  /** What the pool has done and is doing; a frozen copy. */
  get stats(): PoolStats {
    return this.#scheduler.stats;
  }

  /**
   * Calls a function in a worker. Python's `apply`.
   *
   * @param fn The function.
   * @param args Its arguments, which are copied.
   * @param options Named arguments.
   * @returns What the function gives.
   * @throws what the function throws.
   * @throws {PoolClosedError} when the pool takes no more calls.
   * @throws {FreeVariableError} when the function uses outer variables.
   * @throws {SerializationError} when an argument or the result cannot be sent.
   * @throws {WorkerLostError} when the worker dies.
   */
  apply<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: A,
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>> {
    return promised(() => this.#call<Awaited<R>>(fn, args, options));
  }

  /**
   * Calls a function in a worker, in the background. Python's `apply_async`.
   *
   * @param fn The function.
   * @param args Its arguments, which are copied.
   * @param options Named arguments, and whom to tell.
   * @returns The result to be; it rejects as `apply()` does.
   * @throws {PoolClosedError} when the pool takes no more calls.
   * @throws {TypeError} when an argument of this call is of the wrong type.
   */
  applyAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: A,
    options?: ApplyOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>> {
    return this.#call<Awaited<R>>(fn, args, options);
  }

  /**
   * Calls a function for each item. Python's `map`.
   *
   * Several iterables give the function several arguments, to the end of the shortest.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable; and options last.
   * @returns The results, in the order of the items.
   * @throws what the function throws first; an error carries `itemIndex`.
   * @throws {RangeError} when `chunkSize` is less than 1.
   * @throws {PoolClosedError} when the pool takes no more calls.
   *
   * @example
   * ```ts
   * import { Pool } from "@allcores/multiprocessing";
   *
   * if (import.meta.main) {
   *   await using pool = new Pool(2);
   *   console.log(await pool.map((x: number, y: number) => x * y, [1, 2, 3], [4, 5, 6])); // [ 4, 10, 18 ]
   * }
   * ```
   */
  map<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]>;
  /** The same for several iterables, or with options behind them. */
  map<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: MapOptions]
  ): Promise<Awaited<R>[]>;
  map<R>(fn: Callable, ...args: unknown[]): Promise<Awaited<R>[]> {
    return promised(() => this.#mapItems<Awaited<R>>(fn, args));
  }

  /**
   * Calls a function for each item, in the background. Python's `map_async`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable; and options last.
   * @returns The results to be.
   * @throws {RangeError} when `chunkSize` is less than 1.
   * @throws {PoolClosedError} when the pool takes no more calls.
   */
  mapAsync<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: MapAsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>[]>;
  /** The same for several iterables, or with options behind them. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: MapAsyncOptions<Awaited<R>>]
  ): AsyncResult<Awaited<R>[]>;
  mapAsync<R>(fn: Callable, ...args: unknown[]): AsyncResult<Awaited<R>[]> {
    return this.#mapItems<Awaited<R>>(fn, args);
  }

  /**
   * Calls a function for each array of arguments. Python's `starmap`.
   *
   * @param fn The function.
   * @param items The arrays of arguments.
   * @param options How to chunk them.
   * @returns The results, in the order of the items.
   * @throws as `map()` does.
   */
  starmap<A extends unknown[], R>(
    fn: Callable<A, R>,
    items: Items<A>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    return promised(() => this.#starmapItems<Awaited<R>>(fn, items, options));
  }

  /**
   * Calls a function for each array of arguments, in the background. Python's `starmap_async`.
   *
   * @param fn The function.
   * @param items The arrays of arguments.
   * @param options How to chunk them, and whom to tell.
   * @returns The results to be.
   * @throws as `mapAsync()` does.
   */
  starmapAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    items: Items<A>,
    options?: MapAsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>[]> {
    return this.#starmapItems<Awaited<R>>(fn, items, options);
  }

  /** Takes no more calls; the workers end when everything is done. */
  close(): void {
    this.#closed = true;
    if (this.#lastSubmission === null && this.#reading.size === 0) this.#scheduler.close();
    else void this.#submitted().then(() => this.#scheduler.close());
  }

  /**
   * Ends the workers at once, and rejects everything that is not done.
   *
   * @returns Resolves when the workers have ended.
   */
  async terminate(): Promise<void> {
    this.#closed = true;
    const reason = new PoolClosedError("The pool was terminated before the call was done");
    for (const result of this.#reading.keys()) result.reject(reason);
    this.#scheduler.end(reason, "SIGTERM");
    const hold = setInterval(() => {}, FOREVER);
    const killer = setTimeout(() => this.#scheduler.signal("SIGKILL"), TERMINATE_GRACE);
    await this.#scheduler.ended();
    clearTimeout(killer);
    clearInterval(hold);
  }

  /**
   * Waits until all workers have ended.
   *
   * @throws {ProcessError} when the pool is neither closed nor terminated.
   */
  async join(): Promise<void> {
    if (!this.#closed && this.#scheduler.isRunning) {
      throw new ProcessError("Cannot join a pool that is running: close() or terminate() it first");
    }
    const hold = setInterval(() => {}, FOREVER);
    await this.#submitted();
    await this.#scheduler.ended();
    clearInterval(hold);
  }

  /** Terminates the pool. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  #closed = false;

  #begin(): void {
    const { initializer } = this.#options;
    if (initializer === undefined) return this.#scheduler.start();
    const described = describeCallable(initializer, "initializer", this.#callSite);
    if (!(described instanceof Promise)) return this.#beginWith(described);
    this.#lastSubmission = described.then(
      (descriptor) => this.#beginWith(descriptor),
      (error) => this.#scheduler.end(error, "SIGTERM"),
    );
  }

  #beginWith(initializer: CallableDescriptor): void {
    this.#initializer = initializer;
    if (this.#scheduler.isRunning) this.#scheduler.start();
  }

  #startWorker(): PoolWorker {
    const number = ++this.#workerCount;
    const { name = "PoolWorker", daemon = true, env } = this.#options;
    const message = {
      self: describeChild(`${name}-${number}`, daemon, childPath(), this.#method, true),
      work: {
        kind: "worker",
        initializer: this.#initializer,
        initArgs: this.#initArgs,
      },
    } as unknown as BootMessage;
    return new PoolWorker(domainOf(this.#method), message, {
      runtime: this.#options.runtime ?? runtime.name,
      env: env === undefined ? null : { ...runtime.host.environment(), ...env },
      cwd: null,
      execArgv: this.#options.execArgv ?? null,
      stdout: "inherit",
      stderr: "pipe",
    });
  }

  #call<R>(
    fn: Callable,
    given: readonly unknown[] | undefined,
    options: ApplyOptions<R> | undefined,
  ): PoolResult<R> {
    this.#checkOpen();
    const args = given === undefined ? [] : given;
    if (!Array.isArray(args)) throw new TypeError(`"args" must be an array, got ${show(args)}`);
    checkFunction("callback", options?.callback);
    checkFunction("errorCallback", options?.errorCallback);
    const kwargs = options?.kwargs;
    checkNamed(kwargs);
    const all = kwargs === undefined ? args : [...args, kwargs];
    const described = describeCallable(fn, "fn", this.#callSite);
    const result = new PoolResult<R>(options);
    const since = this.#scheduler.now;
    if (!this.#mustWait(described)) {
      this.#enter(described, null, result, (known) => new CallJob(known, all, since, result));
      return result;
    }
    const create = this.#kept(all, since, result);
    if (create !== null) this.#submitLater(described, callerFrames(), result, create);
    return result;
  }

  /** Encodes arguments now that cannot be sent yet: what the caller does with them later is none of the call's business. */
  #kept<R>(
    args: readonly unknown[],
    since: number,
    result: PoolResult<R>,
  ): ((fn: PoolFunction) => Job) | null {
    try {
      const encoded = this.#outbox.encode(args, "args");
      return (fn) => CallJob.kept(fn, encoded, since, result);
    } catch (error) {
      result.reject(error);
      return null;
    }
  }

  #mapItems<R>(fn: Callable, args: readonly unknown[]): PoolResult<R[]> {
    this.#checkOpen();
    const last = args[args.length - 1];
    const hasOptions = args.length > 1 && !isItems(last);
    const iterables = hasOptions ? args.slice(0, -1) : args.filter((item) => item !== undefined);
    const options = hasOptions ? last as MapAsyncOptions<R> | undefined : undefined;
    if (iterables.length === 0) throw new TypeError("map() needs an iterable");
    for (const iterable of iterables) checkItems(iterable);
    const all = iterables as Items<unknown>[];
    return all.length === 1
      ? this.#submitMap(fn, (isOver) => readItems(all[0], isOver), false, options)
      : this.#submitMap(fn, (isOver) => readSideBySide(all, isOver), true, options);
  }

  #starmapItems<R>(
    fn: Callable,
    items: Items<unknown>,
    options: MapAsyncOptions<R> | undefined,
  ): PoolResult<R[]> {
    this.#checkOpen();
    checkItems(items);
    return this.#submitMap(fn, (isOver) => readTuples(items, isOver), true, options);
  }

  #submitMap<R>(
    fn: Callable,
    read: (isOver: IsOver) => ReadItems,
    star: boolean,
    options: MapAsyncOptions<R> | undefined,
  ): PoolResult<R[]> {
    checkMapOptions(options);
    // Before anything is waited for: the calling module is known by the stack.
    const described = describeCallable(fn, "fn", this.#callSite);
    const result = new PoolResult<R[]>(options);
    const since = this.#scheduler.now;
    const settings = {
      star,
      chunkSize: options?.chunkSize ?? null,
      failFast: options?.failFast ?? true,
      workers: this.#size,
    };
    const submit = (all: unknown[], site: string | null) => {
      if (all.length === 0) return result.resolve([]);
      this.#submit(
        described,
        site,
        result,
        (known) => new MapJob(known, all, settings, since, result),
      );
    };
    if (described instanceof Promise) described.catch(() => {});
    const items = read(() => result.ready());
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
    const submitted = items.then((all) => submit(all, site), (error) => result.reject(error));
    this.#reading.set(result, submitted);
    void submitted.then(() => this.#reading.delete(result));
  }

  /** Resolves when every call that was made has reached the scheduler, or has failed. */
  async #submitted(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading.values());
    await this.#lastSubmission;
  }

  /** Whether a function is not known yet, or calls that were made before still wait for theirs. */
  #mustWait(
    described: CallableDescriptor | Promise<CallableDescriptor>,
  ): described is Promise<CallableDescriptor> {
    return described instanceof Promise || this.#lastSubmission !== null;
  }

  #submit<R>(
    described: CallableDescriptor | Promise<CallableDescriptor>,
    site: string | null,
    result: PoolResult<R>,
    create: (fn: PoolFunction) => Job,
  ): void {
    if (this.#mustWait(described)) {
      this.#submitLater(described, site ?? callerFrames(), result, create);
    } else {
      this.#enter(described, site, result, create);
    }
  }

  /** Submits a job as soon as its function is known, behind those that were there before. */
  #submitLater<R>(
    described: CallableDescriptor | Promise<CallableDescriptor>,
    site: string,
    result: PoolResult<R>,
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

  async #enterLater<R>(
    turn: Promise<unknown> | null,
    described: CallableDescriptor | Promise<CallableDescriptor>,
    site: string,
    result: PoolResult<R>,
    create: (fn: PoolFunction) => Job,
  ): Promise<void> {
    await turn;
    try {
      this.#enter(await described, site, result, create);
    } catch (error) {
      result.reject(error);
    }
  }

  #enter<R>(
    descriptor: CallableDescriptor,
    site: string | null,
    result: PoolResult<R>,
    create: (fn: PoolFunction) => Job,
  ): void {
    const { isRunning, reason } = this.#scheduler;
    if (!isRunning) return result.reject(reason ?? new PoolClosedError("The pool is closed"));
    this.#scheduler.submit(create(this.#functions.get(descriptor, site)));
  }

  #checkOpen(): void {
    const refusal = this.#scheduler.refusal ?? (this.#closed ? "the pool is closed" : null);
    if (refusal === null) return;
    const { reason } = this.#scheduler;
    if (reason !== null && !(reason instanceof PoolClosedError)) throw reason;
    throw new PoolClosedError(`Cannot take a call: ${refusal}`);
  }
}

/** The promise of a call; what is wrong with the call itself rejects as well. */
function promised<R>(call: () => PoolResult<R>): Promise<R> {
  try {
    return call().promise.then(undefined, throwToCaller);
  } catch (error) {
    return Promise.reject(error);
  }
}

function checkOptions(options: PoolOptions, method: StartMethod): number {
  const { processes, initArgs, name, daemon } = options;
  if (initArgs !== undefined && !Array.isArray(initArgs)) {
    throw new TypeError(`"initArgs" must be an array, got ${show(initArgs)}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`"name" must be a string, got ${show(name)}`);
  }
  if (daemon !== undefined && typeof daemon !== "boolean") {
    throw new TypeError(`"daemon" must be true or false, got ${show(daemon)}`);
  }
  if (options.runtime !== undefined) checkRuntime(options.runtime);
  checkCapabilities(options, method);
  return processes === undefined ? runtime.cpuCount() : checkCount("processes", processes, 1);
}

function copyOf<T>(memory: Memory, value: T, root: string): T {
  const encoder = encodeFor(memory);
  const bytes = new Uint8Array(encoder.measure(value, root));
  return decoder.decode(bytes, 0, encoder.encode(value, bytes, 0, bytes.length, root)) as T;
}

function checkNamed(kwargs: unknown): void {
  if (kwargs === undefined || (typeof kwargs === "object" && kwargs !== null)) return;
  throw new TypeError(`"kwargs" must be an object, got ${show(kwargs)}`);
}

function checkMapOptions<R>(options: MapAsyncOptions<R> | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`map() needs options like { chunkSize: 1 }, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.has(key)) throw new TypeError(`map() has no option "${key}"`);
  }
  if (options.chunkSize !== undefined) checkCount("chunkSize", options.chunkSize, 1);
  checkFunction("callback", options.callback);
  checkFunction("errorCallback", options.errorCallback);
}

/**
 * A pool of workers.
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
import { encoder } from "../domain/message.ts";
import { callerFrames, throwToCaller } from "../domain/failure.ts";
import { PoolClosedError, ProcessError } from "../errors.ts";
import type { BootMessage } from "../internal/boot.ts";
import { libraryRoot } from "../internal/child_entry.ts";
import { checkCount, checkFunction, show } from "../internal/options.ts";
import { FunctionTable, type PoolFunction } from "../pool/function_table.ts";
import { CallJob, type Job, MapJob } from "../pool/job.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { type AsyncResult, type Callbacks, PoolResult } from "./async_result.ts";
import { checkMayHaveChildren, childPath, describeChild, mainModule } from "./children.ts";
import { checkRuntime } from "./executables.ts";
import { PoolWorker } from "./pool_worker.ts";
import { boundMethod, checkCapabilities } from "./process.ts";
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

/** Items, all at once or one by one. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** How long (ms) workers that are told to end may take before they are killed. */
const TERMINATE_GRACE = 1_000;

const MAP_OPTIONS: ReadonlySet<string> = new Set(["chunkSize", "failFast", "callback", "errorCallback"]);

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
  static readonly [boundMethod]: StartMethod | null = null;

  readonly #options: PoolOptions;
  readonly #method: StartMethod;
  readonly #size: number;
  readonly #scheduler: Scheduler;
  readonly #functions = new FunctionTable();
  /** The calls that wait until it is known what their function is, in order. */
  #lastSubmission: Promise<unknown> | null = null;
  /** Where to look for the exports that are given as functions: some engines forget who made a tail call. */
  readonly #callSite: () => readonly string[];
  #initializer: CallableDescriptor | null = null;
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
    this.#method = (new.target as typeof Pool)[boundMethod] ?? getStartMethod();
    this.#size = checkOptions(this.#options, this.#method);
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
  map<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: MapOptions]
  ): Promise<Awaited<R>[]> {
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
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: MapAsyncOptions<Awaited<R>>]
  ): AsyncResult<Awaited<R>[]> {
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
    return promised(() => this.#submitMap<Awaited<R>>(fn, toTuples(items), true, options));
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
    return this.#submitMap<Awaited<R>>(fn, toTuples(items), true, options);
  }

  /** Takes no more calls; the workers end when everything is done. */
  close(): void {
    const last = this.#lastSubmission;
    if (last === null) this.#scheduler.close();
    else void last.then(() => this.#scheduler.close());
    this.#closed = true;
  }

  /**
   * Ends the workers at once, and rejects everything that is not done.
   *
   * @returns Resolves when the workers have ended.
   */
  async terminate(): Promise<void> {
    this.#closed = true;
    this.#scheduler.end(new PoolClosedError("The pool was terminated before the call was done"), "SIGTERM");
    const killer = setTimeout(() => this.#scheduler.signal("SIGKILL"), TERMINATE_GRACE);
    await this.#scheduler.ended();
    clearTimeout(killer);
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
    const hold = setInterval(() => {}, 2 ** 30);
    await this.#lastSubmission;
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
        initArgs: this.#options.initArgs ?? [],
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
    args: readonly unknown[] = [],
    options?: ApplyOptions<R>,
  ): PoolResult<R> {
    this.#checkOpen();
    if (!Array.isArray(args)) throw new TypeError(`"args" must be an array, got ${show(args)}`);
    checkFunction("callback", options?.callback);
    checkFunction("errorCallback", options?.errorCallback);
    const kwargs = options?.kwargs;
    const all = kwargs === undefined ? args : [...args, kwargs];
    const result = new PoolResult<R>(options);
    const since = this.#scheduler.now;
    this.#submit(fn, result, (known) => new CallJob(known, all, since, result));
    return result;
  }

  #mapItems<R>(fn: Callable, args: readonly unknown[]): PoolResult<R[]> {
    const last = args[args.length - 1];
    const hasOptions = args.length > 1 && !isItems(last);
    const iterables = hasOptions ? args.slice(0, -1) : args.filter((item) => item !== undefined);
    const options = hasOptions ? last as MapAsyncOptions<R> | undefined : undefined;
    if (iterables.length === 0) throw new TypeError("map() needs an iterable");
    for (const iterable of iterables) checkItems(iterable);
    return iterables.length === 1
      ? this.#submitMap(fn, toArray(iterables[0] as Items<unknown>), false, options)
      : this.#submitMap(fn, zip(iterables as Items<unknown>[]), true, options);
  }

  #submitMap<R>(
    fn: Callable,
    items: unknown[] | Promise<unknown[]>,
    star: boolean,
    options: MapAsyncOptions<R> | undefined,
  ): PoolResult<R[]> {
    this.#checkOpen();
    checkMapOptions(options);
    const result = new PoolResult<R[]>(options);
    const since = this.#scheduler.now;
    const settings = {
      star,
      chunkSize: options?.chunkSize ?? null,
      failFast: options?.failFast ?? true,
      workers: this.#size,
    };
    const create = (known: PoolFunction, all: unknown[]) =>
      new MapJob(known, all, settings, since, result);
    if (Array.isArray(items)) {
      if (items.length === 0) result.resolve([]);
      else this.#submit(fn, result, (known) => create(known, items));
    } else {
      items.then((all) => {
        if (all.length === 0) result.resolve([]);
        else this.#submit(fn, result, (known) => create(known, all));
      }, (error) => result.reject(error));
    }
    return result;
  }

  /** Submits a job as soon as its function is known, behind those that were there before. */
  #submit<R>(fn: Callable, result: PoolResult<R>, create: (fn: PoolFunction) => Job): void {
    const described = describeCallable(fn, "fn", this.#callSite);
    if (!(described instanceof Promise) && this.#lastSubmission === null) {
      return this.#enter(described, null, result, create);
    }
    const site = callerFrames();
    const turn = this.#lastSubmission;
    if (described instanceof Promise) described.catch(() => {});
    const submission: Promise<void> = this.#enterLater(turn, described, site, result, create).then(() => {
      if (this.#lastSubmission === submission) this.#lastSubmission = null;
    });
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
  encoder.measure(initArgs ?? [], "initArgs");
  return processes === undefined ? runtime.cpuCount() : checkCount("processes", processes, 1);
}

function checkMapOptions<R>(options: MapAsyncOptions<R> | undefined): void {
  if (options === undefined) return;
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.has(key)) throw new TypeError(`map() has no option "${key}"`);
  }
  if (options.chunkSize !== undefined) checkCount("chunkSize", options.chunkSize, 1);
  checkFunction("callback", options.callback);
  checkFunction("errorCallback", options.errorCallback);
}

function isItems(value: unknown): value is Items<unknown> {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

function checkItems(value: unknown): void {
  if (!isItems(value)) throw new TypeError(`map() needs an iterable, got ${show(value)}`);
}

function toArray<T>(items: Items<T>): T[] | Promise<T[]> {
  if (Array.isArray(items)) return items;
  return Symbol.iterator in items ? [...items] : collect(items);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function toTuples<A extends unknown[]>(items: Items<A>): unknown[] | Promise<unknown[]> {
  checkItems(items);
  const all = toArray(items);
  return Array.isArray(all) ? checkTuples(all) : all.then(checkTuples);
}

function checkTuples(items: unknown[]): unknown[] {
  const wrong = items.findIndex((item) => !Array.isArray(item));
  if (wrong < 0) return items;
  throw new TypeError(
    `starmap() needs arrays of arguments, got ${show(items[wrong])} as item ${wrong}`,
  );
}

/** Takes the items of several iterables side by side, to the end of the shortest. */
function zip(iterables: Items<unknown>[]): unknown[] | Promise<unknown[]> {
  if (iterables.every((items) => Symbol.iterator in items)) {
    const all = iterables.map((items) => [...items as Iterable<unknown>]);
    return zipArrays(all);
  }
  return Promise.all(iterables.map((items) => toArray(items))).then(zipArrays);
}

function zipArrays(all: unknown[][]): unknown[] {
  const length = Math.min(...all.map((items) => items.length));
  return Array.from({ length }, (_, i) => all.map((items) => items[i]));
}


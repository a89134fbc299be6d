/**
 * A pool of workers. Long because most of it says what the calls of one class promise.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { refuseInstances } from "../codec/refusal.ts";
import { holding } from "../event_loop/keep_alive.ts";
import type { StartMethod } from "../runtime/types.ts";
import { getStartMethod } from "../start_method/start_method.ts";
import { type AsyncResult, promiseOf } from "./calls/async_result.ts";
import type {
  ApplyOptions,
  MapAsyncOptions,
  MapOptions,
  NamedApplyOptions,
} from "./calls/call_options.ts";
import type { PoolCalls } from "./calls/calls.ts";
import type { PoolIterator } from "./calls/iterator.ts";
import type { Items, Iterables } from "./jobs/items.ts";
import { forgotten, RunningPool } from "./running_pool.ts";
import type { PoolInsights, PoolStats } from "./schedule/insights.ts";
import type { PoolOptionsFor } from "./schedule/pool_options.ts";
import type { Trace, TraceOptions } from "./trace/trace_event.ts";

/**
 * A pool of workers. Python's `Pool`.
 *
 * - Calls are given to the workers in the order in which they were made.
 * - A task that throws rejects its own call; a worker that dies fails only the task that it ran, and is replaced.
 * - Leaving the scope of an `await using` pool terminates it, as in Python; `close()` and `join()` finish what there is.
 * - A pool that has nothing to do does not keep the program alive. One that is forgotten finishes what there is, and its
 *   workers end.
 * - Workers that cannot start, or end before they do anything, are replaced more and more slowly, and not for ever.
 *
 * Differences from Python: `map` fails at once and drops the chunks that have not been started; a failing `initializer`
 * breaks the pool; `terminate()` rejects what is left.
 *
 * @typeParam InitArgs The types of the initializer's arguments.
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
// deno-lint-ignore no-explicit-any
export class Pool<InitArgs extends unknown[] = any[]> implements AsyncDisposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #running: RunningPool;
  readonly #calls: PoolCalls;

  static {
    refuseInstances(
      Pool.prototype,
      "a Pool cannot be sent: it belongs to the process that created it; " +
        "let a manager serve it: manager.Pool()",
    );
  }

  /**
   * Creates a pool, and starts its workers.
   *
   * @param options How many workers, or how the pool is set up.
   * @throws {TypeError} when there is no such option, or it is of the wrong type.
   * @throws {RangeError} when a number is out of its range.
   * @throws {ProcessError} in a daemon, which may not have children.
   * @throws {NotSupportedError} when the start method cannot do what an option asks for.
   */
  constructor(options: number | PoolOptionsFor<InitArgs> = {} as never) {
    const method = (new.target as typeof Pool).startMethod ?? getStartMethod();
    this.#running = new RunningPool(options, method);
    this.#calls = this.#running.calls;
    forgotten.register(this, this.#calls, this);
  }

  /**
   * What the pool has done and is doing; a frozen copy. A property, since it is a handful of counters that cost next to
   * nothing to look at, however often and at any time, also when the pool has ended.
   */
  get stats(): PoolStats {
    return this.#running.stats;
  }

  /**
   * Tells how the workers spend their time, and which tasks took longest. Python's `Pool` has no such thing.
   *
   * A call, not a property as {@linkcode stats}: the report is worked out when it is asked for, worker by worker.
   *
   * @returns A frozen copy; what it says does not change any more.
   *
   * @example Where the time goes
   * ```ts
   * import { Pool } from "@allcores/multiprocessing";
   *
   * if (import.meta.main) {
   *   await using pool = new Pool(1);
   *   await pool.apply((name: string) => `hello ${name}`, ["bob"]);
   *   const { workers: [worker], slowest: [task] } = pool.insights();
   *   console.log(worker.name, worker.tasks, task.args); // PoolWorker-1 1 "bob"
   * }
   * ```
   */
  insights(): PoolInsights {
    return this.#running.insights;
  }

  /**
   * Starts to record what the workers of this pool do, as {@linkcode trace} does for all pools: with the same arguments and errors.
   *
   * @param path Where the trace is written when it is stopped; without it `stop()` only gives the document.
   * @param options How it is recorded.
   * @returns The trace, which goes on until it is stopped, also when the pool has ended.
   */
  trace(path?: string | URL, options?: TraceOptions): Trace {
    return this.#running.trace(path, options);
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
  apply<A extends unknown[], K extends object, R>(
    fn: Callable<[...args: A, kwargs: K], R>,
    args: A,
    options: NamedApplyOptions<K, Awaited<R>>,
  ): Promise<Awaited<R>>;
  /** The same without named arguments. */
  apply<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: [...A],
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>>;
  apply<R>(fn: Callable, args?: unknown[], options?: ApplyOptions): Promise<Awaited<R>> {
    return promiseOf(() => this.#calls.call<Awaited<R>>(fn, args, options));
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
  applyAsync<A extends unknown[], K extends object, R>(
    fn: Callable<[...args: A, kwargs: K], R>,
    args: A,
    options: NamedApplyOptions<K, Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  /** The same without named arguments. */
  applyAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: [...A],
    options?: ApplyOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  applyAsync<R>(fn: Callable, args?: unknown[], options?: ApplyOptions): AsyncResult<Awaited<R>> {
    return this.#calls.call<Awaited<R>>(fn, args, options);
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
  /** The same for several iterables. */
  map<T extends unknown[], R>(fn: Callable<T, R>, ...items: Iterables<T>): Promise<Awaited<R>[]>;
  /** The same with options behind them. */
  map<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: MapOptions]
  ): Promise<Awaited<R>[]>;
  map<R>(fn: Callable, ...args: unknown[]): Promise<Awaited<R>[]> {
    return promiseOf(() => this.#calls.map<Awaited<R>>(fn, args));
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
  /** The same for several iterables. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): AsyncResult<Awaited<R>[]>;
  /** The same with options behind them. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: MapAsyncOptions<Awaited<R>>]
  ): AsyncResult<Awaited<R>[]>;
  mapAsync<R>(fn: Callable, ...args: unknown[]): AsyncResult<Awaited<R>[]> {
    return this.#calls.map<Awaited<R>>(fn, args);
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
    items: Items<Readonly<A>>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    return promiseOf(() => this.#calls.starmap<Awaited<R>>(fn, items, options));
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
    items: Items<Readonly<A>>,
    options?: MapAsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>[]> {
    return this.#calls.starmap<Awaited<R>>(fn, items, options);
  }

  /**
   * Calls a function for each item, and gives the results one after the other, in the order of the items. Python's `imap`.
   *
   * Items are read as they are needed: `maxInFlight` of them at most are read and have no result that was taken. So the input
   * may be endless, and memory stays the same. Several iterables give the function several arguments, to the end of
   * the shortest.
   *
   * Differences from Python: reading waits for whoever takes the results (until `join()`, which reads to the end, unless
   * `maxInFlight` is given); `next({ timeout })` works for chunks of any size, and one item that fails
   * does not take its chunk along.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable; and options last.
   * @returns The results.
   * @throws {RangeError} when `chunkSize` is less than 1, or `maxInFlight` less than `chunkSize`.
   * @throws {PoolClosedError} when the pool takes no more calls.
   *
   * @example An endless input
   * ```ts
   * import { Pool } from "@allcores/multiprocessing";
   *
   * function* naturals(): Generator<number> {
   *   for (let n = 0;; n++) yield n;
   * }
   *
   * if (import.meta.main) {
   *   await using pool = new Pool(2);
   *   for await (const square of pool.imap((x: number) => x * x, naturals())) {
   *     if (square > 50) break;
   *     console.log(square); // 0 1 4 9 16 25 36 49, a line each
   *   }
   * }
   * ```
   */
  imap<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: MapOptions,
  ): PoolIterator<Awaited<R>>;
  /** The same for several iterables. */
  imap<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): PoolIterator<Awaited<R>>;
  /** The same with options behind them. */
  imap<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: MapOptions]
  ): PoolIterator<Awaited<R>>;
  imap<R>(fn: Callable, ...args: unknown[]): PoolIterator<Awaited<R>> {
    return this.#calls.stream<Awaited<R>>(fn, args, true);
  }

  /**
   * As {@linkcode imap}, with the results in the order in which they come. Python's `imap_unordered`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable; and options last.
   * @returns The results.
   * @throws as `imap()` does.
   */
  imapUnordered<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: MapOptions,
  ): PoolIterator<Awaited<R>>;
  /** The same for several iterables. */
  imapUnordered<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): PoolIterator<Awaited<R>>;
  /** The same with options behind them. */
  imapUnordered<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: MapOptions]
  ): PoolIterator<Awaited<R>>;
  imapUnordered<R>(fn: Callable, ...args: unknown[]): PoolIterator<Awaited<R>> {
    return this.#calls.stream<Awaited<R>>(fn, args, false);
  }

  /** Takes no more calls; the workers end when everything is done. */
  close(): void {
    this.#calls.close();
    forgotten.unregister(this);
  }

  /**
   * Ends the workers at once, and rejects everything that is not done.
   *
   * @returns Resolves when the workers have ended.
   */
  async terminate(): Promise<void> {
    // What ends it is an error, which knows the pool by its stack: so it would never be forgotten.
    forgotten.unregister(this);
    await holding(this.#running.terminate());
  }

  /**
   * Waits until all workers have ended.
   *
   * @throws {ProcessError} when the pool is neither closed nor terminated.
   */
  async join(): Promise<void> {
    await holding(this.#running.join());
  }

  /**
   * Replaces each worker by a fresh one, as soon as it has done what it has begun; no task is lost. Python has no such thing.
   *
   * @returns Resolves when the old workers have ended and the new ones have started.
   * @throws {PoolClosedError} when the pool takes no more calls, or is terminated meanwhile.
   * @throws {BrokenPoolError} when the new workers cannot start.
   */
  async recycle(): Promise<void> {
    await holding(this.#running.recycle());
  }

  /** Terminates the pool. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }
}

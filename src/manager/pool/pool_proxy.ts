/**
 * The proxies of pools in a manager. Long because most of it says what the calls of one class promise.
 *
 * @module
 */

import type { Callable } from "../../callable/mod.ts";
import { EOFError } from "../../errors.ts";
import type { Callbacks } from "../../pool/calls/async_result.ts";
import type { ApplyOptions, MapOptions, NamedApplyOptions } from "../../pool/calls/call_options.ts";
import type { Items, Iterables } from "../../pool/jobs/items.ts";
import type { PoolInsights, PoolStats } from "../../pool/schedule/insights.ts";
import { freezeRecord } from "../../support/freeze.ts";
import { BaseProxy, callOf } from "../wire/proxy.ts";
import { PoolProxyCalls, takeArguments, takeItems, takeRows } from "./pool_proxy_calls.ts";
import type { AsyncResultProxy, PoolIteratorProxy } from "./pool_result_proxies.ts";

/** How one call to a manager's pool is made. */
export type ProxiedApplyOptions<R = unknown> = Omit<ApplyOptions<R>, "progress" | "onProgress">;

/** How one call to a manager's pool is made that has named arguments. */
export type ProxiedNamedApplyOptions<K extends object, R = unknown> = Omit<
  NamedApplyOptions<K, R>,
  "progress" | "onProgress"
>;

/** How a function is mapped over items by a manager's pool. */
export type ProxiedMapOptions = Omit<MapOptions, "progress" | "onProgress">;

/** How a function is mapped over items by a manager's pool, in the background. */
export type ProxiedMapAsyncOptions<R = unknown> = ProxiedMapOptions & Callbacks<R[]>;

/**
 * A pool of a manager. Python's `PoolProxy`.
 *
 * Its workers are children of the manager's server, and any process that has a proxy can use them. The methods are those of
 * `Pool`, with the same arguments; all give promises.
 *
 * - Functions are found as by a `Pool`: by their text, as exports of the calling module, by `ref()`, `capture()` or `register()`.
 * - A call ends, and its task with it, when the process ends that waits for it. What was begun by `applyAsync()` and its like
 *   goes on, and any process that has the result's proxy may ask for it.
 * - A pool of which there is no proxy any more finishes what there is; then its workers end. `await using` terminates it, and
 *   so does the end of the manager's server.
 *
 * Differences from a `Pool`: items are read to their end here before they are sent, also those of `imap()`; there is no
 * `progress`; in `retries` classes of errors count by their names. Clients that are connected by an address cannot use it,
 * since no function is run for them.
 *
 * @example One pool for the whole program
 * ```ts
 * import { Manager, type PoolProxy, Process } from "@allcores/multiprocessing";
 *
 * async function work(pool: PoolProxy) {
 *   console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 * }
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   await using pool = await manager.Pool(2);
 *   const child = new Process({ target: work, args: [pool] });
 *   await child.start();
 *   await child.join();
 * }
 * ```
 */
export class PoolProxy extends BaseProxy implements AsyncDisposable {
  readonly #calls = new PoolProxyCalls(this, () => super.dispose());

  /**
   * Calls a function in a worker. Python's `apply`.
   *
   * @param fn The function.
   * @param args Its arguments, which are copied.
   * @param options Named arguments, limits, and whom to tell.
   * @returns What the function gives.
   * @throws what the function throws.
   * @throws {PoolClosedError} when the pool takes no more calls.
   * @throws {FreeVariableError} when the function uses outer variables.
   * @throws {SerializationError} when an argument or the result cannot be sent.
   * @throws {WorkerLostError} when the worker dies.
   * @throws {EOFError} when the manager's server has ended.
   */
  apply<A extends unknown[], K extends object, R>(
    fn: Callable<[...args: A, kwargs: K], R>,
    args: A,
    options: ProxiedNamedApplyOptions<K, Awaited<R>>,
  ): Promise<Awaited<R>>;
  /** The same without named arguments. */
  apply<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: [...A],
    options?: ProxiedApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>>;
  apply<R>(
    fn: Callable,
    args?: unknown[],
    options?: ProxiedApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>> {
    return this.#calls.run("apply", fn, () => takeArguments(args, options)) as Promise<Awaited<R>>;
  }

  /**
   * Calls a function in a worker, in the background. Python's `apply_async`.
   *
   * @param fn The function.
   * @param args Its arguments, which are copied.
   * @param options Named arguments, limits, and whom to tell here.
   * @returns The proxy of the result to be, as soon as the pool has the call.
   * @throws {PoolClosedError} when the pool takes no more calls.
   * @throws {SerializationError} when an argument cannot be sent.
   * @throws {EOFError} when the manager's server has ended.
   */
  applyAsync<A extends unknown[], K extends object, R>(
    fn: Callable<[...args: A, kwargs: K], R>,
    args: A,
    options: ProxiedNamedApplyOptions<K, Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>>;
  /** The same without named arguments. */
  applyAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: [...A],
    options?: ProxiedApplyOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>>;
  applyAsync<R>(
    fn: Callable,
    args?: unknown[],
    options?: ProxiedApplyOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>> {
    return this.#calls.begin("applyAsync", fn, () => takeArguments(args, options)) as Promise<
      AsyncResultProxy<Awaited<R>>
    >;
  }

  /**
   * Calls a function for each item. Python's `map`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable, which end; and options last.
   * @returns The results, in the order of the items.
   * @throws what the function throws first; an error carries `itemIndex`.
   * @throws {RangeError} when `chunkSize` is less than 1.
   * @throws {PoolClosedError} when the pool takes no more calls.
   * @throws {EOFError} when the manager's server has ended.
   */
  map<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: ProxiedMapOptions,
  ): Promise<Awaited<R>[]>;
  /** The same for several iterables. */
  map<T extends unknown[], R>(fn: Callable<T, R>, ...items: Iterables<T>): Promise<Awaited<R>[]>;
  /** The same with options behind them. */
  map<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: ProxiedMapOptions]
  ): Promise<Awaited<R>[]>;
  map<R>(fn: Callable, ...args: unknown[]): Promise<Awaited<R>[]> {
    return this.#calls.run("map", fn, () => takeItems("map()", args)) as Promise<Awaited<R>[]>;
  }

  /**
   * Calls a function for each item, in the background. Python's `map_async`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable, which end; and options last.
   * @returns The proxy of the results to be.
   * @throws as `applyAsync()` does.
   */
  mapAsync<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: ProxiedMapAsyncOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>[]>>;
  /** The same for several iterables. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): Promise<AsyncResultProxy<Awaited<R>[]>>;
  /** The same with options behind them. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [
      ...iterables: Iterables<T>,
      options?: ProxiedMapAsyncOptions<Awaited<R>>,
    ]
  ): Promise<AsyncResultProxy<Awaited<R>[]>>;
  mapAsync<R>(fn: Callable, ...args: unknown[]): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return this.#calls.begin("mapAsync", fn, () => takeItems("map()", args)) as Promise<
      AsyncResultProxy<Awaited<R>[]>
    >;
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
    options?: ProxiedMapOptions,
  ): Promise<Awaited<R>[]> {
    return this.#calls.run("starmap", fn, () => takeRows(items, options)) as Promise<Awaited<R>[]>;
  }

  /**
   * Calls a function for each array of arguments, in the background. Python's `starmap_async`.
   *
   * @param fn The function.
   * @param items The arrays of arguments.
   * @param options How to chunk them, and whom to tell here.
   * @returns The proxy of the results to be.
   * @throws as `applyAsync()` does.
   */
  starmapAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    items: Items<Readonly<A>>,
    options?: ProxiedMapAsyncOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return this.#calls.begin("starmapAsync", fn, () => takeRows(items, options)) as Promise<
      AsyncResultProxy<Awaited<R>[]>
    >;
  }

  /**
   * Calls a function for each item, and gives the results one after the other, in the order of the items. Python's `imap`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable, which end; and options last.
   * @returns The proxy of the results, as soon as the pool has the call.
   * @throws as `applyAsync()` does.
   *
   * @example
   * ```ts
   * import { Manager } from "@allcores/multiprocessing";
   *
   * if (import.meta.main) {
   *   await using manager = await Manager();
   *   await using pool = await manager.Pool(2);
   *   for await (const square of await pool.imap((x: number) => x * x, [1, 2, 3])) {
   *     console.log(square); // 1 4 9, a line each
   *   }
   * }
   * ```
   */
  imap<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: ProxiedMapOptions,
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  /** The same for several iterables. */
  imap<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  /** The same with options behind them. */
  imap<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: ProxiedMapOptions]
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  imap<R>(fn: Callable, ...args: unknown[]): Promise<PoolIteratorProxy<Awaited<R>>> {
    return this.#calls.begin("imap", fn, () => takeItems("imap()", args)) as Promise<
      PoolIteratorProxy<Awaited<R>>
    >;
  }

  /**
   * As {@linkcode imap}, with the results in the order in which they come. Python's `imap_unordered`.
   *
   * @param fn The function.
   * @param args The items, iterable or async iterable, which end; and options last.
   * @returns The proxy of the results, as soon as the pool has the call.
   * @throws as `applyAsync()` does.
   */
  imapUnordered<T, R>(
    fn: Callable<[item: T], R>,
    items: Items<T>,
    options?: ProxiedMapOptions,
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  /** The same for several iterables. */
  imapUnordered<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...items: Iterables<T>
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  /** The same with options behind them. */
  imapUnordered<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: Iterables<T>, options?: ProxiedMapOptions]
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  imapUnordered<R>(fn: Callable, ...args: unknown[]): Promise<PoolIteratorProxy<Awaited<R>>> {
    return this.#calls.begin(
      "imapUnordered",
      fn,
      () => takeItems("imapUnordered()", args),
    ) as Promise<PoolIteratorProxy<Awaited<R>>>;
  }

  /** Takes no more calls; the workers end when everything is done. */
  close(): Promise<void> {
    return callOf(this, "close", []) as Promise<void>;
  }

  /**
   * Ends the workers at once, and rejects everything that is not done.
   *
   * @returns Resolves when the workers have ended.
   */
  terminate(): Promise<void> {
    return callOf(this, "terminate", []) as Promise<void>;
  }

  /**
   * Waits until all workers have ended.
   *
   * @throws {ProcessError} when the pool is neither closed nor terminated.
   */
  join(): Promise<void> {
    return callOf(this, "join", []) as Promise<void>;
  }

  /**
   * Replaces all workers by fresh ones; no task is lost. Python's `PoolProxy` has no such thing.
   *
   * @returns Resolves when the old workers have ended and the new ones have started.
   * @throws {PoolClosedError} when the pool takes no more calls, or is terminated meanwhile.
   */
  recycle(): Promise<void> {
    return callOf(this, "recycle", []) as Promise<void>;
  }

  /** What the pool has done and is doing: the `stats` of a `Pool`; a call here, since it asks the server. */
  async stats(): Promise<PoolStats> {
    return freezeRecord(await callOf(this, "stats", []) as PoolStats);
  }

  /** How the workers spend their time, and which tasks took longest: the `insights()` of a `Pool`. */
  async insights(): Promise<PoolInsights> {
    return freezeRecord(await callOf(this, "insights", []) as PoolInsights);
  }

  /** Terminates the pool, and gives the proxy up. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.terminate();
    } catch (error) {
      // The pool has ended with its server.
      if (!(error instanceof EOFError)) throw error;
    } finally {
      this.dispose();
    }
  }

  /** Gives the proxy up, as soon as everything has been told that was announced. */
  override dispose(): void {
    this.#calls.end();
  }
}

/**
 * The proxies of pools in a manager. Long because most of it says what the calls of one class promise.
 *
 * @module
 */

import { type Callable, packFunction, withErrorClasses } from "../../callable/mod.ts";
import { callerFrames } from "../../messages/failure.ts";
import { EOFError } from "../../errors.ts";
import { newTicket } from "../wire/link.ts";
import { BaseProxy, callOf, registerProxy } from "../wire/proxy.ts";
import {
  checkItems,
  type Items,
  readItems,
  readSideBySide,
  readTuples,
  takeApart,
} from "../../pool/jobs/items.ts";
import { callingModules } from "../../process/calling_modules.ts";
import type { PoolInsights } from "../../pool/schedule/insights.ts";
import type { Later } from "./pool_calls.ts";
import type { ApplyOptions, MapOptions, NamedApplyOptions } from "../../pool/calls/call_options.ts";
import { type Callbacks, report } from "../../pool/calls/async_result.ts";
import { type CallShape, throwFromPool, toLocalPath } from "./pool_proxy_errors.ts";
import { type HereOptions, takeOptions } from "./pool_proxy_options.ts";
import { type AsyncResultProxy, type PoolIteratorProxy, watch } from "./pool_result_proxies.ts";
import type { PoolStats } from "../../pool/schedule/scheduler.ts";

/** How a function is mapped over items by a manager's pool. */
export type ProxiedMapOptions = Omit<MapOptions, "progress" | "onProgress">;

/** How a function is mapped over items by a manager's pool, in the background. */
export type ProxiedMapAsyncOptions<R = unknown> = ProxiedMapOptions & Callbacks<R[]>;

/** What a call needs besides its data. */
interface Sent {
  readonly fn: unknown;
  /** Resolves when the pool knows the function; `null`: with the call. */
  readonly told: Promise<void> | null;
  readonly site: string;
  readonly options: unknown;
  readonly here: HereOptions;
}

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
  /** What was announced and has not been told yet. */
  #announced = 0;
  #isGivenUp = false;

  static {
    registerProxy("Pool", PoolProxy);
  }

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
    options: NamedApplyOptions<K, Awaited<R>>,
  ): Promise<Awaited<R>>;
  /** The same without named arguments. */
  apply<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: A,
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>>;
  apply<R>(
    fn: Callable,
    args?: unknown[],
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<Awaited<R>> {
    return promised(() =>
      this.#run("apply", this.#prepare(fn, options), args ?? [], "call")
    ) as Promise<Awaited<R>>;
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
    options: NamedApplyOptions<K, Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>>;
  /** The same without named arguments. */
  applyAsync<A extends unknown[], R>(
    fn: Callable<A, R>,
    args?: A,
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>>;
  applyAsync<R>(
    fn: Callable,
    args?: unknown[],
    options?: ApplyOptions<Awaited<R>>,
  ): Promise<AsyncResultProxy<Awaited<R>>> {
    return promised(() =>
      this.#begin("applyAsync", this.#prepare(fn, options), args ?? [], "call")
    ) as Promise<AsyncResultProxy<Awaited<R>>>;
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
  /** The same for several iterables, or with options behind them. */
  map<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: ProxiedMapOptions]
  ): Promise<Awaited<R>[]>;
  map<R>(fn: Callable, ...args: unknown[]): Promise<Awaited<R>[]> {
    return promised(() => {
      const { columns, count, options } = takeColumns("map()", args);
      return this.#run("map", this.#prepare(fn, options), this.#orLater(columns, count), "items");
    }) as Promise<Awaited<R>[]>;
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
  /** The same for several iterables, or with options behind them. */
  mapAsync<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [
      ...iterables: { [K in keyof T]: Items<T[K]> },
      options?: ProxiedMapAsyncOptions<Awaited<R>>,
    ]
  ): Promise<AsyncResultProxy<Awaited<R>[]>>;
  mapAsync<R>(fn: Callable, ...args: unknown[]): Promise<AsyncResultProxy<Awaited<R>[]>> {
    return promised(() => {
      const { columns, count, options } = takeColumns("map()", args);
      return this.#begin(
        "mapAsync",
        this.#prepare(fn, options),
        this.#orLater(columns, count),
        "items",
      );
    }) as Promise<AsyncResultProxy<Awaited<R>[]>>;
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
    return promised(() =>
      this.#run("starmap", this.#prepare(fn, options), this.#orLater(takeRows(items)), "rows")
    ) as Promise<Awaited<R>[]>;
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
    return promised(() =>
      this.#begin(
        "starmapAsync",
        this.#prepare(fn, options),
        this.#orLater(takeRows(items)),
        "rows",
      )
    ) as Promise<AsyncResultProxy<Awaited<R>[]>>;
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
  /** The same for several iterables, or with options behind them. */
  imap<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: ProxiedMapOptions]
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  imap<R>(fn: Callable, ...args: unknown[]): Promise<PoolIteratorProxy<Awaited<R>>> {
    return promised(() => {
      const { columns, count, options } = takeColumns("imap()", args);
      return this.#begin(
        "imap",
        this.#prepare(fn, options),
        this.#orLater(columns, count),
        "items",
      );
    }) as Promise<PoolIteratorProxy<Awaited<R>>>;
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
  /** The same for several iterables, or with options behind them. */
  imapUnordered<T extends unknown[], R>(
    fn: Callable<T, R>,
    ...args: [...iterables: { [K in keyof T]: Items<T[K]> }, options?: ProxiedMapOptions]
  ): Promise<PoolIteratorProxy<Awaited<R>>>;
  imapUnordered<R>(fn: Callable, ...args: unknown[]): Promise<PoolIteratorProxy<Awaited<R>>> {
    return promised(() => {
      const { columns, count, options } = takeColumns("imapUnordered()", args);
      const sent = this.#prepare(fn, options);
      return this.#begin("imapUnordered", sent, this.#orLater(columns, count), "items");
    }) as Promise<PoolIteratorProxy<Awaited<R>>>;
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

  /** What the pool has done and is doing: the `stats` of a `Pool`. */
  stats(): Promise<PoolStats> {
    return callOf(this, "stats", []) as Promise<PoolStats>;
  }

  /** How the workers spend their time, and which tasks took longest: see `Pool`. */
  insights(): Promise<PoolInsights> {
    return callOf(this, "insights", []) as Promise<PoolInsights>;
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
    this.#isGivenUp = true;
    if (this.#announced === 0) super.dispose();
  }

  /** What goes along with a call; to be called where the user's frames are on the stack. */
  #prepare(fn: Callable, options: unknown): Sent {
    const { sent, here } = takeOptions(options);
    const described = withErrorClasses(packFunction(fn, "fn", callingModules), callingModules);
    const site = firstUseOf(described);
    if (!(described instanceof Promise)) {
      return { fn: described, told: null, site, options: sent, here };
    }
    const { later, told } = this.#announce(described, 1);
    return { fn: later, told, site, options: sent, here };
  }

  /** Waits here for what a call gives. */
  async #run(
    method: string,
    { fn, site, options, here: { signal, callback, errorCallback } }: Sent,
    data: unknown,
    shape: CallShape,
  ): Promise<unknown> {
    let value: unknown;
    try {
      value = await callOf(this, method, [fn, data, options], signal);
    } catch (error) {
      toLocalPath(error, shape);
      report(errorCallback, error);
      throwFromPool(error, site);
    }
    report(callback, value);
    return value;
  }

  /** Waits until the pool has a call. */
  async #begin(
    method: string,
    { fn, told, site, options, here }: Sent,
    data: unknown,
    shape: CallShape,
  ): Promise<unknown> {
    here.signal?.throwIfAborted();
    try {
      const begun = await callOf(this, method, [fn, data, options]);
      // From now on the call does not need this process any more.
      if (told !== null) await told;
      watch(begun as AsyncResultProxy | PoolIteratorProxy, here, site);
      return begun;
    } catch (error) {
      toLocalPath(error, shape);
      return throwFromPool(error, site);
    }
  }

  #orLater(columns: unknown[][] | Promise<unknown[][]>, count: number = 1): unknown {
    return columns instanceof Promise ? this.#announce(columns, count).later : columns;
  }

  /** Announces to the server what is not there yet: so calls reach the pool in the order in which they are made. */
  #announce(value: Promise<unknown>, count: number): { later: Later; told: Promise<void> } {
    const ticket = newTicket();
    const refuse = (error: unknown) => callOf(this, "refuse", [ticket, error]);
    this.#announced++;
    const told = value.then((found) => callOf(this, "supply", [ticket, found]))
      .catch(refuse)
      // An error that cannot be sent.
      .catch(refuse)
      // The server has ended, which the call itself is told.
      .catch(() => {})
      .then(() => {
        this.#announced--;
        if (this.#isGivenUp) this.dispose();
      });
    return { later: { kind: "later", ticket, count }, told };
  }
}

/** What is wrong with the call itself rejects as well. */
function promised(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

const firstUses = new WeakMap<object, string>();

/** The frames of the first use of a function. */
function firstUseOf(described: object): string {
  let site = firstUses.get(described);
  if (site === undefined) firstUses.set(described, site = callerFrames());
  return site;
}

/** The items of a map, an array for each iterable, and the options that may stand behind them. */
function takeColumns(
  what: string,
  args: readonly unknown[],
): { columns: unknown[][] | Promise<unknown[][]>; count: number; options: unknown } {
  const { iterables, options } = takeApart<unknown>(what, args);
  const count = iterables.length;
  const isOver = () => false;
  const toColumns = (rows: unknown[]): unknown[][] =>
    count === 1 ? [rows] : iterables.map((_, i) => rows.map((row) => (row as unknown[])[i]));
  const rows = count === 1 ? readItems(iterables[0], isOver) : readSideBySide(iterables, isOver);
  return {
    columns: rows instanceof Promise ? rows.then(toColumns) : toColumns(rows),
    count,
    options,
  };
}

/** Arrays of arguments, as the only column. */
function takeRows(items: unknown): unknown[][] | Promise<unknown[][]> {
  checkItems(items, "starmap()");
  const rows = readTuples(items, () => false);
  return rows instanceof Promise ? rows.then((rows) => [rows]) : [rows];
}

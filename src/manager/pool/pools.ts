/**
 * The pools of a manager: they live in its server, and call the functions that its clients name.
 *
 * What a client cannot say yet (which export a function is, items that come one by one) it announces by a ticket, and supplies
 * later. So its calls reach the pool in the order in which they were made.
 *
 * @module
 */

import { boundTo } from "../../start_method/bound_class.ts";
import { alreadyPacked, type Callable, type PackedFunction } from "../../callable/mod.ts";
import { CancelledError, NotSupportedError } from "../../errors.ts";
import { loadMarks, markWork } from "../../identity/code_origin.ts";
import { importUserModule, isImporting, self } from "../../identity/self.ts";
import type { Call, Client } from "../wire/call.ts";
import type { PoolResult } from "../../pool/calls/async_result.ts";
import type { PoolInsights, PoolStats } from "../../pool/schedule/insights.ts";
import { isLater, type Later, type SentColumns, type SentPoolOptions } from "./pool_calls.ts";
import { ServedPoolIterator, ServedResult, settled } from "./pool_results.ts";
import { Pool } from "../../pool/pool.ts";
import type { ApplyOptions, MapAsyncOptions, MapOptions } from "../../pool/calls/call_options.ts";

/** The pools whose workers may run. */
const running = new Set<ServedPool>();

/** `Pool(options)` */
export class ServedPool {
  readonly #pool: Pool;
  readonly #supplies = new Supplies();

  /** @param pool The pool. */
  constructor(pool: Pool) {
    this.#pool = pool;
    running.add(this);
  }

  apply(call: Call, fn: unknown, args: unknown[], options?: ApplyOptions): Promise<unknown> {
    return settled(call, this.#apply(call, fn, args, options));
  }

  applyAsync(call: Call, fn: unknown, args: unknown[], options?: ApplyOptions): ServedResult {
    return new ServedResult(this.#apply(call, fn, args, options));
  }

  map(call: Call, fn: unknown, items: SentColumns, options?: MapAsyncOptions): Promise<unknown> {
    return settled(call, this.#map(call, fn, items, options));
  }

  mapAsync(call: Call, fn: unknown, items: SentColumns, options?: MapAsyncOptions): ServedResult {
    return new ServedResult(this.#map(call, fn, items, options));
  }

  starmap(
    call: Call,
    fn: unknown,
    items: SentColumns,
    options?: MapAsyncOptions,
  ): Promise<unknown> {
    return settled(call, this.#starmap(call, fn, items, options));
  }

  starmapAsync(
    call: Call,
    fn: unknown,
    items: SentColumns,
    options?: MapAsyncOptions,
  ): ServedResult {
    return new ServedResult(this.#starmap(call, fn, items, options));
  }

  imap(call: Call, fn: unknown, items: SentColumns, options?: MapOptions): ServedPoolIterator {
    const args = [...this.#columns(call, items), options] as [unknown[]];
    return new ServedPoolIterator(this.#pool.imap(this.#function(call, fn), ...args));
  }

  imapUnordered(
    call: Call,
    fn: unknown,
    items: SentColumns,
    options?: MapOptions,
  ): ServedPoolIterator {
    const args = [...this.#columns(call, items), options] as [unknown[]];
    return new ServedPoolIterator(this.#pool.imapUnordered(this.#function(call, fn), ...args));
  }

  close(): void {
    this.#pool.close();
  }

  terminate(): Promise<void> {
    return this.#pool.terminate();
  }

  join(): Promise<void> {
    return this.#pool.join();
  }

  recycle(): Promise<void> {
    return this.#pool.recycle();
  }

  stats(): PoolStats {
    return this.#pool.stats;
  }

  insights(): PoolInsights {
    return this.#pool.insights();
  }

  /** Takes what was announced. */
  supply(call: Call, ticket: number, value: unknown): void {
    this.#supplies.supply(call.client, ticket, value);
  }

  /** Hears that what was announced cannot be had. */
  refuse(call: Call, ticket: number, error: unknown): void {
    this.#supplies.refuse(call.client, ticket, error);
  }

  /** Nobody can use it any more: what there is is finished, as by a pool that is forgotten. */
  async forget(): Promise<void> {
    this.#pool.close();
    await this.#pool.join();
    running.delete(this);
  }

  repr(): string {
    const { processes, running, queued } = this.#pool.stats;
    return `<Pool processes=${processes} running=${running} queued=${queued}>`;
  }

  #apply(call: Call, fn: unknown, args: unknown[], options?: ApplyOptions): PoolResult<unknown> {
    const result = this.#pool.applyAsync(this.#function(call, fn), args, options);
    return result as PoolResult<unknown>;
  }

  #map(
    call: Call,
    fn: unknown,
    items: SentColumns,
    options?: MapAsyncOptions,
  ): PoolResult<unknown> {
    const args = [...this.#columns(call, items), options] as [unknown[]];
    return this.#pool.mapAsync(this.#function(call, fn), ...args) as PoolResult<unknown>;
  }

  #starmap(
    call: Call,
    fn: unknown,
    items: SentColumns,
    options?: MapAsyncOptions,
  ): PoolResult<unknown> {
    const [rows] = this.#columns(call, items) as [unknown[][]];
    const result = this.#pool.starmapAsync(this.#function(call, fn), rows, options);
    return result as PoolResult<unknown>;
  }

  #function(call: Call, fn: unknown): Callable {
    checkMayRun(call.client);
    if (!isLater(fn)) return alreadyPacked(withModules(fn as PackedFunction));
    const supplied = this.#supplies.expect(call.client, fn.ticket);
    return alreadyPacked(supplied.then((fn) => withModules(fn as PackedFunction)));
  }

  #columns(call: Call, items: SentColumns): Iterable<unknown>[] | AsyncIterable<unknown>[] {
    if (!isLater(items)) return items;
    const supplied = this.#supplies.expect(call.client, items.ticket) as Promise<unknown[][]>;
    return Array.from({ length: items.count }, (_, i) => readLater(supplied, i));
  }
}

/**
 * Makes a pool of the start method by which the server was started.
 *
 * @param options What its client wants.
 * @param call The client's call.
 * @returns The pool.
 * @throws {NotSupportedError} for a client of another program, whose functions are not run.
 */
export async function createPool(options: SentPoolOptions, call: Call): Promise<ServedPool> {
  checkMayRun(call.client);
  const { initializer, finalizer, ...rest } = options;
  const given = {
    ...rest,
    ...(initializer !== undefined && { initializer: alreadyPacked(initializer) }),
    ...(finalizer !== undefined && { finalizer: alreadyPacked(finalizer) }),
  };
  // A module that is being imported for another client must not be taken for who starts the workers.
  if (isImporting()) await loadMarks();
  const OwnPool = boundTo(Pool, self()?.method ?? null);
  return markWork(() => new ServedPool(new OwnPool(given)));
}

/** Ends all pools at once, also those that nobody can use any more. */
export async function endPools(): Promise<void> {
  await Promise.all([...running].map((pool) => pool.terminate()));
}

function checkMayRun({ mayRun }: Client): void {
  if (mayRun) return;
  throw new NotSupportedError(
    "No function is run for a client of another program: register() a class whose methods do the work",
  );
}

const loaded = new Map<string, Promise<unknown>>();
const done = new Set<string>();

/**
 * Imports the modules of a function, once: they register the classes of what it gives and throws, which passes through here.
 * What is wrong with a module is told by the workers.
 */
function withModules(fn: PackedFunction): PackedFunction | Promise<PackedFunction> {
  const missing = modulesOf(fn).filter((url) => !done.has(url));
  if (missing.length === 0) return fn;
  return Promise.all(missing.map(load)).then(() => fn);
}

function load(url: string): Promise<unknown> {
  let loading = loaded.get(url);
  if (loading === undefined) {
    loading = importUserModule(url).catch(() => {}).then(() => done.add(url));
    loaded.set(url, loading);
  }
  return loading;
}

function modulesOf(fn: PackedFunction): string[] {
  switch (fn?.kind) {
    case "ref":
      return [fn.url];
    case "capture":
      return Object.values(fn.callables ?? {}).flatMap(modulesOf);
    default:
      return [];
  }
}

async function* readLater(supplied: Promise<unknown[][]>, column: number): AsyncGenerator<unknown> {
  yield* (await supplied)[column];
}

/** What clients have announced. */
class Supplies {
  readonly #expected = new Map<string, Supply>();

  /** Announces something. */
  expect(client: Client, ticket: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onEnd = (): void => {
        this.#expected.delete(keyOf(client, ticket));
        reject(new CancelledError("The client has ended"));
      };
      client.onEnd(onEnd);
      this.#expected.set(keyOf(client, ticket), { resolve, reject, onEnd });
    });
  }

  supply(client: Client, ticket: number, value: unknown): void {
    this.#take(client, ticket)?.resolve(value);
  }

  refuse(client: Client, ticket: number, error: unknown): void {
    this.#take(client, ticket)?.reject(error);
  }

  #take(client: Client, ticket: number): Supply | undefined {
    const key = keyOf(client, ticket);
    const supply = this.#expected.get(key);
    if (supply === undefined) return undefined;
    this.#expected.delete(key);
    client.offEnd(supply.onEnd);
    return supply;
  }
}

interface Supply {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onEnd(): void;
}

function keyOf({ name }: Client, ticket: Later["ticket"]): string {
  return `${name} ${ticket}`;
}

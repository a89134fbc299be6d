/**
 * How the calls of a pool's proxy reach the pool: with a function that is named, items that are read here, and what is not there
 * yet announced, so that calls reach the pool in the order in which they are made.
 *
 * @module
 */

import { type Callable, packFunction, withErrorClasses } from "../../callable/mod.ts";
import { callerFrames } from "../../messages/failure.ts";
import { report } from "../../pool/calls/async_result.ts";
import {
  checkItems,
  readItems,
  readSideBySide,
  readTuples,
  takeApart,
} from "../../pool/jobs/items.ts";
import { callingModules } from "../../process/calling_modules.ts";
import { newTicket } from "../wire/link.ts";
import { type BaseProxy, callOf } from "../wire/proxy.ts";
import type { Later } from "./pool_calls.ts";
import { type CallShape, throwFromPool, toLocalPath } from "./pool_proxy_errors.ts";
import { type HereOptions, takeOptions } from "./pool_proxy_options.ts";
import { type AsyncResultProxy, type PoolIteratorProxy, watch } from "./pool_result_proxies.ts";

/** What a function is called with. */
export interface CallData {
  readonly shape: CallShape;
  /** The arguments, or the items as an array for each iterable. */
  readonly data: unknown[] | Promise<unknown[]>;
  /** How many iterables there are. */
  readonly count: number;
  /** The options, as the user gave them. */
  readonly options: unknown;
}

/** A call on its way to the pool. */
interface Sent {
  readonly fn: unknown;
  readonly data: unknown;
  readonly options: unknown;
  /** Resolves when the pool knows the function; `null`: with the call. */
  readonly told: Promise<void> | null;
  readonly site: string;
  readonly here: HereOptions;
  readonly shape: CallShape;
}

/** The calls of one proxy. */
export class PoolProxyCalls {
  readonly #proxy: BaseProxy;
  readonly #onEnd: () => void;
  /** What was announced and has not been told yet. */
  #announced = 0;
  #isEnding = false;

  /**
   * @param proxy The proxy.
   * @param onEnd Called after {@linkcode end}, when everything has been told that was announced.
   */
  constructor(proxy: BaseProxy, onEnd: () => void) {
    this.#proxy = proxy;
    this.#onEnd = onEnd;
  }

  /**
   * Makes a call, and waits here for what it gives.
   *
   * @param method The method of the pool.
   * @param fn The function.
   * @param take Gives what it is called with.
   * @returns What the call gives; it rejects also for what is wrong with the call itself.
   */
  run(method: string, fn: Callable, take: () => CallData): Promise<unknown> {
    try {
      return this.#run(method, this.#prepare(fn, take()));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Makes a call, and waits until the pool has it.
   *
   * @param method The method of the pool.
   * @param fn The function.
   * @param take Gives what it is called with.
   * @returns The proxy of what the call gives; it rejects also for what is wrong with the call itself.
   */
  begin(method: string, fn: Callable, take: () => CallData): Promise<unknown> {
    try {
      return this.#begin(method, this.#prepare(fn, take()));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Ends, as soon as everything has been told that was announced. */
  end(): void {
    this.#isEnding = true;
    if (this.#announced === 0) this.#onEnd();
  }

  /** To be called where the user's frames are on the stack. */
  #prepare(fn: Callable, { shape, data, count, options }: CallData): Sent {
    const { sent, here } = takeOptions(options);
    const packed = withErrorClasses(packFunction(fn, "fn", callingModules), callingModules);
    const site = firstUseOf(packed);
    const isKnown = !(packed instanceof Promise);
    const { later, told } = isKnown ? { later: packed, told: null } : this.#announce(packed, 1);
    const items = data instanceof Promise ? this.#announce(data, count).later : data;
    return { fn: later, data: items, options: sent, told, site, here, shape };
  }

  async #run(method: string, { fn, data, options, site, here, shape }: Sent): Promise<unknown> {
    const { signal, callback, errorCallback } = here;
    let value: unknown;
    try {
      value = await callOf(this.#proxy, method, [fn, data, options], signal);
    } catch (error) {
      toLocalPath(error, shape);
      report(errorCallback, error);
      throwFromPool(error, site);
    }
    report(callback, value);
    return value;
  }

  async #begin(method: string, sent: Sent): Promise<unknown> {
    const { fn, data, options, told, site, here, shape } = sent;
    here.signal?.throwIfAborted();
    try {
      const begun = await callOf(this.#proxy, method, [fn, data, options]);
      // From now on the call does not need this process any more.
      if (told !== null) await told;
      watch(begun as AsyncResultProxy | PoolIteratorProxy, here, site);
      return begun;
    } catch (error) {
      toLocalPath(error, shape);
      return throwFromPool(error, site);
    }
  }

  /** Announces to the server what is not there yet. */
  #announce(value: Promise<unknown>, count: number): { later: Later; told: Promise<void> } {
    const ticket = newTicket();
    const refuse = (error: unknown) => callOf(this.#proxy, "refuse", [ticket, error]);
    this.#announced++;
    const told = value.then((found) => callOf(this.#proxy, "supply", [ticket, found]))
      .catch(refuse)
      // An error that cannot be sent.
      .catch(refuse)
      // The server has ended, which the call itself is told.
      .catch(() => {})
      .then(() => {
        this.#announced--;
        if (this.#isEnding) this.end();
      });
    return { later: { kind: "later", ticket, count }, told };
  }
}

const firstUses = new WeakMap<object, string>();

/** The frames of the first use of a function. */
function firstUseOf(packed: object): string {
  let site = firstUses.get(packed);
  if (site === undefined) firstUses.set(packed, site = callerFrames());
  return site;
}

/** The arguments of one call. */
export function takeArguments(args: unknown[] | undefined, options: unknown): CallData {
  return { shape: "call", data: args ?? [], count: 1, options };
}

/** The items of a map, and the options that may stand behind them. */
export function takeItems(what: string, args: readonly unknown[]): CallData {
  const { iterables, options } = takeApart<unknown>(what, args);
  const count = iterables.length;
  const isOver = () => false;
  const toColumns = (rows: unknown[]): unknown[][] =>
    count === 1 ? [rows] : iterables.map((_, i) => rows.map((row) => (row as unknown[])[i]));
  const rows = count === 1 ? readItems(iterables[0], isOver) : readSideBySide(iterables, isOver);
  const data = rows instanceof Promise ? rows.then(toColumns) : toColumns(rows);
  return { shape: "items", data, count, options };
}

/** Arrays of arguments, as the only column. */
export function takeRows(items: unknown, options: unknown): CallData {
  checkItems(items, "starmap()");
  const rows = readTuples(items, () => false);
  const data = rows instanceof Promise ? rows.then((rows) => [rows]) : [rows];
  return { shape: "rows", data, count: 1, options };
}

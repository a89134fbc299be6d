/**
 * The manager of the types of this library.
 *
 * @module
 */

import { checkMaxSize, checkOptions, show } from "../support/options.ts";
import { boundTo } from "../start_method/bound_class.ts";
import { checkCallable, packFunction } from "../callable/mod.ts";
import { type DictProxy, type DictSource, withSource } from "./proxies/dict_proxy.ts";
import type { BarrierProxy, EventProxy } from "./proxies/event_proxy.ts";
import type { ListProxy } from "./proxies/list_proxy.ts";
import {
  type BoundedSemaphoreProxy,
  type ConditionProxy,
  LockProxy,
  RLockProxy,
  type SemaphoreProxy,
} from "./proxies/lock_proxies.ts";
import type { NamespaceProxy } from "./proxies/namespace_proxy.ts";
import type { JoinableQueueProxy, QueueProxy } from "./proxies/queue_proxy.ts";
import type { ArrayProxy, ValueProxy } from "./proxies/value_proxy.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { BarrierOptions } from "../locks/barrier.ts";
import { callingModules } from "../process/calling_modules.ts";
import type { ElementType, ItemOf, ValueOf } from "../shared/element_types.ts";
import { BaseManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_options.ts";
import { addSyncTypes } from "./registry.ts";
import type { PoolOptionsFor } from "../pool/schedule/pool_options.ts";
import type { PoolProxy } from "./pool/pool_proxy.ts";
import { sendablePoolOptions } from "./pool/pool_proxy_options.ts";

/**
 * A manager of dicts, lists, queues, locks and the other types of this library. Python's `SyncManager`.
 *
 * `Manager()` gives one that is started.
 *
 * @example
 * ```ts
 * import { SyncManager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = new SyncManager();
 *   await manager.start();
 *   const list = await manager.list(["a"]);
 *   console.log(await list.at(0)); // a
 * }
 * ```
 */
export class SyncManager extends BaseManager {
  static {
    addSyncTypes(SyncManager);
  }

  /**
   * Makes a dict.
   *
   * @param entries What it holds: a `Map`, a plain object, pairs, or another dict, which is copied. @default nothing
   * @returns Its proxy.
   * @throws {TypeError} when it cannot be made of that.
   */
  dict<V>(entries: Readonly<Record<string, V>>): Promise<DictProxy<string, V>>;
  /** As above, of a map or pairs. */
  dict<K = unknown, V = unknown>(entries?: DictSource<K, V>): Promise<DictProxy<K, V>>;
  dict(entries?: unknown): Promise<DictProxy> {
    return withSource(entries, (sent) => this.create("dict", sent)) as Promise<DictProxy>;
  }

  /**
   * Makes a list.
   *
   * @param items What it holds; another list is copied. @default nothing
   * @returns Its proxy.
   */
  list<T = unknown>(items?: Iterable<T> | ListProxy<T>): Promise<ListProxy<T>> {
    return withSource(items, (sent) => this.create("list", sent)) as Promise<ListProxy<T>>;
  }

  /**
   * Makes a namespace.
   *
   * @param values The values by their names; those of another namespace are copied. @default none
   * @returns Its proxy.
   */
  Namespace<T extends object = Record<string, unknown>>(
    values?: T | NamespaceProxy<T>,
  ): Promise<NamespaceProxy<T>> {
    const create = (sent: unknown): Promise<unknown> => this.create("Namespace", sent);
    return withSource(values, create) as Promise<NamespaceProxy<T>>;
  }

  /**
   * Makes a queue.
   *
   * @param options How many items it may hold; 0: any number.
   * @returns Its proxy.
   */
  async Queue<T = unknown>(options: { maxSize?: number } = {}): Promise<QueueProxy<T>> {
    return await this.create("Queue", checkMaxSize(options)) as QueueProxy<T>;
  }

  /**
   * Makes a queue that knows when all items were dealt with.
   *
   * @param options How many items it may hold; 0: any number.
   * @returns Its proxy.
   */
  async JoinableQueue<T = unknown>(
    options: { maxSize?: number } = {},
  ): Promise<JoinableQueueProxy<T>> {
    return await this.create("JoinableQueue", checkMaxSize(options)) as JoinableQueueProxy<T>;
  }

  /** Makes a lock. */
  Lock(): Promise<LockProxy> {
    return this.create("Lock") as Promise<LockProxy>;
  }

  /** Makes a re-entrant lock. */
  RLock(): Promise<RLockProxy> {
    return this.create("RLock") as Promise<RLockProxy>;
  }

  /**
   * Makes a semaphore.
   *
   * @param value How many permits it has. @default {1}
   * @returns Its proxy.
   * @throws {RangeError} when there cannot be as many.
   */
  Semaphore(value: number = 1): Promise<SemaphoreProxy> {
    return this.create("Semaphore", value) as Promise<SemaphoreProxy>;
  }

  /**
   * Makes a semaphore that refuses one release too many.
   *
   * @param value How many permits it has. @default {1}
   * @returns Its proxy.
   * @throws {RangeError} when there cannot be as many.
   */
  BoundedSemaphore(value: number = 1): Promise<BoundedSemaphoreProxy> {
    return this.create("BoundedSemaphore", value) as Promise<BoundedSemaphoreProxy>;
  }

  /**
   * Makes a condition.
   *
   * @param lock Its lock, of the same manager. @default an `RLock` of its own
   * @returns Its proxy.
   * @throws {TypeError} when it is given anything else.
   */
  async Condition(lock?: LockProxy | RLockProxy): Promise<ConditionProxy> {
    if (lock !== undefined && !(lock instanceof LockProxy || lock instanceof RLockProxy)) {
      throw new TypeError(
        `"lock" must be a Lock or an RLock of the same manager, got ${show(lock)}`,
      );
    }
    return await this.create("Condition", lock) as ConditionProxy;
  }

  /** Makes an event. */
  Event(): Promise<EventProxy> {
    return this.create("Event") as Promise<EventProxy>;
  }

  /**
   * Makes a barrier.
   *
   * @param parties How many have to come.
   * @param options What is run in the server when all have come, and the longest wait (ms).
   * @returns Its proxy.
   * @throws {RangeError} when `parties` is no count.
   * @throws {TypeError} when an option is of the wrong type, or there is none of the name.
   * @throws {FreeVariableError} when the action uses outer variables.
   */
  async Barrier(parties: number, options: BarrierOptions = {}): Promise<BarrierProxy> {
    checkOptions("A barrier", options, ["action", "timeout"], "{ timeout: 1000 }");
    const { action, timeout } = options;
    checkCallable("action", action);
    const packed = action && await packFunction(action, "action", callingModules);
    return await this.create("Barrier", parties, timeout, packed) as BarrierProxy;
  }

  /**
   * Makes a value of a type.
   *
   * @param type Its type, as for the function of this name.
   * @param initial What it is. @default zero
   * @returns Its proxy.
   * @throws {TypeError} when there is no such type, or the value is none of it.
   */
  Value<T extends ElementType>(
    type: T,
    initial?: ItemOf<T>,
  ): Promise<ValueProxy<ValueOf<T>>> {
    return this.create("Value", type, initial) as Promise<ValueProxy<ValueOf<T>>>;
  }

  /**
   * Makes an array of items of a type.
   *
   * @param type Their type, as for the function of this name.
   * @param sizeOrItems How many there are, or what they are; those of another array or list of a manager are copied.
   * @returns Its proxy.
   * @throws {TypeError} when there is no such type, or an item is none of it.
   */
  Array<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>> | ArrayProxy | ListProxy,
  ): Promise<ArrayProxy<ValueOf<T>>> {
    const create = (sent: unknown): Promise<unknown> => this.create("Array", type, sent);
    return withSource(sizeOrItems, create) as Promise<ArrayProxy<ValueOf<T>>>;
  }

  /**
   * Makes a pool, whose workers are children of the server.
   *
   * @param options How many workers, or how the pool is set up: as for a `Pool`. In `retries` classes of errors count by
   * their names.
   * @returns Its proxy.
   * @throws {TypeError} when an option is of the wrong type.
   * @throws {RangeError} when a number is out of its range.
   * @throws {FreeVariableError} when a function uses outer variables.
   * @throws {NotSupportedError} when this manager is connected by an address: no function is run for it.
   */
  // deno-lint-ignore no-explicit-any
  async Pool<InitArgs extends unknown[] = any[]>(
    options: number | PoolOptionsFor<InitArgs> = {} as never,
  ): Promise<PoolProxy> {
    return await this.create(
      "Pool",
      await sendablePoolOptions(options, callingModules),
    ) as PoolProxy;
  }
}

/**
 * Starts a manager. Python's `Manager()`.
 *
 * @param options How it runs.
 * @returns The manager, whose server runs in a process (or thread) of its own until the end of the manager's scope.
 * @throws {NotSupportedError} when the start method cannot be used here.
 *
 * @example A dict that all workers of a pool fill
 * ```ts
 * import { type DictProxy, Manager, Pool } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   await using pool = new Pool(2);
 *   const squares = await manager.dict<number, number>();
 *   const square = (dict: DictProxy<number, number>, x: number) => dict.set(x, x * x);
 *   await pool.starmap(square, [[squares, 2], [squares, 3]]);
 *   console.log(await squares.get(3)); // 9
 * }
 * ```
 */
export function Manager(options?: ManagerOptions): Promise<SyncManager> {
  return startManager(SyncManager, options);
}

/**
 * Starts a manager of a start method.
 *
 * @param method The start method.
 * @param options How it runs.
 * @returns The manager.
 */
export function managerOf(method: StartMethod, options?: ManagerOptions): Promise<SyncManager> {
  return startManager(boundTo(SyncManager, method), options);
}

async function startManager(
  constructor: typeof SyncManager,
  options: ManagerOptions | undefined,
): Promise<SyncManager> {
  const manager = new constructor(options);
  await manager.start();
  return manager;
}

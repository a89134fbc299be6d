/**
 * Start methods bound: every name of the module, for processes or for threads.
 *
 * Long because it has a member for each name.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { ProcessError } from "../errors.ts";
import { boundTo } from "../start_method/bound_class.ts";
import { type CurrentTask, currentTask } from "../pool/worker/current_task.ts";
import { runtime } from "../runtime/current.ts";
import type { Capabilities, StartMethod } from "../runtime/types.ts";
import { Barrier } from "../locks/barrier.ts";
import { Condition } from "../locks/condition.ts";
import {
  cpuCount,
  currentProcess,
  exit,
  isMainProcess,
  parentProcess,
} from "../process/current.ts";
import { Event } from "../locks/event.ts";
import { type ExecutableOptions, setExecutable } from "../process/executables.ts";
import { forkWith, waitpid, type WaitResult } from "../process/fork.ts";
import type { WaitOptions } from "../support/options.ts";
import { JoinableQueue } from "../queue/joinable_queue.ts";
import { Lock, RLock } from "../locks/lock.ts";
import { BaseManager } from "../manager/manager.ts";
import type { ManagerOptions } from "../manager/manager_options.ts";
import { getLogger, type Logger, type LogLevel, logToStderr } from "../log/logger.ts";
import type { Connection } from "../connection/connection.ts";
import { pipeOf, type PipeOptions } from "../connection/pipe.ts";
import { Pool } from "../pool/pool.ts";
import { activeChildren } from "../process/active_children.ts";
import { Process } from "../process/process.ts";
import { Queue } from "../queue/queue.ts";
import { BoundedSemaphore, Semaphore } from "../locks/semaphore.ts";
import type { ElementType, ItemOf, ValueOf } from "../shared/element_types.ts";
import { createArray, type RawSharedArray, type SharedArray } from "../shared/array.ts";
import { ShareableList } from "../shared/shareable_list.ts";
import type { SharedOptions } from "../shared/lock.ts";
import { SharedMemory } from "../shared/memory.ts";
import { createValue, type RawSharedValue, type SharedValue } from "../shared/value.ts";
import { SimpleQueue } from "../queue/simple_queue.ts";
import { managerOf, SyncManager } from "../manager/sync_manager.ts";
import {
  checkStartMethod,
  getAllStartMethods,
  getStartMethod,
} from "../start_method/start_method.ts";
import * as names from "./names.ts";

/**
 * Every name of this module, bound to one start method. Python's context objects.
 *
 * Each name may be taken out of it: `const { Pool, Pipe } = getContext("thread")`.
 *
 * @example Threads and processes in one program
 * ```ts
 * import { getContext } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const threads = getContext("thread");
 *   await using pool = new threads.Pool(2);
 *   console.log(await pool.map((x: number) => x + 1, [1, 2, 3])); // [ 2, 3, 4 ]
 * }
 * ```
 */
export class Context {
  /** {@linkcode Process} of this start method. */
  readonly Process: typeof Process;
  /** {@linkcode Pool} of this start method. */
  readonly Pool: typeof Pool;
  /** {@linkcode Queue} of this start method. */
  readonly Queue: typeof Queue;
  /** {@linkcode JoinableQueue} of this start method. */
  readonly JoinableQueue: typeof JoinableQueue;
  /** {@linkcode SimpleQueue} of this start method. */
  readonly SimpleQueue: typeof SimpleQueue;
  /** {@linkcode Lock} of this start method. */
  readonly Lock: typeof Lock;
  /** {@linkcode RLock} of this start method. */
  readonly RLock: typeof RLock;
  /** {@linkcode Semaphore} of this start method. */
  readonly Semaphore: typeof Semaphore;
  /** {@linkcode BoundedSemaphore} of this start method. */
  readonly BoundedSemaphore: typeof BoundedSemaphore;
  /** {@linkcode Condition} of this start method. */
  readonly Condition: typeof Condition;
  /** {@linkcode Event} of this start method. */
  readonly Event: typeof Event;
  /** {@linkcode Barrier} of this start method. */
  readonly Barrier: typeof Barrier;
  /** {@linkcode BaseManager} of this start method. */
  readonly BaseManager: typeof BaseManager;
  /** {@linkcode SyncManager} of this start method. */
  readonly SyncManager: typeof SyncManager;
  /** {@linkcode SharedMemory} of this start method. */
  readonly SharedMemory: typeof SharedMemory;
  /** {@linkcode ShareableList} of this start method. */
  readonly ShareableList: typeof ShareableList;
  /** The class of contexts. */
  readonly Context: typeof Context = Context;
  readonly #method: StartMethod;

  /**
   * Creates a context; `getContext()` gives the one of a method.
   *
   * @param method The start method.
   */
  constructor(method: StartMethod) {
    this.#method = method;
    Object.assign(this, names);
    this.Process = boundTo(Process, method);
    this.Pool = boundTo(Pool, method);
    this.Queue = boundTo(Queue, method);
    this.JoinableQueue = boundTo(JoinableQueue, method);
    this.SimpleQueue = boundTo(SimpleQueue, method);
    this.Lock = boundTo(Lock, method);
    this.RLock = boundTo(RLock, method);
    this.Semaphore = boundTo(Semaphore, method);
    this.BoundedSemaphore = boundTo(BoundedSemaphore, method);
    this.Condition = boundTo(Condition, method);
    this.Event = boundTo(Event, method);
    this.Barrier = boundTo(Barrier, method);
    this.BaseManager = boundTo(BaseManager, method);
    this.SyncManager = boundTo(SyncManager, method);
    this.SharedMemory = boundTo(SharedMemory, method);
    this.ShareableList = boundTo(ShareableList, method);
    this.#bindMethods();
  }

  /** Every name can be taken out of the context, as it can be imported from the module. */
  #bindMethods(): void {
    const methods = Object.getOwnPropertyDescriptors(Context.prototype);
    for (const [name, { value }] of Object.entries(methods)) {
      if (typeof value !== "function" || name === "constructor") continue;
      const bound = Object.defineProperty(value.bind(this), "name", { value: name });
      Object.defineProperty(this, name, { value: bound, configurable: true, writable: true });
    }
  }

  /** What this start method can do on this runtime; a plain record. */
  get capabilities(): Capabilities {
    return Object.freeze({ ...runtime.capabilities(this.#method) });
  }

  /** The start method of this context. */
  getStartMethod(): StartMethod {
    return this.#method;
  }

  /** As the function of the same name. */
  getAllStartMethods(): StartMethod[] {
    return getAllStartMethods();
  }

  /** As the function of the same name. */
  setExecutable(path: string | URL, options?: ExecutableOptions): void {
    setExecutable(path, options);
  }

  /** This context. */
  getContext(): this {
    return this;
  }

  /**
   * Refuses: the method of a context does not change.
   *
   * @throws {ProcessError} always.
   */
  setStartMethod(): never {
    throw new ProcessError(`The start method of this context is "${this.#method}", and stays so`);
  }

  /** As the function of the same name. */
  getLogger(): Logger {
    return getLogger();
  }

  /** As the function of the same name. */
  logToStderr(level?: LogLevel): Logger {
    return logToStderr(level);
  }

  /** As the function of the same name. */
  activeChildren(): Process[] {
    return activeChildren();
  }

  /** As the function of the same name. */
  cpuCount(): number {
    return cpuCount();
  }

  /** As the function of the same name. */
  currentTask(): CurrentTask {
    return currentTask();
  }

  /** As the function of the same name. */
  currentProcess(): Process {
    return currentProcess();
  }

  /** As the function of the same name. */
  parentProcess(): ReturnType<typeof parentProcess> {
    return parentProcess();
  }

  /** As the function of the same name. */
  isMainProcess(): boolean {
    return isMainProcess();
  }

  /** As the function of the same name. */
  exit(code?: number | string | boolean | null): never {
    return exit(code);
  }

  /** `Value()` of this start method. */
  Value<T extends ElementType>(
    type: T,
    initial: ItemOf<T> | undefined,
    options: SharedOptions & { lock: false },
  ): RawSharedValue<ValueOf<T>>;
  /** The same with a lock of its own, or the given one. */
  Value<T extends ElementType>(
    type: T,
    initial?: ItemOf<T>,
    options?: SharedOptions,
  ): SharedValue<ValueOf<T>>;
  Value<T extends ElementType>(
    type: T,
    initial?: ItemOf<T>,
    options?: SharedOptions,
  ): RawSharedValue<ValueOf<T>> {
    return createValue(this.#method, type, initial, options);
  }

  /** `RawValue()` of this start method. */
  RawValue<T extends ElementType>(
    type: T,
    initial?: ItemOf<T>,
  ): RawSharedValue<ValueOf<T>> {
    return createValue(this.#method, type, initial, { lock: false });
  }

  /** `Array()` of this start method. */
  Array<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options: SharedOptions & { lock: false },
  ): RawSharedArray<T>;
  /** The same with a lock of its own, or the given one. */
  Array<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options?: SharedOptions,
  ): SharedArray<T>;
  Array<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options?: SharedOptions,
  ): RawSharedArray<T> {
    return createArray(this.#method, type, sizeOrItems, options);
  }

  /** As `Array()`. */
  SharedArray<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options: SharedOptions & { lock: false },
  ): RawSharedArray<T>;
  /** The same with a lock of its own, or the given one. */
  SharedArray<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options?: SharedOptions,
  ): SharedArray<T>;
  SharedArray<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
    options?: SharedOptions,
  ): RawSharedArray<T> {
    return createArray(this.#method, type, sizeOrItems, options);
  }

  /** `RawArray()` of this start method. */
  RawArray<T extends ElementType>(
    type: T,
    sizeOrItems: number | Iterable<ItemOf<T>>,
  ): RawSharedArray<T> {
    return createArray(this.#method, type, sizeOrItems, { lock: false });
  }

  /** `Pipe()` of this start method. */
  Pipe<A = unknown, B = A>(options?: PipeOptions): [Connection<A, B>, Connection<B, A>] {
    return pipeOf(this.#method, options);
  }

  /** `fork()` by this start method. */
  async fork<Args extends unknown[]>(fn: Callable<Args>, ...args: Args): Promise<number> {
    return await forkWith(new this.Process<Args>({ target: fn, args }));
  }

  /** `Manager()` of this start method. */
  Manager(options?: ManagerOptions): Promise<SyncManager> {
    return managerOf(this.#method, options);
  }

  /** As the function of the same name. */
  waitpid(pid: number, options?: WaitOptions): Promise<WaitResult> {
    return waitpid(pid, options);
  }
}

/** What has no start method is the same in each context: the errors, `capture`, `wait`, the proxies and so on. */
export interface Context extends Readonly<typeof names> {}

const contexts = new Map<StartMethod, Context>();

/**
 * The context of a start method. Python's `get_context`.
 *
 * @param method The start method. @default the program's default method
 * @returns The context; the same one for the same method.
 * @throws {TypeError} when there is no such method.
 * @throws {NotSupportedError} when the method cannot be used here; says the remedy.
 *
 * @example
 * ```ts
 * import { getContext } from "@allcores/multiprocessing";
 *
 * console.log(getContext("thread").getStartMethod()); // "thread"
 * ```
 */
export function getContext(method: StartMethod = getStartMethod()): Context {
  checkStartMethod(method);
  let context = contexts.get(method);
  if (context === undefined) {
    context = new Context(method);
    contexts.set(method, context);
  }
  return context;
}

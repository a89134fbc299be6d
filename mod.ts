/**
 * Python's `multiprocessing` for Deno, Bun and Node: one API, the same results on every runtime.
 *
 * @example Use all cores
 * ```ts
 * import { Pool } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using pool = new Pool();
 *   console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 * }
 * ```
 *
 * @module
 */

export * from "./src/errors.ts";
export type { AsyncResult, Callbacks } from "./src/api/async_result.ts";
export { Barrier, type BarrierOptions } from "./src/api/barrier.ts";
export { Condition } from "./src/api/condition.ts";
export { type BytesLike, Connection, type RecvBytesOptions } from "./src/api/connection.ts";
export { Context, getContext } from "./src/context/context.ts";
export {
  cpuCount,
  currentProcess,
  exit,
  isMainProcess,
  ParentProcess,
  parentProcess,
} from "./src/api/current.ts";
export type {
  TaskEndEvent,
  TaskEvent,
  TaskStartEvent,
  WorkerEndEvent,
  WorkerEvent,
  WorkerReadyEvent,
} from "./src/api/diagnostics.ts";
export { type ExecutableOptions, setExecutable } from "./src/api/executables.ts";
export { Event } from "./src/api/event.ts";
export { fork, waitpid, type WaitResult } from "./src/api/fork.ts";
export { JoinableQueue } from "./src/api/joinable_queue.ts";
export { Client, type ClientOptions, Listener, type ListenerOptions } from "./src/api/listener.ts";
export type { PoolInsights, SlowTask, WorkerInsights } from "./src/api/insights.ts";
export { Lock, RLock } from "./src/api/lock.ts";
export { getLogger, Logger, type LogLevel, type LogRecord, logToStderr } from "./src/api/logger.ts";
export { Pipe, type PipeOptions } from "./src/api/pipe.ts";
export {
  BaseManager,
  type Create,
  type ManagerOptions,
  type ManagerStartOptions,
  type ManagerStats,
  type Proxied,
  type Registered,
  type RemoteResult,
} from "./src/api/manager.ts";
export type { Factory, RegisterOptions } from "./src/api/manager_registry.ts";
export type { NetworkOptions } from "./src/api/manager_network.ts";
export { Server } from "./src/api/manager_own_server.ts";
export type { TlsOptions } from "./src/net/tls.ts";
export { Manager, SyncManager } from "./src/api/sync_manager.ts";
export { BaseProxy, type ProxyClass, type ProxyTarget } from "./src/manager/proxy.ts";
export { DictProxy, type DictSource } from "./src/manager/proxies/dict_proxy.ts";
export { BarrierProxy, EventProxy } from "./src/manager/proxies/event_proxy.ts";
export { IteratorProxy } from "./src/manager/proxies/iterator_proxy.ts";
export { ListProxy, type ListSortOptions } from "./src/manager/proxies/list_proxy.ts";
export {
  AcquirerProxy,
  BoundedSemaphoreProxy,
  ConditionProxy,
  LockProxy,
  RLockProxy,
  SemaphoreProxy,
} from "./src/manager/proxies/lock_proxies.ts";
export { NamespaceProxy } from "./src/manager/proxies/namespace_proxy.ts";
export { JoinableQueueProxy, QueueProxy } from "./src/manager/proxies/queue_proxy.ts";
export { ArrayProxy, ValueProxy } from "./src/manager/proxies/value_proxy.ts";
export {
  PoolProxy,
  type ProxiedMapAsyncOptions,
  type ProxiedMapOptions,
} from "./src/api/pool_proxy.ts";
export { AsyncResultProxy, PoolIteratorProxy } from "./src/api/pool_result_proxies.ts";
export { Pool } from "./src/api/pool.ts";
export type { PoolIterator } from "./src/api/pool_iterator.ts";
export type {
  ApplyOptions,
  CallOptions,
  MapAsyncOptions,
  MapOptions,
  PoolOptions,
} from "./src/api/pool_options.ts";
export type { ProgressSettings } from "./src/api/progress.ts";
export type { Progress, ProgressOptions } from "./src/api/progress_state.ts";
export { activeChildren, Process, type ProcessOptions } from "./src/api/process.ts";
export type { LifeOptions } from "./src/api/worker_life.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./src/api/queue.ts";
export type { PoolStats } from "./src/api/scheduler.ts";
export { BoundedSemaphore, Semaphore } from "./src/api/semaphore.ts";
export { Sentinel } from "./src/api/sentinel.ts";
export {
  type ShareableItem,
  ShareableList,
  type ShareableListOptions,
} from "./src/api/shareable_list.ts";
export {
  RawArray,
  type RawSharedArray,
  SharedArray,
  SharedArray as Array,
} from "./src/api/shared_array.ts";
export type { SharedOptions, ValueLock } from "./src/api/shared_lock.ts";
export type { SharedBytes, SharedText } from "./src/api/shared_text.ts";
export { SharedMemory, type SharedMemoryOptions } from "./src/api/shared_memory.ts";
export { RawSharedValue, RawValue, SharedValue, Value } from "./src/api/shared_value.ts";
export type { ElementType, TypeCode, TypeName, ValueOf, ViewOf } from "./src/api/element_types.ts";
export { SimpleQueue } from "./src/api/simple_queue.ts";
export {
  getAllStartMethods,
  getStartMethod,
  setStartMethod,
  type SetStartMethodOptions,
} from "./src/api/start_method.ts";
export {
  type AnyClass,
  type AnyFunction,
  type Callable,
  capture,
  type Captured,
  type Ref,
  ref,
  register,
} from "./src/callable/mod.ts";
export { wait, type WaitObject } from "./src/api/wait.ts";
export { freezeSupport } from "./src/child/freeze_support.ts";
export { deserialize, serialize } from "./src/codec/registry.ts";
export type { WaitOptions } from "./src/internal/options.ts";
export { type CurrentTask, currentTask } from "./src/pool/current_task.ts";
export type { Address, HostAddress } from "./src/net/address.ts";
export type { Percentiles } from "./src/pool/histogram.ts";
export type { Items } from "./src/pool/items.ts";
export type { RetryError, RetryPolicy } from "./src/pool/retry.ts";
export type { Capabilities, RuntimeName, StartMethod, StdioMode } from "./src/runtime/types.ts";

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
export type { AsyncResult, Callbacks } from "./src/api/pool/async_result.ts";
export { Barrier, type BarrierOptions } from "./src/api/sync/barrier.ts";
export { Condition } from "./src/api/sync/condition.ts";
export {
  type BytesLike,
  Connection,
  type RecvBytesOptions,
} from "./src/api/connection/connection.ts";
export { Context, getContext } from "./src/context/context.ts";
export {
  cpuCount,
  currentProcess,
  exit,
  isMainProcess,
  ParentProcess,
  parentProcess,
} from "./src/api/process/current.ts";
export type {
  TaskEndEvent,
  TaskEvent,
  TaskStartEvent,
  WorkerEndEvent,
  WorkerEvent,
  WorkerReadyEvent,
} from "./src/api/pool/diagnostics.ts";
export { type ExecutableOptions, setExecutable } from "./src/api/process/executables.ts";
export { Event } from "./src/api/sync/event.ts";
export { fork, waitpid, type WaitResult } from "./src/api/process/fork.ts";
export { JoinableQueue } from "./src/api/queue/joinable_queue.ts";
export {
  Client,
  type ClientOptions,
  Listener,
  type ListenerOptions,
} from "./src/api/connection/listener.ts";
export type { PoolInsights, SlowTask, WorkerInsights } from "./src/api/pool/insights.ts";
export { Lock, RLock } from "./src/api/sync/lock.ts";
export { getLogger, Logger, type LogLevel, type LogRecord, logToStderr } from "./src/api/logger.ts";
export { Pipe, type PipeOptions } from "./src/api/connection/pipe.ts";
export {
  BaseManager,
  type Create,
  type ManagerOptions,
  type ManagerStartOptions,
  type ManagerStats,
  type Proxied,
  type Registered,
  type RemoteResult,
} from "./src/api/manager/manager.ts";
export type { Factory, RegisterOptions } from "./src/api/manager/registry.ts";
export type { NetworkOptions } from "./src/api/manager/network.ts";
export { Server } from "./src/api/manager/own_server.ts";
export type { TlsOptions } from "./src/net/tls.ts";
export { Manager, SyncManager } from "./src/api/manager/sync_manager.ts";
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
} from "./src/api/manager/pool_proxy.ts";
export { AsyncResultProxy, PoolIteratorProxy } from "./src/api/manager/pool_result_proxies.ts";
export { Pool } from "./src/api/pool/pool.ts";
export type { PoolIterator } from "./src/api/pool/iterator.ts";
export type {
  ApplyOptions,
  CallOptions,
  MapAsyncOptions,
  MapOptions,
  NamedApplyOptions,
  PoolOptions,
} from "./src/api/pool/options.ts";
export type { ProgressSettings } from "./src/api/pool/progress.ts";
export type { Progress, ProgressOptions } from "./src/api/pool/progress_state.ts";
export type { ProcessOptions } from "./src/api/process/options.ts";
export { activeChildren, Process } from "./src/api/process/process.ts";
export type { LifeOptions } from "./src/api/pool/worker_life.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./src/api/queue/queue.ts";
export type { PoolStats } from "./src/api/pool/scheduler.ts";
export { BoundedSemaphore, Semaphore } from "./src/api/sync/semaphore.ts";
export { Sentinel } from "./src/api/process/sentinel.ts";
export {
  type ShareableItem,
  ShareableList,
  type ShareableListOptions,
} from "./src/api/shared/shareable_list.ts";
export {
  RawArray,
  type RawSharedArray,
  SharedArray,
  SharedArray as Array,
} from "./src/api/shared/array.ts";
export type { SharedOptions, ValueLock } from "./src/api/shared/lock.ts";
export type { SharedBytes, SharedText } from "./src/api/shared/text.ts";
export { SharedMemory, type SharedMemoryOptions } from "./src/api/shared/memory.ts";
export { RawSharedValue, RawValue, SharedValue, Value } from "./src/api/shared/value.ts";
export type {
  ElementType,
  TypeCode,
  TypeName,
  ValueOf,
  ViewOf,
} from "./src/api/shared/element_types.ts";
export { SimpleQueue } from "./src/api/queue/simple_queue.ts";
export {
  getAllStartMethods,
  getStartMethod,
  setStartMethod,
  type SetStartMethodOptions,
} from "./src/api/process/start_method.ts";
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
export { wait, type WaitObject } from "./src/api/connection/wait.ts";
export { freezeSupport } from "./src/child/freeze_support.ts";
export { deserialize, serialize } from "./src/codec/registry.ts";
export type { WaitOptions } from "./src/internal/options.ts";
export { type CurrentTask, currentTask } from "./src/pool/current_task.ts";
export type { Address, HostAddress } from "./src/net/address.ts";
export type { Percentiles } from "./src/pool/histogram.ts";
export type { Items } from "./src/pool/items.ts";
export type { RetryError, RetryPolicy } from "./src/pool/retry.ts";
export type { Capabilities, RuntimeName, StartMethod, StdioMode } from "./src/runtime/types.ts";

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
export type { AsyncResult, Callbacks } from "./src/pool/calls/async_result.ts";
export { Barrier, type BarrierOptions } from "./src/locks/barrier.ts";
export { Condition } from "./src/locks/condition.ts";
export type { BytesLike } from "./src/connection/bytes_like.ts";
export { Connection, type RecvBytesOptions } from "./src/connection/connection.ts";
export { Context, getContext } from "./src/context/context.ts";
export {
  cpuCount,
  currentProcess,
  exit,
  isMainProcess,
  ParentProcess,
  parentProcess,
} from "./src/process/current.ts";
export type {
  Carrier,
  JobEndEvent,
  JobEvent,
  OfJob,
  TaskEndEvent,
  TaskEvent,
  TaskRetryEvent,
  TaskStartEvent,
  WorkerEndEvent,
  WorkerEvent,
  WorkerReadyEvent,
} from "./src/pool/schedule/diagnostics.ts";
export { type ExecutableOptions, setExecutable } from "./src/process/executables.ts";
export { Event } from "./src/locks/event.ts";
export { fork, waitpid, type WaitResult } from "./src/process/fork.ts";
export { JoinableQueue } from "./src/queue/joinable_queue.ts";
export {
  Client,
  type ClientOptions,
  Listener,
  type ListenerOptions,
} from "./src/connection/listener.ts";
export type {
  PoolInsights,
  PoolStats,
  SlowTask,
  WorkerInsights,
} from "./src/pool/schedule/insights.ts";
export { Lock, RLock } from "./src/locks/lock.ts";
export { getLogger, Logger, type LogLevel, type LogRecord, logToStderr } from "./src/log/logger.ts";
export { Pipe, type PipeOptions } from "./src/connection/pipe.ts";
export { BaseManager } from "./src/manager/manager.ts";
export type { ManagerStats } from "./src/manager/manager_stats.ts";
export type {
  ManagerOptions,
  ManagerStartOptions,
  ManagerStartOptionsFor,
} from "./src/manager/manager_options.ts";
export type { Create, Proxied, Registered, RemoteResult } from "./src/manager/proxied.ts";
export type { Factory, RegisterOptions } from "./src/manager/registry.ts";
export type { NetworkOptions } from "./src/manager/server/network.ts";
export { Server } from "./src/manager/own_server.ts";
export type { TlsOptions } from "./src/connection/socket/tls.ts";
export { Manager, SyncManager } from "./src/manager/sync_manager.ts";
export { BaseProxy, type ProxyTarget } from "./src/manager/wire/proxy.ts";
export type { ProxyClass } from "./src/manager/wire/proxy_classes.ts";
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
  type ProxiedApplyOptions,
  type ProxiedMapAsyncOptions,
  type ProxiedMapOptions,
  type ProxiedNamedApplyOptions,
} from "./src/manager/pool/pool_proxy.ts";
export { AsyncResultProxy, PoolIteratorProxy } from "./src/manager/pool/pool_result_proxies.ts";
export { Pool } from "./src/pool/pool.ts";
export type { PoolIterator } from "./src/pool/calls/iterator.ts";
export type {
  ApplyOptions,
  CallOptions,
  MapAsyncOptions,
  MapOptions,
  NamedApplyOptions,
} from "./src/pool/calls/call_options.ts";
export type { PoolOptions, PoolOptionsFor } from "./src/pool/schedule/pool_options.ts";
export { progress, type ProgressIteratorOptions } from "./src/progress/progress.ts";
export type {
  Progress,
  ProgressOptions,
  ProgressSettings,
  TaskProgress,
} from "./src/progress/state.ts";
export type {
  NamedProcessOptions,
  ProcessOptions,
  ProcessOptionsFor,
} from "./src/process/options.ts";
export { activeChildren } from "./src/process/active_children.ts";
export { Process } from "./src/process/process.ts";
export type { LifeOptions } from "./src/pool/schedule/worker_life.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./src/queue/queue.ts";
export { BoundedSemaphore, Semaphore } from "./src/locks/semaphore.ts";
export { Sentinel } from "./src/process/sentinel.ts";
export {
  type ShareableItem,
  ShareableList,
  type ShareableListOptions,
} from "./src/shared/shareable_list.ts";
export {
  RawArray,
  type RawSharedArray,
  SharedArray,
  SharedArray as Array,
} from "./src/shared/array.ts";
export type { SharedOptions, ValueLock } from "./src/shared/lock.ts";
export type { SharedBytes, SharedText } from "./src/shared/text.ts";
export { SharedMemory, type SharedMemoryOptions } from "./src/shared/memory.ts";
export { RawSharedValue, RawValue, SharedValue, Value } from "./src/shared/value.ts";
export type {
  ElementType,
  ItemOf,
  TypeCode,
  TypeName,
  ValueOf,
  ViewOf,
} from "./src/shared/element_types.ts";
export { SimpleQueue } from "./src/queue/simple_queue.ts";
export {
  getAllStartMethods,
  getStartMethod,
  setStartMethod,
  type SetStartMethodOptions,
} from "./src/start_method/start_method.ts";
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
export { wait, type WaitObject } from "./src/wait.ts";
export { freezeSupport } from "./src/entry/freeze_support.ts";
export { deserialize, serialize } from "./src/codec/registry.ts";
export { trace } from "./src/pool/trace_pools.ts";
export type {
  Trace,
  TraceDocument,
  TraceEvent,
  TraceMetadata,
  TraceOptions,
} from "./src/pool/trace/trace_event.ts";
export type { WaitOptions } from "./src/support/options.ts";
export { type CurrentTask, currentTask } from "./src/pool/worker/current_task.ts";
export type { Address, HostAddress } from "./src/connection/socket/address.ts";
export type { Percentiles } from "./src/pool/schedule/histogram.ts";
export type { Items, Iterables } from "./src/pool/jobs/items.ts";
export type { RetryError, RetryPolicy } from "./src/pool/jobs/retry.ts";
export type { Permissions } from "./src/runtime/permissions.ts";
export type { StdioMode } from "./src/runtime/children.ts";
export type { Capabilities, RuntimeName, StartMethod } from "./src/runtime/types.ts";

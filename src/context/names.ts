/**
 * The names of this module that have no start method: a context has them as they are.
 *
 * @module
 */

export * from "../errors.ts";
export { Connection } from "../connection/connection.ts";
export { ParentProcess } from "../process/current.ts";
export { Client, Listener } from "../connection/listener.ts";
export { Logger } from "../log/logger.ts";
export { Server } from "../manager/own_server.ts";
export { PoolProxy } from "../manager/pool/pool_proxy.ts";
export { AsyncResultProxy, PoolIteratorProxy } from "../manager/pool/pool_result_proxies.ts";
export { Sentinel } from "../process/sentinel.ts";
export { RawSharedValue, SharedValue } from "../shared/value.ts";
export { progress } from "../progress/progress.ts";
export { trace } from "../pool/trace_pools.ts";
export { wait } from "../wait.ts";
export { capture, ref, register } from "../callable/mod.ts";
export { freezeSupport } from "../entry/freeze_support.ts";
export { deserialize, serialize } from "../codec/registry.ts";
export { DictProxy } from "../manager/proxies/dict_proxy.ts";
export { BarrierProxy, EventProxy } from "../manager/proxies/event_proxy.ts";
export { IteratorProxy } from "../manager/proxies/iterator_proxy.ts";
export { ListProxy } from "../manager/proxies/list_proxy.ts";
export {
  AcquirerProxy,
  BoundedSemaphoreProxy,
  ConditionProxy,
  LockProxy,
  RLockProxy,
  SemaphoreProxy,
} from "../manager/proxies/lock_proxies.ts";
export { NamespaceProxy } from "../manager/proxies/namespace_proxy.ts";
export { JoinableQueueProxy, QueueProxy } from "../manager/proxies/queue_proxy.ts";
export { ArrayProxy, ValueProxy } from "../manager/proxies/value_proxy.ts";
export { BaseProxy } from "../manager/wire/proxy.ts";

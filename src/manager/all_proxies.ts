/**
 * The proxies of managers, which register themselves, and the way to their servers.
 *
 * @module
 */

import { isRemotePlace } from "./server/remote.ts";
import { DictProxy } from "./proxies/dict_proxy.ts";
import { BarrierProxy, EventProxy } from "./proxies/event_proxy.ts";
import { IteratorProxy } from "./proxies/iterator_proxy.ts";
import { ListProxy } from "./proxies/list_proxy.ts";
import {
  BoundedSemaphoreProxy,
  ConditionProxy,
  LockProxy,
  RLockProxy,
  SemaphoreProxy,
} from "./proxies/lock_proxies.ts";
import { NamespaceProxy } from "./proxies/namespace_proxy.ts";
import { JoinableQueueProxy, QueueProxy } from "./proxies/queue_proxy.ts";
import { ArrayProxy, ValueProxy } from "./proxies/value_proxy.ts";
import { PoolProxy } from "./pool/pool_proxy.ts";
import { AsyncResultProxy, PoolIteratorProxy } from "./pool/pool_result_proxies.ts";

/** Named so that no bundler leaves their modules out. */
export const managerProxies: readonly unknown[] = [
  isRemotePlace,
  DictProxy,
  BarrierProxy,
  EventProxy,
  IteratorProxy,
  ListProxy,
  BoundedSemaphoreProxy,
  ConditionProxy,
  LockProxy,
  RLockProxy,
  SemaphoreProxy,
  NamespaceProxy,
  JoinableQueueProxy,
  QueueProxy,
  ArrayProxy,
  ValueProxy,
  PoolProxy,
  AsyncResultProxy,
  PoolIteratorProxy,
];

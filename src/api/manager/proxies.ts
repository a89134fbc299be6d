/**
 * The proxies of managers, which register themselves, and the way to their servers.
 *
 * @module
 */

import { isRemotePlace } from "../../manager/remote.ts";
import { DictProxy } from "../../manager/proxies/dict_proxy.ts";
import { BarrierProxy, EventProxy } from "../../manager/proxies/event_proxy.ts";
import { IteratorProxy } from "../../manager/proxies/iterator_proxy.ts";
import { ListProxy } from "../../manager/proxies/list_proxy.ts";
import {
  BoundedSemaphoreProxy,
  ConditionProxy,
  LockProxy,
  RLockProxy,
  SemaphoreProxy,
} from "../../manager/proxies/lock_proxies.ts";
import { NamespaceProxy } from "../../manager/proxies/namespace_proxy.ts";
import { JoinableQueueProxy, QueueProxy } from "../../manager/proxies/queue_proxy.ts";
import { ArrayProxy, ValueProxy } from "../../manager/proxies/value_proxy.ts";
import { PoolProxy } from "./pool_proxy.ts";
import { AsyncResultProxy, PoolIteratorProxy } from "./pool_result_proxies.ts";

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

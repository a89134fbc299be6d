/**
 * What a party needs that proxies come to: their classes, how they are sent, and the way to their servers.
 *
 * @module
 */

import { proxyHandles } from "./wire/proxy_travel.ts";
import { dialServer } from "./wire/remote.ts";
import { registerHandle } from "../messages/handles.ts";
import { setDialer } from "./wire/link.ts";
import { registerProxies } from "./wire/proxy_classes.ts";
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

/** Lets proxies arrive in this party; may be called again. */
export function knowProxies(): void {
  registerHandle(proxyHandles);
  setDialer(dialServer);
  registerProxies({
    Pool: PoolProxy,
    AsyncResult: AsyncResultProxy,
    PoolIterator: PoolIteratorProxy,
    dict: DictProxy,
    Event: EventProxy,
    Barrier: BarrierProxy,
    Iterator: IteratorProxy,
    list: ListProxy,
    Lock: LockProxy,
    RLock: RLockProxy,
    Semaphore: SemaphoreProxy,
    BoundedSemaphore: BoundedSemaphoreProxy,
    Condition: ConditionProxy,
    Namespace: NamespaceProxy,
    Queue: QueueProxy,
    JoinableQueue: JoinableQueueProxy,
    Value: ValueProxy,
    Array: ArrayProxy,
  });
}

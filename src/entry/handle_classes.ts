/**
 * Everything that arrives as a handle.
 *
 * @module
 */

import { Connection } from "../connection/connection.ts";
import { Barrier } from "../locks/barrier.ts";
import { Condition } from "../locks/condition.ts";
import { Event } from "../locks/event.ts";
import { Lock, RLock } from "../locks/lock.ts";
import { BoundedSemaphore, Semaphore } from "../locks/semaphore.ts";
import { knowProxies } from "../manager/all_proxies.ts";
import { JoinableQueue } from "../queue/joinable_queue.ts";
import { Queue } from "../queue/queue.ts";
import { SimpleQueue } from "../queue/simple_queue.ts";
import { SharedArray } from "../shared/array.ts";
import { SharedMemory } from "../shared/memory.ts";
import { ShareableList } from "../shared/shareable_list.ts";
import { RawSharedValue } from "../shared/value.ts";

/**
 * Lets everything arrive that is a handle.
 *
 * @returns The classes: named so that no bundler leaves them out, since they register themselves.
 */
export function knowHandles(): readonly unknown[] {
  knowProxies();
  return [
    Barrier,
    BoundedSemaphore,
    Condition,
    Connection,
    Event,
    JoinableQueue,
    Lock,
    Queue,
    RLock,
    Semaphore,
    ShareableList,
    SharedArray,
    SharedMemory,
    RawSharedValue,
    SimpleQueue,
  ];
}

/**
 * Everything that arrives as a handle: what a child loads that needs more than `handle_loader.ts` has a single module for.
 *
 * @module
 */

import { registerSharedViews } from "../messages/shared_views.ts";
import { Barrier } from "../locks/barrier.ts";
import { Condition } from "../locks/condition.ts";
import { Connection } from "../connection/connection.ts";
import { Event } from "../locks/event.ts";
import { JoinableQueue } from "../queue/joinable_queue.ts";
import { Lock, RLock } from "../locks/lock.ts";
import { Queue } from "../queue/queue.ts";
import { managerProxies } from "../manager/all_proxies.ts";
import { BoundedSemaphore, Semaphore } from "../locks/semaphore.ts";
import { ShareableList } from "../shared/shareable_list.ts";
import { SharedArray } from "../shared/array.ts";
import { SharedMemory } from "../shared/memory.ts";
import { RawSharedValue } from "../shared/value.ts";
import { SimpleQueue } from "../queue/simple_queue.ts";

registerSharedViews();

/** Named so that no bundler leaves their modules out: these register the classes. */
export const handleKinds: readonly unknown[] = [
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  JoinableQueue,
  Lock,
  Queue,
  managerProxies,
  RLock,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  RawSharedValue,
  SimpleQueue,
];

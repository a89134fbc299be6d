/**
 * Everything that arrives as a handle: what a child loads that needs more than `handle_loader.ts` has a single module for.
 *
 * @module
 */

import { registerSharedViews } from "../domain/shared_views.ts";
import { Barrier } from "./barrier.ts";
import { Condition } from "./condition.ts";
import { Connection } from "./connection.ts";
import { Event } from "./event.ts";
import { JoinableQueue } from "./joinable_queue.ts";
import { Lock, RLock } from "./lock.ts";
import { Queue } from "./queue.ts";
import { managerProxies } from "./manager_proxies.ts";
import { BoundedSemaphore, Semaphore } from "./semaphore.ts";
import { ShareableList } from "./shareable_list.ts";
import { SharedArray } from "./shared_array.ts";
import { SharedMemory } from "./shared_memory.ts";
import { RawSharedValue } from "./shared_value.ts";
import { SimpleQueue } from "./simple_queue.ts";

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

/**
 * What a `SyncManager` can make: the types of this library.
 *
 * @module
 */

import { type PackedFunction, unpackFunction } from "../callable/mod.ts";
import { NotSupportedError } from "../errors.ts";
import { importUserModule } from "../identity/self.ts";
import type { Call } from "./wire/call.ts";
import { ServedBarrier } from "./served/barrier.ts";
import { ServedCondition } from "./served/condition.ts";
import { ServedDict } from "./served/dict.ts";
import { ServedEvent } from "./served/event.ts";
import { ServedList } from "./served/list.ts";
import { ServedBoundedSemaphore, ServedLock, ServedRLock, ServedSemaphore } from "./served/lock.ts";
import { ServedNamespace } from "./served/namespace.ts";
import { ServedJoinableQueue, ServedQueue } from "./served/queue.ts";
import { ownType, type ServedType } from "./served/served_type.ts";
import type { ServedPool } from "./pool/pools.ts";
import type { SentPoolOptions } from "./pool/pool_calls.ts";
import { poolResultTypes } from "./pool/pool_results.ts";
import { ServedArray, ServedValue } from "./served/values.ts";

const LOCK = "acquire release locked abandoned";
const SEMAPHORE = `${LOCK} acquireHeld endHold getValue`;
const QUEUE = "put putNoWait get getNoWait qsize empty full shutdown";
const POOL =
  "apply applyAsync map mapAsync starmap starmapAsync imap imapUnordered close terminate join recycle stats insights supply refuse";

/** Loaded by the first pool: few servers have one. */
let pools: Promise<typeof import("./pool/pools.ts")> | null = null;

/** The types, by their names. */
export const syncTypes: readonly ServedType[] = [
  ownType(
    "dict",
    ([entries]) => new ServedDict(entries),
    "get set has delete clear size keys values entries update pop setDefault copy",
  ),
  ownType(
    "list",
    ([items]) => new ServedList(items),
    "at set push extend pop insert remove splice slice reverse sort includes indexOf count length clear copy",
  ),
  ownType("Namespace", ([values]) => new ServedNamespace(values), "get set delete names"),
  ownType("Lock", () => new ServedLock(), LOCK),
  ownType("RLock", () => new ServedRLock(), LOCK),
  ownType("Semaphore", ([value]) => new ServedSemaphore(value), SEMAPHORE),
  ownType("BoundedSemaphore", ([value]) => new ServedBoundedSemaphore(value), SEMAPHORE),
  ownType(
    "Condition",
    ([lock]) => new ServedCondition(lock),
    `${LOCK} checkMayWait wait notify notifyAll`,
  ),
  ownType("Event", () => new ServedEvent(), "set clear isSet wait"),
  ownType("Barrier", createBarrier, "wait reset abort parties nWaiting broken"),
  ownType("Queue", ([maxSize]) => new ServedQueue(maxSize), QUEUE),
  ownType(
    "JoinableQueue",
    ([maxSize]) => new ServedJoinableQueue(maxSize),
    `${QUEUE} taskDone join`,
  ),
  ownType("Value", ([type, initial]) => new ServedValue(type, initial), "get set"),
  ownType("Array", ([type, items]) => new ServedArray(type, items), "at set slice length"),
  ownType("Pool", createPool, POOL, {
    methodToType: new Map([
      ["applyAsync", "AsyncResult"],
      ["mapAsync", "AsyncResult"],
      ["starmapAsync", "AsyncResult"],
      ["imap", "PoolIterator"],
      ["imapUnordered", "PoolIterator"],
    ]),
    onGone: (pool) => void (pool as ServedPool).forget(),
  }),
  ...poolResultTypes,
];

async function createPool([options]: unknown[], call: Call): Promise<ServedPool> {
  pools ??= import("./pool/pools.ts");
  return await (await pools).createPool(options as SentPoolOptions, call);
}

/** Ends the pools of this server. */
export async function endPools(): Promise<void> {
  if (pools !== null) await (await pools).endPools();
}

async function createBarrier(
  [parties, timeout, action]: unknown[],
  call: Call,
): Promise<ServedBarrier> {
  if (action === null || action === undefined) return new ServedBarrier(parties, timeout, null);
  if (!call.client.mayRun) {
    throw new NotSupportedError("No action is run for a client of another program");
  }
  const run = await unpackFunction(action as PackedFunction, importUserModule);
  return new ServedBarrier(parties, timeout, run);
}

/**
 * What the processes of a soak share: one of every structure, and the ledger in which each writes what it has done.
 *
 * @module
 */

import type {
  Barrier,
  Condition,
  Connection,
  Context,
  Event,
  Lock,
  Queue,
  RawSharedArray,
  Semaphore,
} from "../../mod.ts";

/** How many processes a soak may start. */
export const INCARNATIONS = 65_536;
/** How many parties the barrier has. */
export const PARTIES = 3;
/** How many permits the semaphore has. */
export const PERMITS = 2;

/** The words of `ledger`. */
export const LEFT = 0, RIGHT = 1, TOKENS = 2;

/** What travels from a producer by a relay to the main program. */
export interface Item {
  producer: number;
  number: number;
  payload: Uint8Array;
}

/** What a relay makes of it. */
export interface Relayed {
  relay: number;
  number: number;
  item: Item;
}

/** The shared structures. */
export interface Parts {
  /** Whether each process is without descriptors now and then. */
  isScarce: boolean;
  stop: Event;
  first: Queue<Item>;
  second: Queue<Relayed>;
  lock: Lock;
  permits: Semaphore;
  barrier: Barrier;
  condition: Condition;
  /** Two counters that are equal whenever `lock` is free, and the tokens that `condition` guards. */
  ledger: RawSharedArray<"int32">;
  /** For each process, how many steps of its work are done: an item put, a number added, a token taken. */
  done: RawSharedArray<"int32">;
}

/**
 * Creates them all.
 *
 * @param context The start method.
 * @param isScarce Whether each process is without descriptors now and then.
 */
export function createParts(context: Context, isScarce: boolean): Parts {
  return {
    isScarce,
    stop: new context.Event(),
    first: new context.Queue<Item>({ maxSize: 100 }),
    second: new context.Queue<Relayed>({ maxSize: 100 }),
    lock: new context.Lock(),
    permits: new context.Semaphore(PERMITS),
    barrier: new context.Barrier(PARTIES),
    condition: new context.Condition(),
    ledger: context.RawArray("int32", 16),
    done: context.RawArray("int32", INCARNATIONS),
  };
}

/** An end of the pipe to an echo. */
export type Echo = Connection<Item, Item>;

/** The bytes of an item: mostly few, now and then more than a ring holds. */
export function payloadOf(producer: number, number: number): Uint8Array {
  const size = number % 97 === 0 ? 300_000 : number % 50;
  return new Uint8Array(size).fill((producer + number) & 255);
}

/** Whether an item arrived as it was sent. */
export function isWhole({ producer, number, payload }: Item): boolean {
  const expected = payloadOf(producer, number);
  return payload.length === expected.length && payload.every((byte) => byte === expected[0]);
}

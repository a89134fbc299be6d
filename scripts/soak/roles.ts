/**
 * What the processes of a soak do until they are told to stop, or are killed.
 *
 * Each gets the shared parts and a number of its own, under which it writes in the ledger what it has done.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { BrokenBarrierError, EOFError, ShareableList, SharedMemory } from "../../mod.ts";
import { patiently } from "./scarcity.ts";
import { type Echo, LEFT, type Parts, payloadOf, RIGHT, TOKENS } from "./parts.ts";

/** Puts items until it is told to stop. */
export async function produce({ stop, first, done }: Parts, self: number): Promise<void> {
  for (let number = 0; !stop.isSet(); number++) {
    const item = { producer: self, number, payload: payloadOf(self, number) };
    await patiently(() => first.put(item));
    done[self] = number + 1;
  }
}

/** Passes items on from one queue to the other until the first is shut down. */
export async function relay({ first, second, done }: Parts, self: number): Promise<void> {
  let number = 0;
  for await (const item of first) {
    const relayed = { relay: self, number: number++, item };
    await patiently(() => second.put(relayed));
    done[self] = number;
  }
}

/** Adds one to two counters under a lock, and repairs what a dead holder left half done. */
export async function add({ stop, lock, ledger, done }: Parts, self: number): Promise<void> {
  while (!stop.isSet()) {
    using _held = await lock.hold();
    if (lock.abandoned) ledger[RIGHT] = ledger[LEFT];
    ledger[LEFT]++;
    if (ledger[LEFT] % 4 === 0) await sleep(1);
    ledger[RIGHT]++;
    done[self]++;
  }
}

/** Takes and gives back permits. */
export async function borrow({ stop, permits, done }: Parts, self: number): Promise<void> {
  while (!stop.isSet()) {
    using _held = await permits.hold();
    if (done[self] % 4 === 0) await sleep(1);
    done[self]++;
  }
}

/** Meets the others at the barrier; the first party makes it whole again. */
export async function meet(
  { stop, barrier, done }: Parts,
  self: number,
  party: number,
): Promise<void> {
  while (!stop.isSet()) {
    try {
      await barrier.wait();
      done[self]++;
      await sleep(1);
    } catch (error) {
      if (!(error instanceof BrokenBarrierError)) throw error;
      if (party === 0 && !stop.isSet()) barrier.reset();
      else await sleep(2);
    }
  }
}

/** Gives out tokens, one at a time. */
export async function give({ stop, condition, ledger, done }: Parts, self: number): Promise<void> {
  while (!stop.isSet()) {
    {
      using _held = await condition.hold();
      ledger[TOKENS]++;
      done[self]++;
      condition.notify();
    }
    await sleep(1);
  }
}

/** Takes tokens, waiting for them. */
export async function take({ stop, condition, ledger, done }: Parts, self: number): Promise<void> {
  while (!stop.isSet()) {
    using _held = await condition.hold();
    if (ledger[TOKENS] === 0) await condition.wait({ timeout: 200 });
    if (ledger[TOKENS] === 0) continue;
    ledger[TOKENS]--;
    done[self]++;
  }
}

/** Sends back what it receives, until the other end is closed. */
export async function echo({ done }: Parts, self: number, line: Echo): Promise<void> {
  try {
    for (;;) {
      const item = await patiently(() => line.recv());
      await patiently(() => line.send(item));
      done[self]++;
    }
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
  }
}

/** Creates memory with a name and a list in it, and removes both. */
export async function name({ stop, done }: Parts, self: number): Promise<void> {
  while (!stop.isSet()) {
    using memory = await patiently(() => new SharedMemory({ create: true, size: 10_000 }));
    new Uint8Array(memory.buffer).fill(self & 255);
    const list = await patiently(() => new ShareableList([self, "a text", 1.5, null]));
    list.set(1, "another");
    await sleep(5);
    list.shm.close();
    list.shm.unlink();
    memory.unlink();
    done[self]++;
  }
}

/** Locks, semaphores, conditions, events and barriers that live in a manager's server. */

import { assertEquals, assertRejects } from "@std/assert";
import { BrokenBarrierError } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp, runToEnd, until, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";

managed("a lock has one holder among all processes", async (manager, note) => {
  const lock = await manager.Lock();
  const dict = await manager.dict({ count: 0 });
  const children = [1, 2].map(() =>
    new mp.Process({ target: targets.countUp, args: [dict, lock, 20] })
  );
  for (const child of children) await child.start();
  await targets.countUp(dict, lock, 20);
  note(await Promise.all(children.map((child) => child.join())));
  note(await dict.get("count"));
  assertEquals(await dict.get("count"), 60);
});

managed("locks are released as local ones are", async (manager, note) => {
  const lock = await manager.Lock();
  note([await lock.acquire(), await lock.acquire({ timeout: 5 }), await lock.locked()]);
  note([await valueOf(targets.releaseOf, lock), await lock.locked()]);
  note(await failure(lock.release()));
  {
    await using _held = await lock.hold();
    note(await lock.locked());
    note(await failure(lock.hold({ timeout: 0 })));
  }
  note([
    await lock.locked(),
    await failure(lock.withLock(() => Promise.reject(new Error("inside")))),
  ]);
  assertEquals(await lock.locked(), false);
});

managed("an RLock belongs to its process", async (manager, note) => {
  const lock = await manager.RLock();
  note([await lock.acquire(), await lock.acquire({ timeout: 0 })]);
  note([await valueOf(targets.tryAcquire, lock), await valueOf(targets.releaseOf, lock)]);
  await lock.release();
  note(await lock.locked());
  await lock.release();
  note([await lock.locked(), await failure(lock.release())]);
  await Promise.all([lock.acquire(), lock.acquire(), lock.acquire()]);
  await Promise.all([lock.release(), lock.release()]);
  note(await lock.locked());
  await lock.release();
  note(await lock.locked());
});

managed("semaphores count", async (manager, note) => {
  const semaphore = await manager.Semaphore(2);
  note([await semaphore.getValue(), await semaphore.acquire(), await semaphore.acquire()]);
  note([await semaphore.getValue(), await semaphore.acquire({ timeout: 0 })]);
  const waiting = semaphore.acquire();
  await semaphore.release();
  note(await waiting);
  const bounded = await manager.BoundedSemaphore(1);
  note(await failure(bounded.release()));
  note(await failure(manager.Semaphore(-1)));
});

managed("semaphores count the places of a buffer whose producers end", async (manager, note) => {
  const [places, items] = [await manager.Semaphore(3), await manager.BoundedSemaphore(3)];
  for (let i = 0; i < 3; i++) await items.acquire();
  const produce = (count: number) =>
    new mp.Process({ target: targets.produce, args: [places, items, count] });
  assertEquals(await runToEnd(produce(3)), 0);
  note([await places.getValue(), await items.getValue(), await places.abandoned()]);
  assertEquals([await places.getValue(), await items.getValue()], [0, 3]);
  const producers = [produce(4), produce(5)];
  for (const producer of producers) await producer.start();
  for (let i = 0; i < 12; i++) {
    await items.acquire();
    await places.release();
  }
  note(await Promise.all(producers.map((producer) => producer.join())));
  note([await places.getValue(), await items.getValue()]);
  assertEquals([await places.getValue(), await items.getValue()], [3, 0]);
});

managed(
  "a permit comes back of a process that is killed inside hold() only",
  async (manager, note) => {
    const semaphore = await manager.BoundedSemaphore(5);
    for (const [times, manner] of [[2, "acquire"], [3, "hold"]] as const) {
      const held = await manager.Event();
      const child = new mp.Process({
        target: targets.holdForEver,
        args: [semaphore, held, times, manner],
      });
      await child.start();
      await held.wait();
      const waiting = manner === "hold" ? semaphore.hold() : null;
      child.kill();
      await child.join();
      using _held = await waiting;
      note([await semaphore.getValue(), await semaphore.abandoned()]);
    }
    assertEquals(await semaphore.getValue(), 3);
  },
);

managed("a release takes no permit from a hold", async (manager, note) => {
  const semaphore = await manager.BoundedSemaphore(1);
  const held = await semaphore.hold();
  await semaphore.release();
  note(await failure(held[Symbol.asyncDispose]()));
  note([
    await semaphore.getValue(),
    await semaphore.withLock(() => semaphore.getValue()),
    await semaphore.getValue(),
  ]);
});

managed("who does not hold the lock may not wait for a predicate", async (manager, note) => {
  const condition = await manager.Condition();
  let asked = 0;
  const predicate = () => ++asked > 0;
  note(await failure(condition.waitFor(predicate)));
  note(await failure(condition.waitFor(undefined as never)));
  note(await failure(condition.waitFor(predicate, { timeout: "1" as never })));
  assertEquals(asked, 0);
  await using _held = await condition.hold();
  note([await condition.waitFor(predicate), asked]);
});

managed("a barrier's action runs in the server", async (manager, note) => {
  const barrier = await manager.Barrier(1, { action: targets.failToInitialize });
  note(await failure(barrier.wait()));
  note(await barrier.broken());
});

managed("a condition notifies, and its lock is held again", async (manager, note) => {
  const lock = await manager.Lock();
  const condition = await manager.Condition(lock);
  const near = await manager.Event();
  note(await failure(condition.wait()));
  note(await failure(condition.notify()));
  const waiting = valueOf(targets.awaitNotice, condition, near);
  await near.wait();
  await condition.acquire();
  await condition.notifyAll();
  note(await lock.locked());
  await condition.release();
  note(await waiting);
  await using _held = await condition.hold();
  note([await condition.wait({ timeout: 5 }), await condition.locked()]);
  note(await condition.waitFor(() => 0, { timeout: 5 }));
  note(await condition.waitFor(() => "what the predicate gave"));
  const aborting = new AbortController();
  const aborted = condition.wait({ signal: aborting.signal });
  aborting.abort(new Error("enough"));
  note([await failure(aborted), await condition.locked()]);
  note(await failure(manager.Condition(near as never)));
});

managed("an event is seen by all who wait", async (manager, note) => {
  const event = await manager.Event();
  note([await event.isSet(), await event.wait({ timeout: 5 })]);
  const waiting = [event.wait(), event.wait()];
  await event.set();
  note(await Promise.all(waiting));
  await event.clear();
  note([await event.isSet(), await event.repr()]);
});

managed("a barrier lets all go on together", async (manager, note) => {
  const barrier = await manager.Barrier(2, { action: () => {} });
  const other = valueOf(targets.passBarrier, barrier);
  const mine = await barrier.wait();
  note([mine, await other].sort());
  note([await barrier.parties(), await barrier.nWaiting(), await barrier.broken()]);
  await assertRejects(() => barrier.wait({ timeout: 5 }), BrokenBarrierError);
  note([await barrier.broken(), await failure(barrier.wait())]);
  await barrier.reset();
  note(await barrier.broken());
  const waiting = failure(barrier.wait());
  await barrier.abort();
  note(await waiting);
  note(await failure(manager.Barrier(0)));
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});

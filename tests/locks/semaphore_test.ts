/** `Semaphore` and `BoundedSemaphore`: as many holders at a time as there are permits. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Semaphore } from "../../mod.ts";
import * as targets from "../fixtures/sync_targets.ts";
import { mp, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("Semaphore counts its free permits", async (note) => {
  const semaphore = new mp.Semaphore(2);
  const values = [semaphore.getValue(), await semaphore.acquire(), semaphore.getValue()];
  values.push(
    await semaphore.acquire(),
    semaphore.locked(),
    await semaphore.acquire({ timeout: 5 }),
  );
  semaphore.release();
  note([...values, semaphore.getValue(), new mp.Semaphore().getValue()]);
  assertEquals(values, [2, true, 1, true, true, false]);
});

conform("Semaphore may be released more often than it was acquired", async (note) => {
  const semaphore = new mp.Semaphore(0);
  semaphore.release();
  semaphore.release();
  note([semaphore.getValue(), await semaphore.acquire({ timeout: 0 }), semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 1);
});

conform("BoundedSemaphore refuses one release too many, and changes nothing", async (note) => {
  const semaphore = new mp.BoundedSemaphore(2);
  assert(semaphore instanceof Semaphore);
  await semaphore.acquire();
  semaphore.release();
  note(assertThrows(() => semaphore.release(), RangeError).message);
  assertThrows(() => new mp.BoundedSemaphore(0).release(), RangeError);
  note([semaphore.getValue(), await valueOf(targets.releaseOf, semaphore), semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 2);
});

conform("Semaphore refuses a value that is none", (note) => {
  for (const value of [-1, 1.5, 2 ** 31]) {
    note(assertThrows(() => new mp.Semaphore(value), RangeError).message);
  }
  note(assertThrows(() => new mp.Semaphore("1" as never), TypeError).message);
});

conform("Semaphore wakes a process that waits in another", async (note) => {
  const semaphore = new mp.Semaphore(0);
  const waiting = semaphore.acquire();
  assertEquals(await runToEnd(new mp.Process({ target: targets.signal, args: [semaphore] })), 0);
  note([await waiting, semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 0);
});

conform("Semaphore gets back what a process held that was killed inside hold()", async (note) => {
  const semaphore = new mp.Semaphore(3);
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [semaphore, held, 2, "hold"] });
  await child.start();
  await held.wait();
  const before = semaphore.getValue();
  child.kill();
  await child.join();
  // Some permits are free, so nobody has had to look for the dead.
  note([before, semaphore.getValue(), semaphore.abandoned]);
  assertEquals([before, semaphore.getValue(), semaphore.abandoned], [1, 3, true]);
});

conform("Semaphore keeps a permit taken whose process was killed after acquire()", async (note) => {
  const semaphore = new mp.Semaphore(3);
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [semaphore, held, 2] });
  await child.start();
  await held.wait();
  child.kill();
  await child.join();
  note([semaphore.getValue(), semaphore.abandoned]);
  assertEquals([semaphore.getValue(), semaphore.abandoned], [1, false]);
  semaphore.release();
  assertEquals(semaphore.getValue(), 2);
});

conform("semaphores count the places of a buffer whose producers end", async (note) => {
  const [places, items] = [new mp.Semaphore(3), new mp.Semaphore(0)];
  const produce = (count: number) =>
    new mp.Process({ target: targets.produce, args: [places, items, count] });
  assertEquals(await runToEnd(produce(3)), 0);
  note([places.getValue(), items.getValue()]);
  assertEquals([places.getValue(), items.getValue()], [0, 3]);
  const producers = [produce(4), produce(5)];
  for (const producer of producers) await producer.start();
  for (let i = 0; i < 12; i++) {
    await items.acquire();
    assert(items.getValue() < 3, `${items.getValue()} items left of 3`);
    places.release();
  }
  note(await Promise.all(producers.map((producer) => producer.join())));
  note([places.getValue(), items.getValue()]);
  assertEquals([places.getValue(), items.getValue()], [3, 0]);
});

conform(
  "Semaphore grants hold() and acquire() in order, and knows which is which",
  async (note) => {
    const semaphore = new mp.Semaphore(0);
    const events = { near: new mp.Event(), held: new mp.Event() };
    const manners: targets.Manner[] = ["acquire", "hold", "acquire", "hold", "acquire"];
    const child = new mp.Process({
      target: targets.waitInManners,
      args: [semaphore, events, manners],
    });
    await child.start();
    await events.near.wait();
    for (let i = 0; i < 5; i++) semaphore.release();
    await events.held.wait();
    const before = semaphore.getValue();
    child.kill();
    await child.join();
    note([before, semaphore.getValue(), semaphore.abandoned]);
    assertEquals([before, semaphore.getValue()], [0, 2]);
  },
);

for (const [kind, atTheEnd] of [["Semaphore", 3], ["BoundedSemaphore", 2]] as const) {
  conform(
    `a release() takes no permit from a hold() of a killed process: ${kind}`,
    async (note) => {
      const semaphore = new mp[kind](2);
      const held = new mp.Event();
      const args: Parameters<typeof targets.holdForEver> = [semaphore, held, 1, "hold"];
      const child = new mp.Process({ target: targets.holdForEver, args });
      await child.start();
      await held.wait();
      const values = [semaphore.getValue()];
      semaphore.release();
      values.push(semaphore.getValue());
      child.kill();
      await child.join();
      values.push(semaphore.getValue());
      note([...values, semaphore.abandoned]);
      assertEquals(values, [1, 2, atTheEnd]);
    },
  );
}

conform("BoundedSemaphore refuses the end of a hold() after one release too many", async (note) => {
  const semaphore = new mp.BoundedSemaphore(1);
  const held = await semaphore.hold();
  semaphore.release();
  note(assertThrows(() => held[Symbol.dispose](), RangeError).message);
  held[Symbol.dispose]();
  note([semaphore.getValue(), await semaphore.withLock(() => semaphore.getValue())]);
  assertEquals(semaphore.getValue(), 1);
});

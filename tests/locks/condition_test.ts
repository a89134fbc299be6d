/** `Condition`: waiting for a notification, with a lock released meanwhile. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/sync_targets.ts";
import { freshPath, mp, readValue, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("Condition.wait() and notify() need the lock", async (note) => {
  const condition = new mp.Condition();
  note((await assertRejects(() => condition.wait(), ProcessError)).message);
  note(assertThrows(() => condition.notify(), ProcessError).message);
  assertThrows(() => condition.notifyAll(), ProcessError);
  await assertRejects(() => condition.waitFor(() => true), ProcessError);
});

conform("Condition.wait() gives up in time, with the lock held again as often", async (note) => {
  const lock = new mp.RLock();
  const condition = new mp.Condition(lock);
  await condition.acquire();
  await condition.acquire();
  note([await condition.wait({ timeout: 0 }), await condition.wait({ timeout: 10 }), lock.depth]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 10);
  await assertRejects(() => condition.wait({ signal: controller.signal }), Error, "enough");
  assertEquals(lock.depth, 2);
});

conform("Condition.notify() wakes as many as it says, first come, first served", async (note) => {
  const condition = new mp.Condition(new mp.Lock());
  const order: number[] = [];
  const wait = (n: number) =>
    condition.withLock(async () => {
      await condition.wait();
      order.push(n);
    });
  const waits = [1, 2, 3, 4].map(wait);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await condition.withLock(() => condition.notify(2));
  await Promise.all(waits.slice(0, 2));
  const first = [...order];
  await condition.withLock(() => condition.notifyAll());
  await Promise.all(waits);
  note([first, order]);
  assertEquals([first, order], [[1, 2], [1, 2, 3, 4]]);
});

conform("a notification without waiters is not kept", async (note) => {
  const condition = new mp.Condition();
  await condition.withLock(() => condition.notifyAll());
  note(await condition.withLock(() => condition.wait({ timeout: 20 })));
  await condition.acquire();
  assertThrows(() => condition.notify(-1), RangeError);
  assertThrows(() => condition.notify("1" as never), TypeError);
  assertThrows(() => new mp.Condition({} as never), TypeError);
});

conform("Condition.waitFor() gives what the predicate gave last", async (note) => {
  const condition = new mp.Condition();
  let value = 0;
  const waiting = condition.withLock(() => condition.waitFor(() => value > 1 && `value ${value}`));
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await condition.withLock(() => {
      value++;
      condition.notify();
    });
  }
  note(await waiting);
  note(await condition.withLock(() => condition.waitFor(() => 0, { timeout: 20 })));
});

conform("Condition notifies other processes, and is notified by them", async (note) => {
  const condition = new mp.Condition();
  const near = new mp.Event();
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellNotified, args: [path, condition, near] });
  await child.start();
  await near.wait();
  await condition.withLock(() => condition.notify());
  assertEquals(await child.join(), 0);
  await condition.acquire();
  const notified = condition.wait();
  assertEquals(await runToEnd(new mp.Process({ target: targets.signal, args: [condition] })), 0);
  note([readValue(path), await notified]);
  condition.release();
});

conform("Condition passes over those who have died", async (note) => {
  const condition = new mp.Condition();
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [condition, near] });
  await child.start();
  await near.wait();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const notified = condition.withLock(() => condition.wait());
  child.kill();
  await child.join();
  await condition.withLock(() => condition.notify());
  note(await notified);
});

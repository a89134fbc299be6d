/** Proxies whose message is lost: their objects are kept for nobody. */

import { existsSync } from "node:fs";
import { assertEquals, assertRejects } from "@std/assert";
import { type ListProxy, type Queue, SerializationError, type SyncManager } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { getSlowly } from "../fixtures/queue_targets.ts";
import { Slow } from "../fixtures/slow_class.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { managed } from "../support/managed.ts";

async function objects(manager: SyncManager): Promise<number> {
  return (await manager.stats()).objects;
}

/** Waits until the server has no object any more; the test's limit is the wait's. */
async function untilNone(manager: SyncManager): Promise<void> {
  while (await objects(manager) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A list of which only what is sent holds anything. */
async function sendOnly(
  manager: SyncManager,
  send: (list: ListProxy<number>) => Promise<unknown>,
): Promise<void> {
  const list = await manager.list([1]);
  await send(list);
  list.dispose();
}

managed("a proxy in an item goes when all items are dropped", async (manager, note) => {
  const queue = new mp.Queue<unknown>();
  await sendOnly(manager, (list) => queue.put([list, { list }]));
  await sendOnly(manager, (list) => queue.put(list));
  note(await objects(manager));
  await queue.shutdown({ immediate: true });
  await untilNone(manager);
});

managed("a proxy in an item is its receiver's", async (manager, note) => {
  const queue = new mp.Queue<ListProxy<number>>();
  await sendOnly(manager, (list) => queue.put(list));
  {
    using list = await queue.get();
    await queue.shutdown({ immediate: true });
    note(await list.copy());
  }
  await untilNone(manager);
});

managed("a proxy goes when the receiver dies that had its item in hand", async (manager, note) => {
  const queue = new mp.Queue<unknown>();
  const gate = freshPath();
  const args = [queue, gate];
  const child = new mp.Process({ target: getSlowly as never, args, daemon: true });
  await child.start();
  await sendOnly(manager, (list) => queue.put([new Slow(), list]));
  await until(() => existsSync(`${gate}.begun`));
  note(await objects(manager));
  child.terminate();
  await child.join();
  await untilNone(manager);
});

managed("a proxy in a message goes when the other end of a pipe closes", async (manager, note) => {
  const [here, there] = mp.Pipe();
  await sendOnly(manager, (list) => here.send(list));
  note(await objects(manager));
  there.close();
  await untilNone(manager);
});

managed(
  "a proxy in a message goes with the process that has the other end",
  async (manager, note) => {
    const [here, there] = mp.Pipe();
    const child = new mp.Process({ target: targets.ignore, args: [there], daemon: true });
    await child.start();
    await sendOnly(manager, (list) => here.send({ list }));
    note(await objects(manager));
    child.terminate();
    await child.join();
    await untilNone(manager);
  },
);

managed("a proxy in a task goes when the task is never begun", async (manager, note) => {
  const pool = new mp.Pool(1);
  const busy = pool.apply(targets.ignore as never, [mp.Pipe()[0]]).catch(() => {});
  const list = await manager.list([1]);
  const call = pool.apply(targets.giveBack as never, [list]).catch(() => {});
  list.dispose();
  note(await objects(manager));
  pool.terminate();
  await pool.join();
  await Promise.all([busy, call]);
  await untilNone(manager);
});

managed("a proxy in what cannot be sent holds nothing", async (manager, note) => {
  const queue: Queue<unknown> = new mp.Queue<unknown>();
  const [here] = mp.Pipe();
  const bad = { size: () => 1n, map: new WeakMap() };
  await sendOnly(manager, async (list) => {
    await assertRejects(() => queue.put([list, bad]), SerializationError);
    await assertRejects(() => here.send([list, bad]), SerializationError);
    note(await list.copy());
  });
  await untilNone(manager);
});

managed("a proxy on its way goes with its sender", async (manager, note) => {
  const queue = new mp.Queue<unknown>();
  const list = await manager.list([1]);
  const child = new mp.Process({ target: targets.putAndStay, args: [list, queue], daemon: true });
  await child.start();
  while (await queue.qsize() < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  list.dispose();
  note(await objects(manager));
  child.kill();
  await child.join();
  await untilNone(manager);
  assertEquals(await queue.qsize(), 2);
});

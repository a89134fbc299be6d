/** Queues that live in a manager's server, and waits for their items. */

import { assertEquals, assertRejects } from "@std/assert";
import { Empty, Full, ShutDown, TimeoutError } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";

managed("a queue gives items in their order", async (manager, note) => {
  const queue = await manager.Queue<number>({ maxSize: 2 });
  await queue.put(1);
  await queue.put(2);
  note([await queue.qsize(), await queue.empty(), await queue.full()]);
  await assertRejects(() => queue.put(3, { timeout: 5 }), Full);
  await assertRejects(() => queue.putNoWait(3), Full);
  const waiting = queue.put(3);
  note([await queue.get(), await queue.get(), await queue.get()]);
  await waiting;
  await assertRejects(() => queue.get({ timeout: 5 }), Empty);
  await assertRejects(() => queue.getNoWait(), Empty);
  note(await failure(queue.get({ timeout: "1" as never })));
  note(await failure(manager.Queue({ maxSize: "1" as never })));
});

managed("a wait that is aborted has taken nothing", async (manager, note) => {
  const queue = await manager.Queue<number>();
  const aborting = new AbortController();
  const waiting = queue.get({ signal: aborting.signal });
  aborting.abort(new Error("enough"));
  note(await failure(waiting));
  note(await failure(queue.get({ signal: aborting.signal })));
  await queue.put(1);
  note(await queue.get({ timeout: 1000 }));
  const lock = await manager.Lock();
  await lock.acquire();
  const second = new AbortController();
  const locking = lock.acquire({ signal: second.signal });
  second.abort(new Error("no lock"));
  note([await failure(locking), await lock.release(), await lock.locked()]);
  assertEquals(await lock.locked(), false);
});

managed("a call that waits holds up nobody", async (manager, note) => {
  const queue = await manager.Queue<string>();
  const got = queue.get();
  const child = new mp.Process({ target: targets.putAll, args: [queue, ["from afar"]] });
  note(await queue.qsize());
  assertEquals(await runToEnd(child), 0);
  note(await got);
});

managed("a queue that was shut down gives what is left", async (manager, note) => {
  const queue = await manager.Queue<number>();
  await queue.put(1);
  await queue.put(2);
  await queue.shutdown();
  note(await failure(queue.put(3)));
  const seen: number[] = [];
  for await (const item of queue) seen.push(item);
  note(seen);
  await assertRejects(() => queue.get(), ShutDown);
  const other = await manager.Queue<number>();
  const waiting = failure(other.get());
  await other.shutdown({ immediate: true });
  note(await waiting);
});

managed("a joinable queue is joined when all items were dealt with", async (manager, note) => {
  const tasks = await manager.JoinableQueue<number>();
  const sum = await manager.list<number>();
  await assertRejects(() => tasks.taskDone(), RangeError);
  for (const task of [1, 2, 3]) await tasks.put(task);
  await assertRejects(() => tasks.join({ timeout: 5 }), TimeoutError);
  const worker = new mp.Process({ target: targets.work, args: [tasks, sum] });
  await worker.start();
  await tasks.join();
  note(await sum.copy());
  await tasks.shutdown();
  assertEquals(await worker.join(), 0);
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});

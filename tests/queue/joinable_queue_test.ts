/** `JoinableQueue`: waiting until everything that was put is done; and `SimpleQueue`. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Empty,
  JoinableQueue,
  ProcessError,
  Queue,
  SerializationError,
  ShutDown,
  SimpleQueue,
  TimeoutError,
} from "../../mod.ts";
import * as targets from "../fixtures/queue_targets.ts";
import { mp, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("JoinableQueue.join() waits until all items are done", async (note) => {
  const queue = new mp.JoinableQueue<number>();
  assert(queue instanceof JoinableQueue && queue instanceof Queue);
  await queue.join();
  for (const item of [1, 2]) await queue.put(item);
  note((await assertRejects(() => queue.join({ timeout: 10 }), TimeoutError)).message);
  await queue.get();
  queue.taskDone();
  await queue.get();
  await assertRejects(() => queue.join({ timeout: 0 }), TimeoutError);
  let over = 0;
  const joins = [1, 2].map(() => queue.join().then(() => over++));
  assertEquals(over, 0);
  queue.taskDone();
  await Promise.all(joins);
  await queue.join({ timeout: 0 });
});

conform("JoinableQueue.taskDone() too often is a RangeError and changes nothing", async (note) => {
  const queue = new mp.JoinableQueue<string>();
  note(assertThrows(() => queue.taskDone(), RangeError).message);
  await queue.put("a");
  await queue.get();
  queue.taskDone();
  assertThrows(() => queue.taskDone(), RangeError);
  await queue.put("b");
  await assertRejects(() => queue.join({ timeout: 10 }), TimeoutError);
  assertEquals(await queue.get(), "b");
  queue.taskDone();
  await queue.join();
});

conform("JoinableQueue.join() is ended by a signal", async (note) => {
  const queue = new mp.JoinableQueue<number>();
  await queue.put(1);
  const controller = new AbortController();
  const joining = queue.join({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 10);
  note((await assertRejects(() => joining, Error)).message);
  await assertRejects(() => queue.join({ timeout: "1" } as never), TypeError);
});

conform("JoinableQueue counts what other processes do", async (note) => {
  const queue = new mp.JoinableQueue<string>({ maxSize: 10 });
  const workers = [1, 2].map(() => new mp.Process({ target: targets.work, args: [queue] }));
  for (const worker of workers) await worker.start();
  for (let i = 0; i < 500; i++) await queue.put(`task ${i}`);
  await queue.join();
  assertEquals(await queue.qsize(), 0);
  await queue.shutdown();
  for (const worker of workers) assertEquals(await worker.join(), 0);
  note(await valueOf(targets.tellTaskDone, queue));
});

conform("JoinableQueue.shutdown({ immediate: true }) counts what it drops as done", async () => {
  const queue = new mp.JoinableQueue<number>();
  for (let i = 0; i < 3; i++) await queue.put(i);
  await queue.get();
  const joining = queue.join();
  await queue.shutdown({ immediate: true });
  await assertRejects(() => queue.join({ timeout: 10 }), TimeoutError);
  queue.taskDone();
  await joining;
  assertThrows(() => queue.taskDone(), RangeError);
});

conform("JoinableQueue.join() rejects when all that is left was lost", async (note) => {
  const queue = new mp.JoinableQueue<string>();
  for (const task of ["a", "b"]) await queue.put(task);
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.holdTask, args: [queue, near] });
  await child.start();
  await near.wait();
  const joining = queue.join();
  child.kill();
  await child.join();
  await assertRejects(() => queue.join({ timeout: 10 }), TimeoutError);
  assertEquals(await queue.get(), "b");
  queue.taskDone();
  note((await assertRejects(() => joining, ProcessError)).message);
  await assertRejects(() => queue.join(), ProcessError);
  // Somebody else may do it, or put it again.
  await queue.put("a");
  await queue.get();
  queue.taskDone();
  await assertRejects(() => queue.join(), ProcessError);
  queue.taskDone();
  await queue.join();
  assertThrows(() => queue.taskDone(), RangeError);
});

conform("a JoinableQueue arrives as one, and by a queue", async (note) => {
  const queue = new mp.JoinableQueue<string>();
  const carrier = new mp.Queue<unknown>();
  await carrier.put(queue);
  await queue.put("a");
  await queue.get();
  const target = async (path: string, carrier: Queue<unknown>) => {
    const queue = await carrier.get() as JoinableQueue<string>;
    queue.taskDone();
    await queue.join();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path, JSON.stringify(queue.constructor.name));
  };
  note(await valueOf(target, carrier));
  await queue.join({ timeout: 0 });
});

conform("SimpleQueue puts and gets, also between processes", async (note) => {
  const queue = new mp.SimpleQueue<unknown>();
  assert(queue instanceof SimpleQueue);
  assertEquals(await queue.empty(), true);
  await queue.put({ a: 1 });
  assertEquals([await queue.empty(), await queue.get()], [false, { a: 1 }]);
  await queue.put("there");
  note(await valueOf(targets.tellItem, queue));
  const child = new mp.Process({
    target: (q: SimpleQueue<unknown>) => q.put("back"),
    args: [queue],
  });
  assertEquals(await runToEnd(child), 0);
  note(await queue.get({ timeout: 10_000 }));
});

conform("SimpleQueue rejects what a Queue rejects", async (note) => {
  const queue = new mp.SimpleQueue<unknown>();
  note((await assertRejects(() => queue.get({ timeout: 10 }), Empty)).message);
  note((await assertRejects(() => queue.put(() => 1), SerializationError)).message);
  const pending = queue.get();
  queue.close();
  note((await assertRejects(() => pending, ProcessError)).message);
  await assertRejects(() => queue.put(1), ProcessError);
  await assertRejects(() => queue.get(), ProcessError);
  note((await assertRejects(() => queue.empty(), ProcessError)).message);
  await assertRejects(() => mp.wait([queue as never]), ProcessError);
});

conform("JoinableQueue that was closed here still counts what is done", async () => {
  const queue = new mp.JoinableQueue<number>();
  await queue.put(1);
  await queue.get();
  queue.close();
  const joined = queue.join();
  queue.taskDone();
  await joined;
});

conform("JoinableQueue workers end at a shutdown, and tasks are refused from then on", async () => {
  const queue = new mp.JoinableQueue<string>();
  const worker = new mp.Process({ target: targets.work, args: [queue] });
  await worker.start();
  await queue.put("a");
  await queue.join();
  await queue.shutdown();
  assertEquals(await worker.join(), 0);
  await assertRejects(() => queue.put("b"), ShutDown);
});

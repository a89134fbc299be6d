/** `Queue`: items of every size, between any processes, in order, each at one consumer, whoever dies. */

import { readFileSync, writeFileSync } from "node:fs";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Connection,
  Empty,
  EOFError,
  Full,
  getContext,
  type Lock,
  ProcessError,
  Queue,
  SerializationError,
  ShutDown,
  type SimpleQueue,
} from "../../mod.ts";
import { readinessOf } from "../../src/parties/waitable.ts";
import * as targets from "../fixtures/queue_targets.ts";
import { freshPath, mp, readValue, runToEnd, until, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const other = method === "process" ? "thread" : "process";
const { capabilities } = mp;

/** A started child; the test ends it. */
async function start<Args extends unknown[]>(
  target: (...args: Args) => unknown,
  ...args: Args
): Promise<InstanceType<typeof mp.Process>> {
  const child = new mp.Process<Args>({ target: target as never, args, daemon: true });
  await child.start();
  // A thread may get its work by the event loop of its creator, which may not turn for long.
  await child.ready();
  return child as never;
}

async function take<T>(queue: Queue<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) items.push(await queue.get());
  return items;
}

conform("Queue gives what was put, in order, as copies", async (note) => {
  const queue = new mp.Queue<unknown>();
  assert(queue instanceof Queue);
  const list = [1, 2];
  for (const item of [0, "text", null, undefined, list, new Map([[1, { a: -0 }]])]) {
    await queue.put(item);
  }
  list.push(3);
  const items = await take(queue, 6);
  note([items, await queue.empty()]);
  assertEquals(items, [0, "text", null, undefined, [1, 2], new Map([[1, { a: -0 }]])]);
});

conform("Queue.get() gives up in time, and has taken nothing", async (note) => {
  const queue = new mp.Queue<number>();
  for (const timeout of [0, -1, 20]) {
    note((await assertRejects(() => queue.get({ timeout }), Empty)).message);
  }
  await queue.put(1);
  assertEquals(await queue.get({ timeout: 0 }), 1);
  note((await assertRejects(() => queue.getNoWait(), Empty)).message);
});

conform("Queue.put() gives up in time, and has put nothing", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 1 });
  await queue.put(1);
  for (const timeout of [0, -1, 20]) {
    note((await assertRejects(() => queue.put(2, { timeout }), Full)).message);
  }
  note((await assertRejects(() => queue.putNoWait(2), Full)).message);
  assertEquals([await queue.qsize(), await queue.get()], [1, 1]);
  await queue.putNoWait(3);
  assertEquals(await queue.getNoWait(), 3);
});

conform("Queue: waits are ended by a signal, and have taken and put nothing", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 1 });
  const controller = new AbortController();
  const { signal } = controller;
  const getting = queue.get({ signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  note((await assertRejects(() => getting, Error)).message);
  await queue.put(1);
  const second = new AbortController();
  const putting = queue.put(2, { signal: second.signal });
  setTimeout(() => second.abort(new Error("enough")), 20);
  note((await assertRejects(() => putting, Error)).message);
  await assertRejects(() => queue.get({ signal }), Error, "enough");
  await assertRejects(() => queue.put(3, { signal }), Error, "enough");
  assertEquals([await queue.qsize(), await queue.get()], [1, 1]);
});

conform("Queue serves those who wait first come, first served", async (note) => {
  const queue = new mp.Queue<number>();
  const waiting = [1, 2, 3, 4].map(() => queue.get());
  for (const item of [1, 2, 3, 4, 5]) await queue.put(item);
  const later = queue.get();
  const items = [...await Promise.all(waiting), await later];
  note(items);
  assertEquals(items, [1, 2, 3, 4, 5]);
});

conform("Queue lets puts that wait for room go on in their order", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 2 });
  const puts = [1, 2, 3, 4, 5].map((item) => queue.put(item));
  assertEquals([await queue.full(), await queue.qsize()], [true, 2]);
  const first = await queue.get();
  const late = queue.put(6);
  const items = [first, ...await take(queue, 5)];
  await Promise.all([...puts, late]);
  note([items, await queue.full(), await queue.empty()]);
  assertEquals(items, [1, 2, 3, 4, 5, 6]);
});

conform("Queue serves processes in the order in which they came", async (note) => {
  const queue = new mp.Queue<number>();
  const path = freshPath();
  writeFileSync(path, "");
  const children = [];
  for (const name of ["a", "b", "c"]) {
    const near = new mp.Event();
    children.push(await start(targets.enlist, path, queue, near, name));
    await near.wait();
  }
  for (const [i, child] of children.entries()) {
    await queue.put(i);
    assertEquals(await child.join(), 0);
  }
  note(readFileSync(path, "utf8"));
  assertEquals(readFileSync(path, "utf8"), "a0 b1 c2 ");
});

conform("Queue: three producers and two consumers lose, double and overtake nothing", async () => {
  const queue = new mp.Queue<[number, number]>({ maxSize: 50 });
  const paths = [freshPath(), freshPath()];
  const consumers = await Promise.all(paths.map((path) => start(targets.consume, path, queue)));
  const producers = await Promise.all(
    [0, 1, 2].map((name) => start(targets.produce, queue, name, 2000)),
  );
  for (const producer of producers) assertEquals(await producer.join(), 0);
  await queue.shutdown();
  for (const consumer of consumers) assertEquals(await consumer.join(), 0);
  const got = paths.map((path) => readValue(path) as [number, number][]);
  const all = got.flat().map(([name, item]) => name * 2000 + item).sort((a, b) => a - b);
  assertEquals(all, Array.from({ length: 6000 }, (_, i) => i));
  for (const pairs of got) {
    for (const name of [0, 1, 2]) {
      const items = pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
      assertEquals(items, items.toSorted((a, b) => a - b));
    }
  }
});

conform("Queue.qsize(), empty() and full() tell what there is", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 2 });
  const states = async () => [await queue.qsize(), await queue.empty(), await queue.full()];
  const seen = [await states()];
  await queue.put(1);
  seen.push(await states());
  await queue.put(2);
  seen.push(await states());
  await queue.get();
  seen.push(await states());
  const unbounded = new mp.Queue<number>();
  for (let i = 0; i < 1000; i++) await unbounded.put(i);
  note([seen, await unbounded.full(), await unbounded.qsize()]);
  assertEquals(seen, [[0, true, false], [1, false, false], [2, false, true], [1, false, false]]);
  assertEquals(await unbounded.full(), false);
});

conform("Queue takes items of every size, in order", async () => {
  const queue = new mp.Queue<Uint8Array>();
  const KIB = 1024;
  const sizes = [0, 1, 7, 8, 9, 1000, 65_500, 65_536, 128 * KIB - 40, 128 * KIB, 200 * KIB];
  const all = [...sizes, 1024 * KIB, 40 * 1024 * KIB, 3, ...sizes];
  const bytes = (size: number, i: number) => new Uint8Array(size).fill(i + 1);
  for (const [i, size] of all.entries()) await queue.put(bytes(size, i));
  for (const [i, size] of all.entries()) {
    const item = await queue.get();
    assertEquals([item.length, item[0], item[size >> 1], item.at(-1)], [
      size,
      ...size === 0 ? [undefined, undefined, undefined] : [i + 1, i + 1, i + 1],
    ]);
  }
});

conform("Queue takes an item of 256 MiB, and goes on with small ones", async () => {
  const queue = new mp.Queue<Uint8Array>();
  const size = 256 * 1024 * 1024;
  const bytes = new Uint8Array(size);
  const places = [0, 4095, size >> 1, size - 1];
  for (const [i, place] of places.entries()) bytes[place] = i + 1;
  await queue.put(bytes);
  await queue.put(new Uint8Array(0));
  const item = await queue.get();
  assertEquals([item.length, ...places.map((place) => item[place])], [size, 1, 2, 3, 4]);
  assertEquals((await queue.get()).length, 0);
  assertEquals(await queue.empty(), true);
});

conform("Queue holds 200,000 items, and gives them in order", async () => {
  const queue = new mp.Queue<number>();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 200_000; i++) await queue.put(i);
    assertEquals(await queue.qsize(), 200_000);
    for (let i = 0; i < 200_000; i++) if (await queue.get() !== i) throw new Error(`not ${i}`);
  }
});

conform("Queue: items of other processes are large, too", async () => {
  const queue = new mp.Queue<string>();
  const text = "x".repeat(300_000);
  const child = new mp.Process({ target: targets.putOne, args: [queue, text] });
  assertEquals(await runToEnd(child), 0);
  // Its process has ended, and what it put is there.
  assertStrictEquals(await queue.get(), text);
});

conform("Queue.put() refuses what cannot be sent, and the queue goes on", async (note) => {
  const queue = new mp.Queue<unknown>({ maxSize: 2 });
  await queue.put(1);
  for (const item of [() => 1, { a: [Symbol("s")] }, new WeakMap(), new (class Unknown {})()]) {
    const error = await assertRejects(() => queue.put(item), SerializationError);
    note(error.message);
  }
  const large = { text: "x".repeat(300_000), bad: () => 1 };
  assertEquals((await assertRejects(() => queue.put(large), SerializationError)).path, "item.bad");
  await queue.put(2);
  assertEquals([await queue.full(), await queue.get(), await queue.get()], [true, 1, 2]);
});

conform("Queue: an item whose getters use the queue does no harm", async (note) => {
  const queue = new mp.Queue<unknown>();
  const inner: Promise<unknown>[] = [];
  const item = {
    before: "x".repeat(1000),
    get nested() {
      inner.push(queue.put("inner"), queue.put("y".repeat(200_000)));
      return 1;
    },
  };
  await queue.put(item);
  await queue.put({ big: "z".repeat(200_000), item });
  await Promise.all(inner);
  const sizes = [];
  while (!await queue.empty()) sizes.push(JSON.stringify(await queue.get()).length);
  note(new Set(sizes));
  assertEquals(sizes.filter((size) => size > 200_000 && size < 201_000).length, inner.length / 2);
});

conform("Queue refuses options that make no sense", async (note) => {
  for (
    const options of [
      5,
      null,
      "5",
      [],
      { maxsize: 1 },
      ...["1", NaN, 1.5, -1.5, -Infinity, 2 ** 31, 2 ** 53].map((maxSize) => ({ maxSize })),
    ]
  ) {
    const error = assertThrows(() => new mp.Queue(options as never), Error);
    note(`${error.name}: ${error.message}`);
    assert(error instanceof TypeError || error instanceof RangeError);
  }
  const queue = new mp.Queue<number>();
  for (const options of [{ timeout: "1" }, { timeout: NaN }, { signal: {} }, 5]) {
    note((await assertRejects(() => queue.get(options as never), TypeError)).message);
    note((await assertRejects(() => queue.put(1, options as never), TypeError)).message);
  }
  for (const options of [1, null, { immediate: "yes" }, { now: true }]) {
    note((await assertRejects(() => queue.shutdown(options as never), TypeError)).message);
  }
  assertEquals(await queue.empty(), true);
});

conform("a queue is closed where its scope is left", async () => {
  const left: (Queue | SimpleQueue)[] = [];
  {
    using queue = new mp.Queue<number>();
    await queue.put(1);
    assertEquals(await queue.get(), 1);
    using simple = new mp.SimpleQueue<number>();
    left.push(queue, simple);
  }
  for (const queue of left) await assertRejects(() => queue.put(2), ProcessError);
});

conform("Queue.close() ends the use by this process, and by no other", async (note) => {
  const queue = new mp.Queue<string>();
  const far = new mp.Queue<Queue<string>>();
  const child = await start(targets.answer, far);
  await far.put(queue);
  const waiting = new mp.Queue<string>();
  const pending = waiting.get();
  waiting.close();
  note((await assertRejects(() => pending, ProcessError)).message);
  assertEquals(await queue.get(), "answer");
  await child.join();
  queue.close();
  queue.close();
  note((await assertRejects(() => queue.put("x"), ProcessError)).message);
  note((await assertRejects(() => queue.get(), ProcessError)).message);
  const calls = [
    () => queue.putNoWait("x"),
    () => queue.getNoWait(),
    () => queue.qsize(),
    () => queue.empty(),
    () => queue.full(),
    () => queue[Symbol.asyncIterator]().next(),
    () => mp.wait([queue]),
  ];
  for (const call of calls) note((await assertRejects(call, ProcessError)).message);
  await queue.joinThread();
  await queue.shutdown();
});

conform("Queue with a maxSize below 0 holds any number, as Python's", async () => {
  for (const maxSize of [0, -1, -(2 ** 40)]) {
    const queue = new mp.Queue<number>({ maxSize });
    for (let i = 0; i < 20; i++) await queue.put(i, { timeout: 0 });
    assertEquals([await queue.full(), await queue.qsize()], [false, 20]);
  }
});

conform(
  "Queue: exit() in the moment in which the last put was done loses nothing",
  async (note) => {
    const queue = new mp.Queue<unknown>({ maxSize: 3 });
    const child = await start(targets.putManyAndExit, queue, 50);
    const items = await take(queue, 50);
    note([items.slice(0, 3), await child.join()]);
    assertEquals(items, Array.from({ length: 50 }, (_, i) => [i, "x".repeat(i * 100)]));
    assertEquals(await queue.empty(), true);
  },
);

conform("Queue: exit() gives a put up that waits for room", async (note) => {
  const queue = new mp.Queue<unknown>({ maxSize: 2 });
  const child = await start(targets.putTooMuchAndExit, queue, 4);
  note(await child.join());
  assertEquals(await take(queue, 2), [0, 1]);
  await queue.put("room");
  assertEquals([await queue.get(), await queue.empty()], ["room", true]);
});

conform("Queue.joinThread() waits for puts that wait for room", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 1 });
  note((await assertRejects(() => queue.joinThread(), ProcessError)).message);
  await queue.put(1);
  const put = queue.put(2);
  queue.close();
  let joined = false;
  const joining = queue.joinThread().then(() => joined = true);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(joined, false);
  assertEquals([await valueOf(targets.tellItem, queue), await valueOf(targets.tellItem, queue)], [
    1,
    2,
  ]);
  await put;
  await joining;
});

conform("Queue.cancelJoinThread() lets a process end whose put waits", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 1 });
  await queue.put(1);
  const target = (q: Queue<number>) => {
    q.put(2).catch(() => {});
    q.close();
    q.cancelJoinThread();
    return q.joinThread();
  };
  note(await runToEnd(new mp.Process({ target, args: [queue] })));
  assertEquals([await queue.get(), await queue.empty()], [1, true]);
});

conform("Queue.shutdown() lets what is left be taken, and then ends everybody", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 2 });
  await queue.put(1);
  await queue.put(2);
  const put = queue.put(3);
  await queue.shutdown();
  note((await assertRejects(() => put, ShutDown)).message);
  await assertRejects(() => queue.put(4), ShutDown);
  await assertRejects(() => queue.putNoWait(4), ShutDown);
  const left = [];
  for await (const item of queue) left.push(item);
  note((await assertRejects(() => queue.get(), ShutDown)).message);
  await assertRejects(() => queue.getNoWait(), ShutDown);
  assertEquals(left, [1, 2]);
  await queue.shutdown();
});

conform("Queue.shutdown({ immediate: true }) drops what is left", async () => {
  const queue = new mp.Queue<unknown>();
  for (let i = 0; i < 5000; i++) await queue.put(i % 100 === 0 ? "x".repeat(150_000) : i);
  await queue.shutdown({ immediate: true });
  await assertRejects(() => queue.get(), ShutDown);
  assertEquals([await queue.qsize(), await queue.empty()], [0, true]);
});

conform("Queue.shutdown() ends waits here and in other processes", async (note) => {
  const queue = new mp.Queue<number>();
  const waiting = [queue.get(), queue.get()];
  const paths = [freshPath(), freshPath()];
  const children = [];
  for (const path of paths) {
    const near = new mp.Event();
    children.push(await start(targets.tellEnd, path, queue, near));
    await near.wait();
  }
  await queue.shutdown();
  for (const get of waiting) await assertRejects(() => get, ShutDown);
  for (const child of children) assertEquals(await child.join(), 0);
  note(paths.map(readValue));
  assertEquals(paths.map(readValue), ["ShutDown", "ShutDown"]);
});

conform("Queue carries handles inside of values, and queues as well", async (note) => {
  const carrier = new mp.Queue<unknown>();
  const lock = new mp.Lock();
  const numbers = mp.RawArray("i", 5);
  const event = new mp.Event();
  const back = new mp.Queue<number>();
  await carrier.put({ lock, numbers, event, back });
  const child = await start(targets.useHandles as (queue: Queue<unknown>) => unknown, carrier);
  assertEquals(await back.get(), 5);
  assertEquals(await child.join(), 0);
  note([numbers[0], event.isSet(), lock.locked()]);
  assertEquals([numbers[0], event.isSet()], [42, true]);
  await carrier.put([lock, carrier]);
  const [same, itself] = await carrier.get() as [Lock, Queue<unknown>];
  assertStrictEquals(same, lock);
  assertStrictEquals(itself, carrier);
});

conform("a connection moves through a queue, and stays where the put fails", async (note) => {
  const queue = new mp.Queue<Connection>({ maxSize: 1 });
  const [here, there] = mp.Pipe();
  const child = await start(targets.useConnection as never, queue);
  await queue.put(there);
  note([there.closed, await here.recv()]);
  assertEquals(there.closed, true);
  here.close();
  assertEquals(await child.join(), 0);
  const [near, far] = mp.Pipe();
  await queue.put(mp.Pipe()[0]);
  await assertRejects(() => queue.put(far, { timeout: 0 }), Full);
  await assertRejects(() => queue.put(far, { timeout: 10 }), Full);
  const refused = { far, bad: () => 1 } as unknown as Connection;
  await assertRejects(() => queue.put(refused), SerializationError);
  const put = queue.put(far);
  await queue.get();
  await put;
  assertEquals(far.closed, true);
  await queue.shutdown({ immediate: true });
  await assertRejects(() => near.recv(), EOFError);
  const [last, end] = mp.Pipe();
  await assertRejects(() => queue.put(end), ShutDown);
  await end.send("still here");
  assertEquals(await last.recv(), "still here");
  last.close();
});

conform("Queue keeps a handle that nobody else has until it is taken", async (note) => {
  const carrier = new mp.Queue<Queue<number>>();
  for (let i = 0; i < 50; i++) {
    const inner = new mp.Queue<number>();
    await inner.put(i);
    await carrier.put(inner);
  }
  let sum = 0;
  for (const inner of await take(carrier, 50)) sum += await inner.get();
  note(sum);
  assertEquals(sum, 1225);
});

conform("a Queue reaches pool tasks and initializers as the same one", async (note) => {
  const queue = new mp.Queue<unknown>();
  await using pool = new mp.Pool({ processes: 2, initializer: targets.keep, initArgs: [queue] });
  const results = await pool.starmap(targets.putKept, [1, 2, 3].map((i) => [queue, i] as const));
  const items = (await take(queue, 3)).toSorted();
  note([results, items]);
  assertEquals([...results, ...items], [true, true, true, 1, 2, 3]);
  assertStrictEquals(await pool.apply(targets.sameQueue, [queue]), queue);
});

conform("a Queue reaches grandchildren inside other values, and stays one object", async (note) => {
  const queue = new mp.Queue<string>();
  const child = new mp.Process({ target: targets.passOn, args: [{ queue, same: queue }] });
  assertEquals(await runToEnd(child), 0);
  note(await queue.get());
});

conform("a Queue outlives the process that created it, with what is in it", async (note) => {
  const pool = new mp.Pool(1);
  const queue = await pool.apply(targets.createFilled);
  await pool.terminate();
  note(await queue.get());
  await queue.put("x".repeat(200_000));
  assertEquals((await queue.get()).length, 200_000);
  assertEquals(await valueOf(targets.tellItem, await filled("y")), "y");
});

async function filled(item: unknown): Promise<Queue<unknown>> {
  const queue = new mp.Queue<unknown>();
  await queue.put(item);
  return queue;
}

conform("a Queue goes on between others when its creator was killed", async () => {
  const path = freshPath();
  const creator = new mp.Process({ target: targets.createPair, args: [path] });
  await creator.start();
  await until(() => readValue(`${path}.ready`) === true);
  creator.kill();
  await creator.join();
  await until(() => readValue(path) !== undefined);
  assertEquals(readValue(path), 199 * 100 + 200);
}, {
  skip: capabilities.outlivesCreator ? false : "threads end with their creator (outlivesCreator)",
});

conform("a Queue goes on between others while its creator computes", async () => {
  const here = new mp.Queue<number>();
  const there = new mp.Queue<number>();
  const done = mp.RawValue("i", 0);
  const rounds = 200;
  const echo = await start(targets.pingPong, here, there, rounds);
  const leader = await start(
    async (here: Queue<number>, there: Queue<number>, done: { value: number }, rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        await here.put(i);
        await there.get();
      }
      done.value = 1;
    },
    here,
    there,
    done,
    rounds,
  );
  // Never yields until they have finished.
  while (done.value === 0);
  assertEquals([await echo.join(), await leader.join()], [0, 0]);
});

conform("a Queue reaches children on other runtimes", async () => {
  for (const runtime of ["deno", "bun", "node"] as const) {
    const queue = new mp.Queue<unknown>();
    const args: [Queue<unknown>, unknown] = [queue, "x".repeat(200_000)];
    const child = new mp.Process({ target: targets.putOne, args, runtime });
    assertEquals(await runToEnd(child), 0);
    assertEquals(String(await queue.get()).length, 200_000);
  }
}, { skip: capabilities.otherRuntime ? false : "threads share their runtime (otherRuntime)" });

conform("a Queue of another start method is refused where it is sent", async () => {
  const queue = new (getContext(other).Queue)();
  const carrier = new mp.Queue<unknown>();
  const error = await assertRejects(() => carrier.put({ a: [queue] }), SerializationError);
  assertEquals(error.path, "item.a[0]");
  assertEquals(await carrier.empty(), true);
});

conform("Queue: an item whose class is not loaded yet arrives as an instance", async (note) => {
  const queue = new mp.Queue<unknown>();
  await queue.put(new targets.Parcel("a"));
  await queue.put(new targets.Parcel("b".repeat(200_000)));
  const target = async (path: string, queue: Queue<unknown>) => {
    const names = [];
    for (let i = 0; i < 2; i++) names.push((await queue.get() as object).constructor.name);
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path, JSON.stringify(names));
  };
  note(await valueOf(target, queue));
  assertEquals(await queue.empty(), true);
});

conform("Queue: what is put just before the end of a process is there", async (note) => {
  const queue = new mp.Queue<unknown>();
  const codes = [
    await runToEnd(new mp.Process({ target: targets.putAndExit, args: [queue, "a"] })),
    await runToEnd(new mp.Process({ target: targets.putUnawaited, args: [queue] })),
  ];
  note([codes, await queue.get(), await queue.get()]);
});

conform("Queue: the event loop has its turns while items come without a wait", async () => {
  const queue = new mp.Queue<number>();
  let isOver = false;
  setTimeout(() => isOver = true, 1);
  while (!isOver) {
    await queue.put(1);
    await queue.get();
  }
});

conform("a killed consumer that waits is passed over", async (note) => {
  const queue = new mp.Queue<number>();
  const near = new mp.Event();
  const child = await start(targets.getForEver, queue, near);
  await near.wait();
  const waiting = queue.get();
  child.kill();
  await child.join();
  await queue.put(1);
  note([await waiting, await queue.qsize()]);
  await queue.put(2);
  assertEquals(await queue.get({ timeout: 0 }), 2);
});

conform("a killed producer that waits is passed over, and its item is gone", async (note) => {
  const queue = new mp.Queue<unknown>({ maxSize: 1 });
  await queue.put(1);
  const near = new mp.Event();
  const child = await start(targets.putForEver, queue, near);
  await near.wait();
  const waiting = queue.put(2);
  child.kill();
  await child.join();
  note([await queue.get(), await queue.get(), await queue.qsize()]);
  await waiting;
});

for (const [what, size] of [["small", 0], ["large", 200_000]] as const) {
  conform(`producers that are killed at any moment leave whole ${what} items`, async () => {
    const queue = new mp.Queue<unknown>({ maxSize: 100 });
    for (let round = 0; round < 5; round++) {
      const child = await start(targets.produceForEver as never, queue, size);
      let next = 0;
      const numberOf = (item: unknown) => size === 0 ? item : (item as [number])[0];
      for (; next < 200 * (round + 1); next++) assertEquals(numberOf(await queue.get()), next);
      child.kill();
      await child.join();
      while (!await queue.empty()) assertEquals(numberOf(await queue.get()), next++);
    }
    await queue.put("after");
    assertEquals([await queue.get(), await queue.qsize()], ["after", 0]);
  });
}

conform(
  "consumers that are killed at any moment lose what they have got, and no more",
  async () => {
    const queue = new mp.Queue<number>();
    let next = 0;
    for (let round = 0; round < 5; round++) {
      const last = mp.RawValue("d", next);
      const child = await start(targets.consumeForEver as never, queue, last);
      let put = next;
      while (last.value < next + 500) await queue.put(put++);
      child.kill();
      await child.join();
      for (let i = 0; i < 10; i++) await queue.put(put++);
      const first = await queue.get();
      // One may have been taken by a consumer that was killed before it said so.
      assert(first === last.value || first === last.value + 1, `${first} after ${last.value}`);
      for (next = first + 1; next < put; next++) assertEquals(await queue.get(), next);
      assertEquals(await queue.qsize(), 0);
    }
  },
);

conform("Queue tells wait() when there is something to get", async (note) => {
  const queue = new mp.Queue<number>();
  const source = readinessOf(queue)!;
  const states = [source.ready()];
  let calls = 0;
  const changed = new Promise<void>((resolve) => {
    const stop = source.watch(() => {
      calls++;
      stop();
      resolve();
    });
  });
  const child = await start(targets.putOne as never, queue, 7);
  await changed;
  states.push(source.ready(), calls === 1);
  await child.join();
  states.push(await queue.get() === 7, source.ready());
  const silent = source.watch(() => calls++);
  silent();
  await queue.put(8);
  await queue.get();
  await queue.shutdown();
  states.push(source.ready(), calls === 1);
  note(states);
  assertEquals(states, [false, true, true, true, false, true, true]);
  queue.close();
  assertThrows(() => source.ready(), ProcessError);
});

conform(
  "Queue: what a child has put arrives, though it awaited nothing and there was no room",
  async (note) => {
    const queue = new mp.Queue<number>({ maxSize: 3 });
    const child = new mp.Process({ target: targets.putManyUnawaited, args: [queue, 50] });
    await child.start();
    while (!await queue.full()) await new Promise((resolve) => setTimeout(resolve, 1));
    const got: number[] = [];
    while (got.length < 50) got.push(await queue.get());
    note(got);
    note(await child.join());
  },
);

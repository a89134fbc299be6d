/** Managers: live objects that any process can use. Long because one suite covers all of their types. */

import { existsSync } from "node:fs";
import process from "node:process";
import { inspect } from "node:util";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BaseProxy,
  BrokenBarrierError,
  type DictProxy,
  DictProxy as DictProxyClass,
  Empty,
  EOFError,
  Full,
  type ListProxy,
  ListProxy as ListProxyClass,
  ProcessError,
  SerializationError,
  ShutDown,
  SyncManager,
  TimeoutError,
} from "../../mod.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { freshPath, mp, readValue, runToEnd, until, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { isRunning, startProgram } from "../support/programs.ts";

const noKill = method === "thread"
  ? "the server of a thread manager is a thread of this very process (no own pid to kill)"
  : false;
const noOther = mp.capabilities.otherRuntime
  ? false
  : "a thread runs on its process's runtime (otherRuntime)";

type Note = (value: unknown) => void;

/** A test with a manager of its own. */
function managed(
  name: string,
  body: (manager: SyncManager, note: Note) => Promise<void>,
  options?: { skip?: string | false },
): void {
  conform(name, async (note) => {
    await using manager = await mp.Manager();
    await body(manager, note);
  }, options);
}

/** What a promise rejects with: its name and message. */
async function failure(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    (value) => `no error: ${String(value)}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

// Dicts

managed("a dict proxy is a Map whose methods return promises", async (manager, note) => {
  const dict = await manager.dict<unknown>({ a: 1, b: "two" });
  assert(dict instanceof DictProxyClass);
  await dict.set("c", [3, { deep: true }]);
  note([await dict.get("a"), await dict.get("c"), await dict.get("missing")]);
  note([await dict.has("b"), await dict.delete("b"), await dict.delete("b"), await dict.size()]);
  note([await dict.keys(), await dict.values(), await dict.entries()]);
  await dict.update(new Map([["d", 4]]));
  await dict.update([["e", 5]]);
  await dict.update({ f: 6 });
  note([await dict.pop("d"), await dict.pop("d", "none"), await dict.pop("d")]);
  note([await dict.setDefault("a", 9), await dict.setDefault("g", 7)]);
  const copy = await dict.copy();
  assert(copy instanceof Map);
  assertEquals(copy, await dict.getValue());
  note(copy);
  await dict.clear();
  assertEquals(await dict.size(), 0);
});

managed("a dict is made of a map, pairs, a plain object or nothing", async (manager, note) => {
  for (const source of [new Map([["k", 1]]), [["k", 1]], { k: 1 }, undefined]) {
    const dict = await manager.dict(source as Record<string, number>);
    note(await dict.entries());
  }
  note(await failure(manager.dict(5 as never)));
  note(await failure(manager.dict([1, 2] as never)));
  const dict = await manager.dict({ a: 1 });
  note(await failure(dict.update(7 as never)));
  assertEquals(await dict.entries(), [["a", 1]]);
});

managed("keys of every object's own are keys like others", async (manager, note) => {
  const dict = await manager.dict<string, unknown>();
  for (const key of ["__proto__", "constructor", "toString", ""]) await dict.set(key, key.length);
  note(await dict.entries());
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  const names = await manager.Namespace<Record<string, unknown>>();
  await names.set("__proto__", { polluted: true });
  note([await names.get("__proto__"), await names.get("constructor"), await names.names()]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

managed(
  "for await over a dict or a list sees it as it was at one moment",
  async (manager, note) => {
    const dict = await manager.dict({ a: 1, b: 2 });
    const list = await manager.list([1, 2, 3]);
    const seen: unknown[] = [];
    for await (const entry of dict) {
      await dict.set(`${entry[0]}${entry[0]}`, 0);
      seen.push(entry);
    }
    for await (const item of list) {
      await list.push(item);
      seen.push(item);
    }
    note([seen, await dict.size(), await list.length()]);
    assertEquals(seen, [["a", 1], ["b", 2], 1, 2, 3]);
  },
);

// Lists

managed("a list proxy is an array whose methods return promises", async (manager, note) => {
  const list = await manager.list([3, 1, 2]);
  assert(list instanceof ListProxyClass);
  note([await list.at(0), await list.at(-1), await list.at(9), await list.length()]);
  note([await list.push(5, 4), await list.pop(), await list.pop(0), await list.pop(9)]);
  await list.insert(1, 8);
  await list.set(-1, 6);
  note(await list.copy());
  await list.sort();
  await list.sort({ reverse: true });
  await list.reverse();
  note([await list.slice(), await list.slice(1), await list.slice(-2, -1)]);
  note([
    await list.includes(8),
    await list.indexOf(8),
    await list.indexOf(99),
    await list.count(8),
  ]);
  note([await list.splice(1, 2, 10, 11, 12), await list.splice(3), await list.copy()]);
  await list.extend(new Set([20, 21]));
  await list.remove(20);
  note(await list.getValue());
  await list.clear();
  assertEquals(await list.length(), 0);
});

managed("a list compares objects by what they hold", async (manager, note) => {
  const list = await manager.list<unknown>([{ a: [1] }, NaN, -0]);
  const inner = await manager.list();
  await list.push(inner);
  note([
    await list.indexOf({ a: [1] }),
    await list.indexOf({ a: [2] }),
    await list.indexOf(NaN),
    await list.indexOf(0),
    await list.indexOf(inner),
    await list.includes(await manager.list()),
  ]);
  await list.remove({ a: [1] });
  assertEquals(await list.length(), 3);
});

managed("misuse of a list is refused, and changes nothing", async (manager, note) => {
  const list = await manager.list<unknown>([2, "b"]);
  note(await failure(list.set(2, 1)));
  note(await failure(list.at("0" as never)));
  note(await failure(list.remove(7)));
  note(await failure(list.sort()));
  note(await failure(list.sort(((a: number, b: number) => a - b) as never)));
  note(await failure(manager.list(5 as never)));
  assertEquals(await list.copy(), [2, "b"]);
});

managed("what a list is sorted by is checked, and changes nothing", async (manager, note) => {
  const list = await manager.list<unknown>([2, 1]);
  for (const wrong of ["x", 5, null, { key: 1 }, { reverse: "yes" }, { compare: () => 0 }]) {
    note(await failure(list.sort(wrong as never)));
  }
  note(await failure((await manager.list([{}, {}])).sort()));
  assertEquals(await list.copy(), [2, 1]);
});

managed("containers are made of copies of what other proxies stand for", async (manager, note) => {
  const inner = await manager.list(["shared"]);
  const dict = await manager.dict({ a: 1 });
  const list = await manager.list<unknown>([1, inner]);
  const [dict2, list2] = [await manager.dict(dict), await manager.list(list)];
  await dict2.update(await manager.dict({ b: 2 }));
  await list2.extend(await manager.list([3]));
  note([await dict.entries(), await dict2.entries(), await list.length(), await list2.length()]);
  // What is nested stays shared.
  await (await list2.at(1) as ListProxy<string>).push("by both");
  note(await inner.copy());
  note(await (await manager.list(dict as never)).copy());
  const names = await manager.Namespace({ x: 1 });
  note([
    await (await manager.dict(names as never)).entries(),
    await (await manager.Namespace(names)).repr(),
    await (await manager.Array("int32", await manager.list([4, 5]))).slice(),
    await (await manager.Array("d", await manager.Array("d", [0.5]))).slice(),
  ]);
  // Of another manager, too.
  await using other = await mp.Manager();
  note(await (await other.list(await manager.list([7]))).copy());
  const queue = await manager.Queue() as never;
  for (const made of [manager.list(queue), manager.dict(queue), manager.Namespace(queue)]) {
    const text = await failure(made);
    assert(text.startsWith("TypeError") && !text.includes("Served"), text);
    note(text);
  }
  note(await failure(manager.dict(await manager.list([1]) as never)));
});

// Namespaces, values, arrays

managed("a namespace has values under names", async (manager, note) => {
  const names = await manager.Namespace<{ x: number; y?: string }>({ x: 1 });
  await names.set("y", "why");
  note([await names.get("x"), await names.get("y"), await names.names()]);
  note([await names.delete("x"), await names.delete("x"), await names.repr()]);
  const seen: unknown[] = [];
  for await (const entry of names) seen.push(entry);
  note(seen);
  assertEquals(seen, [["y", "why"]]);
});

managed("values and arrays keep to their type", async (manager, note) => {
  const value = await manager.Value("int32", 7);
  await value.set(8);
  note([await value.get(), await value.getValue(), await value.repr()]);
  note(await failure(value.set("nine" as never)));
  const array = await manager.Array("d", [0.5, 1.5, 2.5]);
  await array.set(-1, 9);
  note([await array.at(0), await array.at(-1), await array.at(3), await array.length()]);
  note([
    await array.slice(1),
    await failure(array.set(3, 1)),
    await failure(array.set(0, "x" as never)),
  ]);
  note(await (await manager.Array("int64", 2)).slice());
  note(await failure(manager.Value("no such" as never, 1)));
});

// Proxies

managed("a proxy shows itself, and on request its object", async (manager, note) => {
  const shown = await manager.list([/a+/g, new URL("http://localhost/x"), new Date(5)]);
  assertEquals(await shown.repr(), '[/a+/g, URL("http://localhost/x"), Date(5)]');
  const dict = await manager.dict<unknown>({ a: [1, "two", null, { b: new Map([[1, 2n]]) }] });
  const list = await manager.list<unknown>([dict]);
  note([String(list), await list.repr(), await dict.repr(), await (await manager.Lock()).repr()]);
  assertEquals(await dict.toString(), await dict.repr());
});

conform("String() of a proxy names its class, its type and its number", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const shown = [await manager.Counter(), await manager.Custom(), await manager.Strict()].map(
    String,
  );
  note(shown);
  assertEquals(shown, [
    "<AutoProxy[Counter] object, typeid 'Counter' at 0x1>",
    "<CounterProxy object, typeid 'Custom' at 0x2>",
    "<AutoProxy[Strict] object, typeid 'Strict' at 0x3>",
  ]);
  const proxy = await manager.Counter();
  assertEquals([inspect(proxy), `${proxy}`], [String(proxy), String(proxy)]);
});

managed("proxies nest: a list in a dict in a list", async (manager, note) => {
  const inner = await manager.list([1]);
  const dict = await manager.dict({ inner });
  const outer = await manager.list([dict]);
  const again = await (await outer.at(0))!.get("inner");
  assert(again instanceof ListProxyClass);
  await again!.push(2);
  note([await inner.copy(), await (await dict.copy()).get("inner")!.length()]);
  assertEquals(await inner.copy(), [1, 2]);
});

managed("a plain value inside a container is a copy", async (manager, note) => {
  const dict = await manager.dict({ list: [1] });
  const copy = await dict.get("list");
  copy!.push(2);
  note(await dict.get("list"));
  await dict.set("list", copy!);
  note(await dict.get("list"));
});

managed(
  "an object lives as long as a proxy stands for it, wherever that is",
  async (manager, note) => {
    const counts: unknown[] = [];
    const count = async () => counts.push((await manager.stats()).objects);
    const inner = await manager.list([1]);
    const outer = await manager.list([inner]);
    await count();
    inner.dispose();
    inner.dispose();
    await count();
    const again = (await outer.at(0))!;
    note(await again.copy());
    outer.dispose();
    await count();
    note(await again.copy());
    note(await failure(outer.length()));
    note(await failure(manager.list([outer])));
    assertEquals(counts.slice(0, 2), [2, 2]);
    {
      using scoped = await manager.dict();
      await scoped.set("a", 1);
    }
    note(counts);
  },
);

managed("a proxy on its way keeps its object", async (manager, note) => {
  const queue = await manager.Queue<ListProxy<number>>();
  const list = await manager.list([7]);
  await queue.put(list);
  list.dispose();
  const same = await queue.get();
  note(await same.copy());
  const child = new mp.Process({ target: targets.useFromQueue, args: [queue] });
  await child.start();
  await queue.put(same);
  assertEquals(await child.join(), 0);
  note(await same.copy());
  assertEquals(await same.copy(), [7, 42]);
});

managed("the proxies of a process that has ended are counted no more", async (manager, note) => {
  const list = await manager.list();
  const pushed = new mp.Process({ target: targets.pushAll, args: [list, [1, "two"]] });
  assertEquals(await runToEnd(pushed), 0);
  note(await list.copy());
  const { objects } = await manager.stats();
  list.dispose();
  const left = async () => (await manager.stats()).objects;
  let now = await left();
  while (now > 0) now = await left();
  note([objects, now]);
});

managed("proxies travel through pools and back", async (manager, note) => {
  await using pool = new mp.Pool(2);
  const list = await manager.list([1]);
  const back = await pool.apply(targets.giveBack, [list]);
  await back.push(2);
  note(await list.copy());
  const queue = await manager.Queue<number>();
  note(
    await pool.starmap(targets.putSquare, [1, 2, 3].map((x): [typeof queue, number] => [queue, x])),
  );
  const squares = [await queue.get(), await queue.get(), await queue.get()];
  note(squares.sort());
  assertEquals(squares, [1, 4, 9]);
});

managed("proxies travel through queues of shared memory", async (manager, note) => {
  const queue = new mp.Queue<ListProxy<number>>();
  const list = await manager.list([1]);
  await queue.put(list);
  await queue.put(list);
  const [first, second] = [await queue.get(), await queue.get()];
  await first.push(2);
  first.dispose();
  await second.push(3);
  note(await list.copy());
  const last = await manager.list([9]);
  await queue.put(last);
  last.dispose();
  note(await (await queue.get()).copy());
  queue.close();
});

managed("proxies travel through pipes", async (manager, note) => {
  const [here, there] = mp.Pipe<unknown>();
  const list = await manager.list(["in a pipe"]);
  await here.send({ list });
  const { list: same } = await there.recv() as { list: ListProxy<string> };
  await same.push("and out");
  note(await list.copy());
  assertEquals(await list.length(), 2);
});

managed(
  "what cannot be sent is refused with its place, and the proxy stays usable",
  async (manager, note) => {
    const dict = await manager.dict<string, unknown>();
    const error = await assertRejects(
      () => dict.set("a", { deep: [() => {}] }),
      SerializationError,
    );
    note([error.path, error.message]);
    await dict.set("a", 1);
    assertEquals(await dict.get("a"), 1);
  },
);

managed("only the methods of a type can be called", async (manager, note) => {
  const dict = await manager.dict({ a: 1 });
  const names = ["constructor", "__proto__", "hasOwnProperty", "toString", "value", "repr", "#map"];
  for (const name of names) note(await failure(dict.call(name)));
  note(await failure(manager.create("constructor")));
  note(await failure(manager.create("Iterator")));
  assertEquals(await dict.call("get", "a"), 1);
  assertThrows(() => new BaseProxy({} as never), TypeError);
});

managed("a hundred calls in flight are answered each by its own", async (manager, note) => {
  const list = await manager.list(Array.from({ length: 100 }, (_, i) => i));
  const all = await Promise.all(Array.from({ length: 100 }, (_, i) => list.at(i)));
  note(all.every((value, i) => value === i));
  const big = "x".repeat(3_000_000);
  const dict = await manager.dict({ big });
  note(await dict.get("big") === big);
});

managed("instances of registered classes live in a dict", async (manager, note) => {
  const dict = await manager.dict<string, targets.Place>();
  await dict.set("here", new targets.Place(2));
  const place = await dict.get("here");
  assert(place instanceof targets.Place);
  note([place.double().x, await dict.repr()]);
});

// Queues

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

// Locks

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

managed("arguments that mean nothing are refused at the call", async (manager, note) => {
  const barrier = (options: unknown) => failure(manager.Barrier(1, options as never));
  note([await barrier(() => {}), await barrier(null), await barrier({ acton: () => {} })]);
  note(await barrier({ action: 5 }));
  const queue = await manager.Queue<number>();
  for (const wrong of ["x", null, true, { immediate: 1 }]) {
    note(await failure(queue.shutdown(wrong as never)));
  }
  note(await failure(queue.call("shutdown", "x")));
  await queue.put(1);
  note(await queue.get());
  const { SyncManager } = mp;
  for (const wrong of ["x", null, 5, { authkey: "k" }, { runtime: "ruby" }]) {
    note(assertThrows(() => new SyncManager(wrong as never), TypeError).message);
  }
  note(await failure(mp.Manager("x" as never)));
  const fresh = new SyncManager();
  for (const wrong of ["x", null, { initialiser: () => {} }, { initArgs: "ab" }]) {
    note(await failure(fresh.start(wrong as never)));
  }
  await using _started = fresh;
  await fresh.start();
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

// Classes of one's own

conform("a registered class is served, and its methods are typed", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter(5);
  const sum: number = await counter.add(2);
  // Held, so that it is counted below.
  using hundred = await manager.Hundred();
  note([sum, await counter.addLater(3), await hundred.add(1)]);
  const values: number[] = [];
  for await (const value of await counter.upTo(3)) values.push(value);
  const texts: string[] = [];
  for await (const text of await counter.slowly(["a", "b", "c"])) {
    texts.push(text);
    if (text === "b") break;
  }
  note([values, texts, (await manager.stats()).objects]);
  const inline = await manager.Inline(4);
  note(await inline.get("x"));
});

conform("errors of a served class arrive as they were thrown", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  const error = await assertRejects(() => counter.fail(), RangeError);
  note([error.message, (error.cause as Error).message, (error as never as { code: number }).code]);
  note(await failure(counter.unsendable()));
  note(await failure(manager.Counter("no number" as never)));
  note(await failure(manager.create("Nothing")));
  assertEquals(await counter.add(1), 1);
});

conform("errors of a manager show the caller's side of the stack, too", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  async function callerOfFail(): Promise<void> {
    await counter.fail();
  }
  async function callerOfCreate(): Promise<void> {
    await manager.Counter("no number" as never);
  }
  for (const caller of [callerOfFail, callerOfCreate]) {
    const { stack } = await assertRejects(caller, Error);
    assertStringIncludes(stack!, "manager_targets.ts");
    assertStringIncludes(stack!, "\n    in BoundBase-");
    // JavaScriptCore does not follow promises.
    if (!("bun" in process.versions)) {
      const [, here] = stack!.split("called from\n");
      assertStringIncludes(here, caller.name);
      assertStringIncludes(here, "manager_test.ts");
      assertEquals(here.includes("/src/"), false, here);
    }
  }
  const reason = new Error("the caller's own");
  const { stack } = reason;
  const queue = (await mp.Manager()) as SyncManager;
  await using _queue = queue;
  const waiting = (await queue.Queue()).get({ signal: AbortSignal.abort(reason) });
  assertEquals(await waiting.catch((error) => error), reason);
  const aborting = new AbortController();
  const later = (await queue.Queue()).get({ signal: aborting.signal });
  aborting.abort(reason);
  assertEquals(await later.catch((error) => error), reason);
  assertEquals(reason.stack, stack);
  note("ok");
});

conform("methods that give shared objects give their proxies", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter(1);
  const child = await counter.child() as unknown as typeof counter;
  assert(child as unknown instanceof BaseProxy);
  note([await child.add(10), await counter.add(1)]);
});

conform("only exposed methods can be called", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  for (const name of ["_hidden", "getter", "label", "children", "constructor", "isPrototypeOf"]) {
    note(await failure(counter.call(name)));
  }
  const strict = await manager.Strict();
  note([await strict.add(1), "upTo" in strict, await failure(strict.call("upTo", 1))]);
  const custom = await manager.Custom(1) as unknown as targets.CounterProxy;
  assert(custom instanceof targets.CounterProxy);
  note([await custom.addTwice(2), await failure(custom.call("fail"))]);
});

conform("without a factory the argument becomes the object", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const place = await manager.Adopted(new targets.Place(3));
  note((await place.call("double") as targets.Place).x);
  note(await failure(manager.Adopted()));
  note(await failure(manager.Adopted(5)));
});

conform("register() refuses what it cannot serve", (note) => {
  const fresh = mp.BaseManager.extend();
  const attempts: (() => unknown)[] = [
    () => fresh.register("not a name", targets.Counter),
    () => fresh.register("start", targets.Counter),
    () => fresh.register("then", targets.Counter),
    () => fresh.register("A", 5 as never),
    () => fresh.register("A", targets.Counter, { exposed: ["__proto__"] }),
    () => fresh.register("A", targets.Counter, { exposed: "add" as never }),
    () => fresh.register("A", targets.Counter, { methodToType: { constructor: "A" } }),
    () => fresh.register("A", targets.Counter, { proxyType: targets.Counter as never }),
    () => fresh.register("A", targets.Counter, "exposed" as never),
    () => fresh.register("A", targets.Counter, null as never),
    () => fresh.register("A", targets.Counter, { expose: ["add"] } as never),
    () => fresh.register("A", targets.Counter, { createMethod: 1 as never }),
    () => fresh.register("A", targets.Counter, { methodToType: "A" as never }),
    () => fresh.register("A", targets.Counter, { methodToType: { child: 1 as never } }),
    () => fresh.register("A", targets.Awkward),
    () => fresh.register("A", targets.Awkward, { exposed: ["fine", "dispose"] }),
    () => fresh.register("A", targets.Awkward, { exposed: ["then"] }),
  ];
  for (const attempt of attempts) note(assertThrows(attempt, TypeError).message);
  assertEquals("A" in fresh.prototype, false);
});

conform("an object whose methods are in a proxy's way is served without them", async (note) => {
  await using manager = new targets.AwkwardManager();
  await manager.start();
  const chosen = await manager.Chosen();
  // Held, so that it is counted below.
  using child = await chosen.child() as unknown as typeof chosen;
  note([await chosen.fine(), await child.fine()]);
  note(await failure(chosen.call("dispose")));
  note(await failure(chosen.getValue()));
  using named = await manager.Named() as unknown as targets.AwkwardProxy;
  note([await named.endThere(), await named.repr()]);
  note([await failure(manager.Made()), await failure(manager.MadeThenable())]);
  note((await manager.stats()).objects);
  chosen.dispose();
  note(await failure(chosen.fine()));
});

conform("registrations of a subclass are its own", async (note) => {
  await using manager = new targets.MixedManager();
  await manager.start();
  const place = await manager.Place(4);
  note(await failure(manager.Queue(3 as never)));
  note(await failure(manager.JoinableQueue(null as never)));
  note((await place.double()).x);
  note(await (await manager.list([1])).copy());
  assertEquals("Place" in mp.SyncManager.prototype, false);
});

conform("an initializer runs first; one that fails is told", async (note) => {
  await using manager = new targets.InitializedManager();
  await manager.start({ initializer: targets.initialize, initArgs: [7] });
  note(await (await manager.Initialized()).value());
  await using failing = new targets.InitializedManager();
  note(await failure(failing.start({ initializer: targets.failToInitialize })));
  note(await failure(failing.start(targets.failToInitialize)));
  note(await failure(failing.create("Initialized")));
});

conform("a manager that is not started, or not any more, says so", async (note) => {
  const manager = new mp.SyncManager();
  note(await failure(manager.dict()));
  await assertRejects(() => manager.shutdown(), ProcessError);
  await manager.start();
  note(await failure(manager.start()));
  const dict = await manager.dict({ a: 1 });
  const queue = await manager.Queue();
  const waiting = failure(queue.get());
  await manager.shutdown();
  await manager.shutdown();
  await assertRejects(() => dict.get("a"), EOFError);
  await assertRejects(() => manager.dict(), EOFError);
  note([(await waiting).split(":")[0], await manager.join()]);
});

// Death

for (const kind of ["Lock", "RLock", "Semaphore"] as const) {
  managed(`a ${kind} of a killed process comes free`, async (manager, note) => {
    const lock = await manager[kind]();
    const held = await manager.Event();
    const child = new mp.Process({ target: targets.holdForEver, args: [lock, held] });
    await child.start();
    await held.wait();
    note([await lock.locked(), await lock.acquire({ timeout: 0 })]);
    const waiting = lock.acquire();
    child.kill();
    note([await waiting, await lock.abandoned()]);
    await child.join();
    await lock.release();
    assertEquals(await lock.abandoned(), false);
  });
}

managed("a process that is killed while it waits for an item loses none", async (manager, note) => {
  const queue = await manager.Queue<number>();
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [queue, near] });
  await child.start();
  await near.wait();
  child.kill();
  await child.join();
  let { clients } = await manager.stats();
  while (clients > 1) ({ clients } = await manager.stats());
  await queue.put(1);
  note([await queue.get({ timeout: 5_000 }), clients]);
});

managed("a barrier breaks when one who waits at it is killed", async (manager, note) => {
  const barrier = await manager.Barrier(3);
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [barrier, near] });
  await child.start();
  await near.wait();
  const mine = failure(barrier.wait());
  child.kill();
  note(await mine);
  await child.join();
});

managed("when the server is killed every call is told, in all processes", async (manager, note) => {
  const queue = await manager.Queue();
  const near = await manager.Event();
  const lost = valueOf(targets.tellLoss, queue, near);
  await near.wait();
  const mine = queue.get().then(() => "an item", (error: Error) => error.name);
  await queue.qsize();
  process.kill(manager.pid!, "SIGKILL");
  note([await mine, await lost]);
  await assertRejects(() => manager.dict(), EOFError);
  await manager.shutdown();
}, { skip: noKill });

/** A text without what is different in each run. */
function withoutNumbers(text: string, pid: number | null): string {
  return text.replaceAll(`pid ${pid}`, "pid P").replace(/(server \w+)-[\d.:-]+/, "$1-N");
}

managed("who calls a server that was killed is told who has died, and of what", async (
  manager,
  note,
) => {
  const queue = await manager.Queue();
  const near = await manager.Event();
  const lost = valueOf(targets.tellLossText, queue, near);
  await near.wait();
  const { pid } = manager;
  const mine = [queue.get(), queue.get()].map(failure);
  await queue.qsize();
  process.kill(pid!, "SIGKILL");
  const told = [...await Promise.all(mine), await failure(queue.put(1)), await lost as string];
  note(told.map((text) => withoutNumbers(text, pid)));
  assertEquals(
    withoutNumbers(told[2], pid),
    "EOFError: The manager's server SyncManager-N (pid P) ended by SIGKILL",
  );
  assertEquals(withoutNumbers(told[3], pid), "EOFError: The manager's server (pid P) has ended");
}, { skip: noKill });

conform("who calls a server that ends itself is told its exit code", async (note) => {
  const manager = new targets.MixedManager();
  await manager.start();
  const { pid } = manager;
  const bomb = await manager.Bomb();
  const waiting = failure((await manager.Queue()).get());
  const told = [await failure(bomb.explode()), await waiting, await failure(manager.stats())];
  note(told.map((text) => withoutNumbers(text, pid)));
  for (const text of told) assert(text.includes("ended by exit code 3"), text);
  await manager.shutdown();
});

conform("whoever waits when its manager is shut down is told just that", async (note) => {
  const manager = await mp.Manager();
  const waiting = failure((await manager.Queue()).get());
  await manager.stats();
  await manager.shutdown();
  note([await waiting, await failure(manager.list())]);
});

conform(
  "whatever waits is told when the server ends, and so is all that comes later",
  async (note) => {
    const manager = new targets.MixedManager();
    await manager.start();
    const [queue, tasks] = [
      await manager.Queue<number>({ maxSize: 1 }),
      await manager.JoinableQueue(),
    ];
    const [lock, semaphore] = [await manager.RLock(), await manager.Semaphore(0)];
    const [event, barrier] = [await manager.Event(), await manager.Barrier(2)];
    const condition = await manager.Condition();
    const taken = await manager.Lock();
    const bomb = await manager.Bomb();
    const numbers = await bomb.toldAt(freshPath());
    await lock.acquire();
    await taken.acquire();
    await tasks.put(1);
    await condition.acquire();
    const get = queue.get();
    const later = [
      get,
      tasks.join(),
      taken.acquire(),
      semaphore.acquire(),
      event.wait(),
      barrier.wait(),
      condition.wait(),
      condition.waitFor(() => false),
      queue.get({ timeout: 60_000 }),
    ].map(failure);
    const bang = failure(bomb.explode());
    note([await bang, ...await Promise.all(later)].map((text) => text.split(":")[0]));
    const after: Promise<unknown>[] = [
      queue.put(1),
      queue.get({ timeout: 0 }),
      lock.release(),
      event.isSet(),
      numbers.next(),
      manager.dict(),
      manager.stats(),
      lock.hold(),
    ];
    note((await Promise.all(after.map(failure))).map((text) => text.split(":")[0]));
    for (const proxy of [queue, tasks, lock, numbers]) proxy.dispose();
    await manager.shutdown();
    await assertRejects(() => manager.list(), EOFError);
  },
);

conform(
  "when its parent is killed the server ends by itself, and its pool with it",
  async (note) => {
    const [address, path] = [freshPath(), freshPath()];
    const program = startProgram("manager_parent.ts", address, path);
    await until(() => readValue(path) !== undefined);
    const { server, worker } = readValue(path) as { server: number; worker: number };
    {
      await using client = new SyncManager({ address });
      await client.connect();
      note(await (await client.list([1])).copy());
      const waiting = failure((await client.Queue()).get());
      process.kill(program.pid, "SIGKILL");
      note((await waiting).split(":")[0]);
    }
    await program.ended;
    await until(() => ![program.pid, server, worker].some(isRunning));
    await assertRejects(() => new SyncManager({ address }).connect(), ProcessError);
    // A process that is killed with its parent leaves its socket's file, which is in nobody's way.
    await using again = new mp.SyncManager({ address });
    await again.start();
    note(await (await again.list([2])).copy());
    await again.shutdown();
    assertEquals(existsSync(address), false);
  },
);

conform("an object goes with its last holder, however that ends", async (note) => {
  await using manager = await mp.Manager();
  const list = await manager.list<string>();
  const over = await manager.Event();
  const [first, second] = [await manager.Event(), await manager.Event()];
  const children = [first, second].map((near) =>
    new mp.Process({ target: targets.keepUntil, args: [list, near, over] })
  );
  for (const child of children) await child.start();
  await first.wait();
  await second.wait();
  note(await list.copy());
  list.dispose();
  const objects = async () => (await manager.stats()).objects;
  note(await objects());
  children[0].kill();
  await children[0].join();
  let { clients } = await manager.stats();
  while (clients > 2) ({ clients } = await manager.stats());
  note(await objects());
  await over.set();
  await children[1].join();
  while (await objects() > 3) await Promise.resolve();
  note(await objects());
});

conform("an iterator from afar that its last holder gives up is closed", async (note) => {
  await using manager = new targets.MixedManager();
  await manager.start();
  const bomb = await manager.Bomb();
  const paths = [freshPath(), freshPath(), freshPath()];
  for await (const n of await bomb.toldAt(paths[0])) if (n === 2) break;
  note(readValue(paths[0]));
  const dropped = await bomb.toldAt(paths[1]);
  note(await dropped.next());
  dropped.dispose();
  await until(() => readValue(paths[1]) !== undefined);
  note([await dropped.next(), await dropped.return()]);
  const shared = await bomb.toldAt(paths[2]);
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.stepAndStay, args: [shared, near] });
  await child.start();
  await near.wait();
  note([(await shared.next()).value, readValue(paths[2])]);
  shared.dispose();
  await manager.stats();
  note(readValue(paths[2]));
  child.kill();
  await child.join();
  await until(() => readValue(paths[2]) !== undefined);
});

// Other runtimes

for (const runtime of runtimeNames) {
  conform(`a manager on this runtime serves clients on ${runtime}`, async (note) => {
    const { setExecutable } = await import("../../mod.ts");
    setExecutable(executable(runtime), { runtime });
    await using manager = await mp.Manager();
    const lock = await manager.Lock();
    const dict: DictProxy<string, number> = await manager.dict({ count: 0 });
    const list = await manager.list<unknown>();
    const child = new mp.Process({ runtime, target: targets.countUp, args: [dict, lock, 10] });
    assertEquals(await runToEnd(child), 0);
    const values = [1, "two", new Map([[1, new Set([2n])]]), new Date(0), [dict]];
    const pushing = new mp.Process({ runtime, target: targets.pushAll, args: [list, values] });
    assertEquals(await runToEnd(pushing), 0);
    note([await dict.get("count"), await list.slice(0, 4)]);
    note(await ((await list.at(4)) as [typeof dict])[0].get("count"));
  }, { skip: noOther });

  conform(`a manager on ${runtime} serves this runtime`, async (note) => {
    const { setExecutable } = await import("../../mod.ts");
    setExecutable(executable(runtime), { runtime });
    await using manager = await mp.Manager({ runtime });
    const list = await manager.list<unknown>([3, 1]);
    await list.sort();
    note([await list.copy(), await list.repr(), await failure(list.set(9, 9))]);
  }, { skip: noOther });
}

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});

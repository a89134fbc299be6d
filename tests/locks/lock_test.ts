/** `Lock` and `RLock`: one holder at a time, whoever dies. */

import { readFileSync, writeFileSync } from "node:fs";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  capture,
  getContext,
  Lock,
  ProcessError,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import { method } from "../support/method.ts";
import * as targets from "../fixtures/sync_targets.ts";
import { freshPath, mp, readValue, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const other = method === "process" ? "thread" : "process";
const { capabilities } = mp;

conform("Lock.acquire() takes a free lock, and release() frees it", async (note) => {
  const lock = new mp.Lock();
  assert(lock instanceof Lock);
  const states = [lock.locked(), await lock.acquire(), lock.locked()];
  lock.release();
  note([...states, lock.locked(), lock.abandoned]);
  assertEquals(states, [false, true, true]);
});

conform("Lock.release() of a free lock is a RangeError and changes nothing", async (note) => {
  const lock = new mp.Lock();
  const error = assertThrows(() => lock.release(), RangeError);
  note(error.message);
  assertEquals(await lock.acquire({ timeout: 0 }), true);
  assertEquals(await lock.acquire({ timeout: 0 }), false);
});

conform("Lock.acquire() gives up in time, and has taken nothing", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  const results = [
    await lock.acquire({ timeout: 0 }),
    await lock.acquire({ timeout: -1 }),
    await lock.acquire({ timeout: 20 }),
  ];
  lock.release();
  note([...results, lock.locked(), await lock.acquire({ timeout: 20 })]);
  assertEquals(results, [false, false, false]);
  lock.release();
});

conform("Lock.acquire() is ended by a signal, and has taken nothing", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  const controller = new AbortController();
  const waiting = lock.acquire({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  note((await assertRejects(() => waiting, Error)).message);
  await assertRejects(() => lock.acquire({ signal: controller.signal }), Error, "enough");
  lock.release();
  assertEquals(lock.locked(), false);
});

conform("Lock serves those who wait first come, first served", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  const order: number[] = [];
  const all = [1, 2, 3, 4].map((n) => lock.acquire().then(() => (order.push(n), lock.release())));
  lock.release();
  await Promise.all(all);
  note(order);
  assertEquals(order, [1, 2, 3, 4]);
});

conform("Lock serves processes in the order in which they came", async (note) => {
  const lock = new mp.Lock();
  const path = freshPath();
  writeFileSync(path, "");
  await lock.acquire();
  const children = [];
  for (const name of ["a", "b", "c"]) {
    const near = new mp.Event();
    const child = new mp.Process({ target: targets.enlist, args: [path, lock, near, name] });
    await child.start();
    await near.wait();
    children.push(child);
  }
  lock.release();
  for (const child of children) assertEquals(await child.join(), 0);
  note(readFileSync(path, "utf8"));
  assertEquals(readFileSync(path, "utf8"), "abc");
});

conform("Lock lets one in at a time, of four processes", async (note) => {
  const lock = new mp.Lock();
  const path = freshPath();
  writeFileSync(path, "0");
  const children = Array.from(
    { length: 4 },
    () => new mp.Process({ target: targets.count, args: [path, lock, 100] }),
  );
  await Promise.all(children.map((child) => child.start()));
  for (const child of children) assertEquals(await child.join(), 0);
  note(readFileSync(path, "utf8"));
  assertEquals(readFileSync(path, "utf8"), "400");
});

conform("Lock.hold() releases at the end of its scope, and rejects in time", async (note) => {
  const lock = new mp.Lock();
  {
    using held = await lock.hold();
    note((await assertRejects(() => lock.hold({ timeout: 10 }), TimeoutError)).message);
    held[Symbol.dispose]();
    assertEquals(lock.locked(), false);
  }
  assertEquals(lock.locked(), false);
});

conform(
  "Lock.withLock() gives what the function gives, and releases when it throws",
  async (note) => {
    const lock = new mp.Lock();
    note(await lock.withLock(async () => [await Promise.resolve(1), lock.locked()]));
    await assertRejects(() => lock.withLock(() => Promise.reject(new Error("no"))), Error, "no");
    assertEquals(lock.locked(), false);
  },
);

conform("a Lock may be released by another process", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  note([await valueOf(targets.releaseOf, lock), lock.locked()]);
  assertEquals(lock.locked(), false);
});

conform("a Lock whose holder is killed is free again, and tells it", async (note) => {
  const lock = new mp.Lock();
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [lock, held] });
  await child.start();
  await held.wait();
  const waiting = lock.acquire();
  child.kill();
  const seen = [await waiting, lock.abandoned];
  await child.join();
  lock.release();
  note([...seen, lock.abandoned, lock.locked()]);
  assertEquals(seen, [true, true]);
});

conform(
  "a Lock whose holder is stopped late, since it computes, is free again by then",
  async (note) => {
    const lock = new mp.Lock();
    const held = new mp.Event();
    // Threads of Deno cannot be stopped while they compute: after a second they count as ended, but may go on.
    const child = new mp.Process({ target: targets.holdAndCompute, args: [lock, held, 1800] });
    await child.start();
    await held.wait();
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill();
    const exitCode = await child.join();
    const seen = [exitCode, await lock.acquire(), lock.abandoned];
    note(seen);
    assertEquals(seen, [-9, true, true]);
  },
);

conform("a Lock whose holder ended without a release is free for the next one", async (note) => {
  const lock = new mp.Lock();
  const child = new mp.Process({ target: async (l: Lock) => void await l.acquire(), args: [lock] });
  assertEquals(await runToEnd(child), 0);
  const seen = [lock.locked(), await lock.acquire({ timeout: 0 }), lock.abandoned];
  note(seen);
  assertEquals(seen, [false, true, true]);
});

conform("a killed waiter is passed over", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [lock, near] });
  await child.start();
  await near.wait();
  const waiting = lock.acquire();
  child.kill();
  await child.join();
  lock.release();
  note([await waiting, lock.abandoned]);
  lock.release();
  assertEquals(lock.locked(), false);
});

conform("a Lock reaches pool tasks, initializers and captures as the same one", async (note) => {
  const lock = new mp.Lock();
  await using pool = new mp.Pool({ processes: 2, initializer: targets.keep, initArgs: [lock] });
  const results = await pool.map(targets.isKept, [lock, lock, lock, lock]);
  const captured = await pool.apply(capture({ lock }, () => lock.withLock(() => lock.locked())));
  note([...results, captured]);
  assertEquals([...results, captured], [true, true, true, true, true]);
});

conform("a Lock sent back is the same object", async (note) => {
  const semaphore = new mp.Semaphore(0);
  await using pool = new mp.Pool(1);
  const back = await pool.apply(targets.releaseAndReturn, [semaphore]);
  note(semaphore.getValue());
  assertStrictEquals(back, semaphore);
});

conform("a Lock reaches grandchildren inside other values, and stays one object", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  const path = freshPath();
  const args: [string, { lock: Lock; same: Lock }] = [path, { lock, same: lock }];
  assertEquals(await runToEnd(new mp.Process({ target: targets.passOn, args })), 0);
  note(readValue(path));
  assertEquals(readValue(path), false);
});

conform("a Lock outlives its creator, and can be passed on", async (note) => {
  const pool = new mp.Pool(1);
  const lock = await pool.apply(targets.createHeld);
  const before = lock.locked();
  await pool.terminate();
  const seen = [before, await lock.acquire({ timeout: 5000 }), lock.abandoned];
  seen.push(await valueOf(targets.tryAcquire, lock) as boolean);
  lock.release();
  seen.push(await valueOf(targets.tryAcquire, lock) as boolean);
  note(seen);
  assertEquals(seen, [true, true, true, false, true]);
});

conform("a Lock reaches children on other runtimes", async () => {
  const lock = new mp.Lock();
  await lock.acquire();
  for (const runtime of ["deno", "bun", "node"] as const) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.tryAcquire, args: [path, lock], runtime });
    assertEquals(await runToEnd(child), 0);
    assertEquals(readValue(path), false);
  }
}, { skip: capabilities.otherRuntime ? false : "threads share their runtime (otherRuntime)" });

conform("a Lock of another start method is refused where it is sent", async () => {
  const lock = new (getContext(other).Lock)();
  const child = new mp.Process({ target: () => {}, args: [{ a: [lock] }] as unknown as [] });
  const error = await assertRejects(() => child.start(), SerializationError);
  assertEquals(error.path, "args[0].a[0]");
  await using pool = new mp.Pool(1);
  await assertRejects(() => pool.apply((x: unknown) => x, [lock]), SerializationError);
  assertThrows(() => new mp.Condition(lock), TypeError);
});

conform("20,000 locks that are dropped use up nothing", () => {
  for (let i = 0; i < 20_000; i++) new mp.Lock();
});

conform("Lock refuses waits that make no sense", async (note) => {
  const lock = new mp.Lock();
  for (const options of [{ timeout: "1" }, { timeout: NaN }, { signal: {} }, 5]) {
    const error = await assertRejects(() => lock.acquire(options as never), TypeError);
    note(error.message);
  }
  assertEquals(lock.locked(), false);
});

conform(
  "RLock can be acquired again by its owner, and is freed by as many releases",
  async (note) => {
    const lock = new mp.RLock();
    const states = [await lock.acquire(), await lock.acquire({ timeout: 0 }), lock.depth];
    lock.release();
    states.push(lock.locked());
    lock.release();
    note([...states, lock.locked()]);
    assertEquals(states, [true, true, 2, true]);
  },
);

conform("RLock.release() by a stranger is an error and changes nothing", async (note) => {
  const lock = new mp.RLock();
  note(assertThrows(() => lock.release(), ProcessError).message);
  await lock.acquire();
  note([await valueOf(targets.releaseOf, lock), await valueOf(targets.tryAcquire, lock)]);
  assertEquals([lock.locked(), lock.depth], [true, 1]);
  lock.release();
  assertEquals(await valueOf(targets.tryAcquire, lock), true);
});

conform("an RLock whose owner is killed is free again, however often it had it", async (note) => {
  const lock = new mp.RLock();
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [lock, held, 3] });
  await child.start();
  await held.wait();
  const waiting = [lock.acquire(), lock.acquire()];
  child.kill();
  await child.join();
  note([await Promise.all(waiting), lock.abandoned, lock.depth]);
  assertEquals(lock.depth, 2);
});

/** `Pool`: calls that end before they are done, by their time, their caller's signal or `cancel()`. */

import { existsSync, readFileSync } from "node:fs";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  capture,
  currentTask,
  type PoolIterator,
  ProcessError,
  TimeoutError,
} from "../../mod.ts";
import {
  computeUntil,
  create,
  note as noteInWorker,
  noted,
  sleepAndSquare,
  square,
  waitUntil,
  whoAmI,
} from "../fixtures/pool_tasks.ts";
import {
  computeUntilStopped,
  countItems,
  describeTask,
  ignoreForEver,
  stopWhenTold,
  waitForSignal,
  waitOrNot,
} from "../fixtures/pool_stops.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);

function read(path: string): string {
  return readFileSync(path, "utf8");
}

/** A signal that counts its listeners. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...args: unknown[]) => {
    count++;
    return (add as (...args: unknown[]) => void).apply(signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    count--;
    return (remove as (...args: unknown[]) => void).apply(signal, args);
  };
  return { controller, listeners: () => count };
}

// What waits

conform("a call that waits leaves the queue when it is cancelled", async (note) => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const blocking = pool.applyAsync(computeUntil, [end]);
  const waiting = ten.map((x) => pool.applyAsync(noteInWorker, [x]));
  const map = pool.mapAsync(noteInWorker, ["a", "b"], { chunkSize: 1 });
  await until(() => pool.stats.queued === 12);
  assertEquals([waiting[3].cancel(), waiting[7].cancel(), map.cancel()], [true, true, true]);
  await Promise.resolve();
  assertEquals(pool.stats.queued, 8);
  const error = await assertRejects(() => waiting[3].get(), CancelledError);
  note(error.message);
  assertEquals([waiting[3].ready(), waiting[3].successful(), waiting[3].cancel()], [
    true,
    false,
    false,
  ]);
  create(end);
  await blocking;
  assertEquals(blocking.cancel(), false);
  for (const i of [0, 1, 2, 4, 5, 6, 8, 9]) await waiting[i];
  assertEquals(await pool.apply(noted), [0, 1, 2, 4, 5, 6, 8, 9]);
  assertEquals([pool.stats.failed, pool.stats.queued], [2, 0]);
});

conform("a call whose time is over before it is begun is never begun", async (note) => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const blocking = pool.applyAsync(computeUntil, [end]);
  const late = pool.applyAsync(noteInWorker, ["late"], { timeout: 20 });
  note((await assertRejects(() => late.get(), TimeoutError)).message);
  const controller = new AbortController();
  const aborted = pool.applyAsync(noteInWorker, ["aborted"], { signal: controller.signal });
  controller.abort(new RangeError("my reason"));
  await assertRejects(() => aborted.get(), RangeError, "my reason");
  for (const timeout of [0, -1, -Infinity]) {
    const error = await assertRejects(
      () => pool.apply(noteInWorker, ["never"], { timeout }),
      TimeoutError,
    );
    note(error.message);
  }
  const { signal } = controller;
  const early = await assertRejects(() => pool.map(noteInWorker, endless(), { signal }));
  assertStrictEquals(early, signal.reason);
  create(end);
  await blocking;
  assertEquals(await pool.apply(noted), []);
});

function* endless(): Generator<number> {
  for (let i = 0;; i++) yield i;
}

conform("a call that is done in time is not ended by its limits", async () => {
  await using pool = new mp.Pool(2);
  const { controller, listeners } = countedSignal();
  const { signal } = controller;
  const limits = { signal, timeout: 20_000 };
  assertEquals(await pool.apply(square, [3], limits), 9);
  assertEquals(await pool.map(square, ten, limits), ten.map(square));
  assertEquals(await pool.starmap(square, [[2]], { ...limits, maxInFlight: 3 }), [4]);
  const iterated: number[] = [];
  for await (const x of pool.imap(square, ten, limits)) iterated.push(x);
  assertEquals(iterated, ten.map(square));
  await assertRejects(() => pool.apply(JSON.parse as () => void, ["{"] as never, limits));
  const capturing = capture({ square }, (x: number) => square(x));
  assertEquals(await pool.apply(capturing, [5], { timeout: Infinity, signal }), 25);
  for await (const _ of pool.imap(square, endless(), limits)) break;
  assertEquals(listeners(), 0, "no listener is left");
  controller.abort();
  assertEquals(await pool.apply(square, [4]), 16);
});

conform("thousands of calls on one signal have one listener, and end together", async () => {
  await using pool = new mp.Pool(2);
  const { controller, listeners } = countedSignal();
  const { signal } = controller;
  const never = freshPath();
  const calls = Array.from({ length: 5000 }, () => pool.apply(waitUntil, [never], { signal }));
  assertEquals(listeners(), 1);
  const reason = new RangeError("all of you");
  controller.abort(reason);
  const settled = await Promise.allSettled(calls);
  assert(settled.every((result) => result.status === "rejected" && result.reason === reason));
  assertEquals(await pool.apply(square, [3]), 9);
});

conform("thousands of timeouts at once", async () => {
  await using pool = new mp.Pool(2);
  const never = freshPath();
  const calls = Array.from(
    { length: 5000 },
    (_, i) => pool.apply(waitUntil, [never], { timeout: 20 + i % 7 }),
  );
  const others = ten.map((x) => pool.applyAsync(square, [x]));
  const settled = await Promise.allSettled(calls);
  assert(settled.every(({ status }) => status === "rejected"));
  assertEquals(await Promise.all(others.map((call) => call.get())), ten.map(square));
  assertEquals([pool.stats.failed, pool.stats.queued], [5000, 0]);
});

// What runs

conform("a task that yields gets the event of its signal, and its worker goes on", async (note) => {
  await using pool = new mp.Pool(1);
  const worker = await pool.apply(whoAmI);
  for (const how of ["cancel", "timeout", "signal"] as const) {
    const [begun, told] = [freshPath(), freshPath()];
    const controller = new AbortController();
    const limits = how === "timeout"
      ? { timeout: 300 }
      : how === "signal"
      ? { signal: controller.signal }
      : {};
    const call = pool.applyAsync(waitForSignal, [begun, told], limits);
    const outcome = call.get().catch((error) => error);
    await until(() => existsSync(begun) || call.ready());
    if (how === "cancel") call.cancel();
    if (how === "signal") controller.abort(new RangeError("by signal"));
    note([how, (await outcome as Error).name]);
    await until(() => existsSync(told) && read(told) !== "");
    note(read(told));
  }
  assertEquals(await pool.apply(whoAmI), worker, "the worker is the same one");
  assertEquals([pool.stats.lost, pool.stats.failed], [0, 3]);
});

conform("a task that computes sees its signal whenever it looks", async () => {
  await using pool = new mp.Pool(1);
  const worker = await pool.apply(whoAmI);
  for (const by of ["aborted", "throwIfAborted"]) {
    const [begun, told] = [freshPath(), freshPath()];
    const call = pool.applyAsync(computeUntilStopped, [begun, told, by]);
    await until(() => existsSync(begun));
    assertEquals(call.cancel(), true);
    await assertRejects(() => call.get(), CancelledError);
    await until(() => existsSync(told));
  }
  assertEquals(await pool.apply(whoAmI), worker, "the worker is the same one");
});

conform("a task that does not stop loses its worker, and no other task is harmed", async () => {
  await using pool = new mp.Pool(2);
  await pool.map(square, ten, { chunkSize: 1 });
  const begun = freshPath();
  const stubborn = pool.applyAsync(ignoreForEver, [begun]);
  await until(() => existsSync(begun));
  const others = ten.map((x) => pool.applyAsync(sleepAndSquare, [x, 5]));
  assertEquals(stubborn.cancel(), true);
  await assertRejects(() => stubborn.get(), CancelledError);
  assertEquals(await Promise.all(others.map((call) => call.get())), ten.map(square));
  await until(() => pool.stats.running === 0);
  assertEquals(await pool.map(square, ten), ten.map(square));
  assertEquals([pool.stats.lost, pool.stats.failed, pool.stats.processes], [0, 1, 2]);
}, { skip: mp.capabilities.hardStop ? false : "no hardStop: a thread that never yields goes on" });

conform("a task behind one that is being ended goes to another worker", async () => {
  await using pool = new mp.Pool(2);
  await pool.map(square, Array(500).fill(2), { chunkSize: 1 });
  const [begun, end] = [freshPath(), freshPath()];
  const waiting = pool.applyAsync(waitForSignal, [begun, freshPath()]);
  await until(() => existsSync(begun));
  const behind = Array.from({ length: 100 }, (_, i) => pool.applyAsync(square, [i]));
  waiting.cancel();
  const values = await Promise.all(behind.map((call) => call.get()));
  assertEquals(values, behind.map((_, i) => i * i));
  create(end);
  assertEquals(pool.stats.lost, 0);
});

conform("a map that is ended stops all of its tasks", async (note) => {
  await using pool = new mp.Pool(2);
  const folder = [freshPath(), freshPath(), freshPath(), freshPath()];
  const map = pool.mapAsync(stopWhenTold, folder, { chunkSize: 1 });
  await until(() => existsSync(folder[0]) && existsSync(folder[1]));
  assertEquals(map.cancel(), true);
  note((await assertRejects(() => map.get(), CancelledError)).message);
  await until(() => read(folder[0]) === "stopped" && read(folder[1]) === "stopped");
  assertEquals([existsSync(folder[2]), existsSync(folder[3])], [false, false]);
  const timed = pool.map(waitUntil, [freshPath(), freshPath()], { timeout: 30, maxInFlight: 2 });
  note((await assertRejects(() => timed, TimeoutError)).message);
  const items = slow();
  const reading = pool.mapAsync(square, items);
  reading.cancel();
  await assertRejects(() => reading.get(), CancelledError);
  pool.close();
  await pool.join();
});

async function* slow(): AsyncGenerator<number> {
  yield 1;
  await new Promise(() => {});
}

conform("break asks what runs to stop, and lets it go on to its end", async () => {
  await using pool = new mp.Pool(1);
  const [first, second] = [freshPath(), freshPath()];
  const iterator = pool.imap(stopWhenTold, [first, second], { chunkSize: 1 });
  await until(() => existsSync(first));
  await iterator.return();
  await until(() => read(first) === "stopped");
  assertEquals(existsSync(second), false);
  assertEquals(pool.stats.lost, 0);
});

conform("cancel() of a call whose function is still being looked at", async () => {
  await using pool = new mp.Pool(1);
  const call = pool.applyAsync(capture({ noteInWorker }, () => noteInWorker("no")));
  assertEquals(call.cancel(), true);
  await assertRejects(() => call.get(), CancelledError);
  const timed = pool.applyAsync(capture({ noteInWorker }, () => noteInWorker("no")), [], {
    signal: AbortSignal.abort(new RangeError("before")),
  });
  await assertRejects(() => timed.get(), RangeError, "before");
  assertEquals(await pool.apply(noted), []);
});

conform("callbacks are told of a call that is ended", async () => {
  await using pool = new mp.Pool(1);
  const errors: unknown[] = [];
  const errorCallback = (error: unknown): void => void errors.push(error);
  const call = pool.applyAsync(waitUntil, [freshPath()], { errorCallback });
  call.cancel();
  assertInstanceOf(errors[0], CancelledError);
  await assertRejects(() => call.get(), CancelledError);
  assertEquals(errors.length, 1);
});

// taskTimeout

conform("taskTimeout ends a task that runs for too long, and only that", async (note) => {
  await using pool = new mp.Pool({ processes: 2, taskTimeout: 200 });
  const begun = freshPath();
  const told = freshPath();
  const error = await assertRejects(() => pool.apply(waitForSignal, [begun, told]), TimeoutError);
  note(error.message);
  await until(() => existsSync(told) && read(told) !== "");
  note(read(told));
  // Each of many is short, however long all of them take.
  assertEquals(await pool.map(sleepAndSquare, ten, Array(10).fill(30), { chunkSize: 10 }), [
    ...ten.map(square),
  ]);
  const mixed = pool.mapAsync(waitOrNot, [null, null, freshPath(), null], {
    chunkSize: 1,
    failFast: false,
  });
  const late = await assertRejects(() => mixed.get(), TimeoutError);
  assertEquals((late as Error & { itemIndex?: number }).itemIndex, 2);
  assertEquals(await pool.apply(square, [5]), 25);
  assertEquals(pool.stats.lost, 0);
});

/** The `itemIndex` of each failure of an iterator, and what it gave besides. */
async function failuresOf(iterator: PoolIterator<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    try {
      const { done, value } = await iterator.next();
      if (done) return all;
      all.push({ value });
    } catch (error) {
      assertInstanceOf(error, TimeoutError);
      all.push((error as Error & { itemIndex?: number }).itemIndex);
    }
  }
}

conform("taskTimeout tells which item of a chunk ran for too long", async (note) => {
  await using pool = new mp.Pool({ processes: 1, taskTimeout: 200 });
  const items = [null, null, null, freshPath(), null];
  const chunkSize = 5;
  for (
    const call of [
      () => pool.map(waitOrNot, items, { chunkSize }),
      () => pool.starmap(waitOrNot, items.map((item) => [item]), { chunkSize }),
      () => pool.map(waitOrNot, items, { chunkSize, maxInFlight: 5 }),
      () => pool.map(waitOrNot, [null, null, ...items], { chunkSize, failFast: false }),
      () => pool.map(waitOrNot, [freshPath(), null], { chunkSize: 2 }),
    ]
  ) {
    const error = await assertRejects(call, TimeoutError) as Error & { itemIndex?: number };
    note([error.message, error.itemIndex]);
  }
  // Each has an error of its own, which says which one it is, as well as those that share its chunk.
  note(await failuresOf(pool.imap(waitOrNot, items, { chunkSize })));
  note(await failuresOf(pool.imapUnordered(waitOrNot, items, { chunkSize })));
  const alone = await failuresOf(pool.imap(waitOrNot, items, { chunkSize: 1 }));
  assertEquals(alone, [...Array(3).fill({ value: 1 }), 3, { value: 1 }]);
});

conform("taskTimeout ends a task that never yields", async () => {
  await using pool = new mp.Pool({ processes: 1, taskTimeout: 150 });
  const begun = freshPath();
  await assertRejects(() => pool.apply(ignoreForEver, [begun]), TimeoutError);
  assertEquals(await pool.apply(square, [6]), 36);
  assertEquals([pool.stats.failed, pool.stats.lost], [1, 0]);
}, { skip: mp.capabilities.hardStop ? false : "no hardStop: a thread that never yields goes on" });

conform("taskTimeout counts from when a task is begun, not while it waits", async () => {
  await using pool = new mp.Pool({ processes: 1, taskTimeout: 1500 });
  const calls = ten.map((x) => pool.applyAsync(sleepAndSquare, [x, 250]));
  assertEquals(await Promise.all(calls.map((call) => call.get())), ten.map(square));
});

conform("a task that waits for what no event loop knows of is waited for", async () => {
  await using pool = new mp.Pool(1);
  const late = async (x: number) => {
    await new Promise((resolve) => AbortSignal.timeout(60).addEventListener("abort", resolve));
    return x;
  };
  assertEquals(await pool.apply(late, [7]), 7);
  const never = () => new Promise<void>(() => {});
  await assertRejects(() => pool.apply(never, [], { timeout: 150, retries: 2 }), TimeoutError);
  assertEquals(await pool.apply(late, [8]), 8);
  assertEquals([pool.stats.lost, pool.stats.failed], [0, 1]);
});

// currentTask

conform("currentTask() tells the id, the attempt and a signal", async (note) => {
  await using pool = new mp.Pool(1);
  const first = await pool.apply(describeTask);
  const second = await pool.apply(describeTask);
  assertEquals([first.attempt, second.attempt], [1, 1]);
  assert(first.id > 0 && second.id > first.id, `${first.id} ${second.id}`);
  assertEquals([first.isSame, first.aborted], [true, false]);
  const chunk = await pool.map(describeTask as (x: number) => unknown, [1, 2], { chunkSize: 2 });
  note((chunk as { id: number }[])[0].id === (chunk as { id: number }[])[1].id);
  note(assertThrows(() => currentTask(), ProcessError).message);
  const inText = await pool.apply(capture({ currentTask }, () => currentTask().attempt));
  assertEquals(inText, 1);
});

conform("a map goes on with its other items where one is counted too long", async () => {
  await using pool = new mp.Pool({ processes: 1, taskTimeout: 5_000 });
  assertEquals(await pool.map(countItems, ten, { chunkSize: 5 }), ten.map((x) => x + 1));
});

conform("bad limits are refused at the call, and nothing is begun", async (note) => {
  await using pool = new mp.Pool(1);
  const wrong: [unknown, typeof TypeError | typeof RangeError][] = [
    [{ timeout: "5" }, TypeError],
    [{ timeout: NaN }, TypeError],
    [{ timeout: null }, TypeError],
    [{ signal: {} }, TypeError],
    [{ priority: NaN }, RangeError],
    [{ priority: "1" }, TypeError],
    [{ retries: -1 }, RangeError],
    [{ retries: 1.5 }, RangeError],
    [{ retries: "3" }, TypeError],
    [{ retries: null }, TypeError],
    [{ retries: {} }, TypeError],
    [{ retries: { attempts: 0 } }, RangeError],
    [{ retries: { attempts: 2, on: [5] } }, TypeError],
    [{ retries: { attempts: 2, on: "all" } }, TypeError],
    [{ retries: { attempts: 2, delay: -1 } }, RangeError],
    [{ retries: { attempts: 2, factor: 0.5 } }, RangeError],
    [{ retries: { attempts: 2, jitter: 2 } }, RangeError],
    [{ retries: { attempts: 2, maxDelay: "1" } }, TypeError],
    [{ retries: { attempts: 2, times: 3 } }, TypeError],
    [{ kwargs: 5 }, TypeError],
    [{ kwargs: null }, TypeError],
    [{ kwargs: [1] }, TypeError],
    [{ callback: "call me" }, TypeError],
    [{ timeOut: 5 }, TypeError],
    [5, TypeError],
    [null, TypeError],
  ];
  for (const [options, type] of wrong) {
    const shown = JSON.stringify(options);
    const call = () => pool.applyAsync(noteInWorker, ["no"], options as never);
    note([shown, assertThrows(call, type, "", shown).message]);
  }
  for (const taskTimeout of [0, -1, NaN, "5", null]) {
    const create = () => new mp.Pool({ processes: 1, taskTimeout } as never);
    const isNumber = typeof taskTimeout === "number" && !Number.isNaN(taskTimeout);
    note(assertThrows(create, isNumber ? RangeError : TypeError).message);
  }
  assertThrows(() => new mp.Pool({ processes: 1, retries: -1 }), RangeError);
  assertEquals(await pool.apply(noted), []);
});

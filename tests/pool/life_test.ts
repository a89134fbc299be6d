/** `Pool`: its states from creation to end, its workers' beginning, and what it tells of itself. */

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type process from "node:process";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BrokenPoolError,
  capture,
  cpuCount,
  FreeVariableError,
  getContext,
  NotSupportedError,
  type Pool,
  PoolClosedError,
  ProcessError,
  SerializationError,
} from "../../mod.ts";
import {
  create,
  dieWhileStarting,
  failWith,
  getState,
  identity,
  leaveAtStart,
  note as noteInWorker,
  noted,
  poolInside,
  refuseToStart,
  setState,
  sleepAndSquare,
  square,
  startOnce,
  startPool,
  startProcess,
  waitUntil,
  whoAmI,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

type Failure = Error & Record<string, unknown>;

async function failureOf(call: PromiseLike<unknown>): Promise<Failure> {
  return await assertRejects(() => call) as Failure;
}

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "pool-"));
}

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield item;
  }
}

const ten = Array.from({ length: 10 }, (_, i) => i);

// Creation

conform("a pool has as many workers as it is told, or as there are cores", async () => {
  await using two = new mp.Pool(2);
  assertEquals(two.stats.processes, 2);
  await using three = new mp.Pool({ processes: 3 });
  assertEquals(three.stats.processes, 3);
  await using all = new mp.Pool();
  assertEquals(all.stats.processes, cpuCount());
  assertEquals(await all.apply(square, [2]), 4);
});

conform("wrong options are refused when the pool is created", (note) => {
  const wrong: [unknown, typeof TypeError | typeof RangeError][] = [
    [0, RangeError],
    [-1, RangeError],
    [1.5, RangeError],
    [NaN, RangeError],
    [{ processes: 0 }, RangeError],
    ["2", TypeError],
    [{ processes: "2" }, TypeError],
    [{ initArgs: 5 }, TypeError],
    [{ initializer: 5 }, TypeError],
    [{ name: 5 }, TypeError],
    [{ daemon: "yes" }, TypeError],
    [{ runtime: "python" }, TypeError],
    [null, TypeError],
    [[], TypeError],
    [[2], TypeError],
    [{ maxtasksperchild: 1 }, TypeError],
    [{ initargs: [] }, TypeError],
    [{ cwd: "/" }, TypeError],
    [{ target: 1 }, TypeError],
    [{ env: 5 }, TypeError],
    [{ env: null }, TypeError],
    [{ env: ["A=1"] }, TypeError],
    [{ env: { A: 5 } }, TypeError],
    [{ env: { A: null } }, TypeError],
    [{ execArgv: "--flag" }, TypeError],
    [{ execArgv: [5] }, TypeError],
  ];
  for (const [options, type] of wrong) {
    const shown = JSON.stringify(options);
    note([shown, assertThrows(() => new mp.Pool(options as never), type, "", shown).message]);
  }
  const error = assertThrows(
    () => new mp.Pool({ initializer: setState, initArgs: [() => {}] }),
    SerializationError,
  );
  assertEquals(error.path, "initArgs[0]");
});

conform("options of a pool that there are not are named, with those that there are", (note) => {
  const options = { processes: 1, maxtasksperchild: 1 };
  for (const Class of [mp.Pool, getContext(method).Pool, class Sub extends mp.Pool {}]) {
    const error = assertThrows(() => new Class(options as never), TypeError, "maxTasksPerChild");
    assertStringIncludes(error.message, '"maxtasksperchild"');
    note(error.message);
  }
  const make = () => new mp.Pool({ processes: 1, resourceLimits: {} } as never);
  note(assertThrows(make, NotSupportedError, '"resourceLimits" is not offered').message);
});

conform("what only processes have is refused to a pool of threads", (note) => {
  for (const options of [{ env: {} }, { execArgv: [] }]) {
    const make = () => new mp.Pool({ processes: 1, ...options });
    note(assertThrows(make, NotSupportedError).message);
  }
}, { skip: mp.capabilities.env ? "a process can have all of that" : false });

conform("what becomes of the options later does not reach workers that start later", async () => {
  const options = { processes: 1, env: { ALLCORES_POOL_TEST: "first" } };
  await using pool = new mp.Pool(options);
  options.env.ALLCORES_POOL_TEST = "second";
  await pool.recycle();
  const seen = await pool.apply(() =>
    (globalThis as unknown as { process: typeof process }).process.env.ALLCORES_POOL_TEST
  );
  assertEquals(seen, "first");
}, { skip: mp.capabilities.env ? false : "a thread has no environment of its own (env)" });

conform("what the start method cannot do is refused", async (note) => {
  const { capabilities } = mp;
  const options = { processes: 1, env: { ALLCORES_POOL_TEST: "set" } };
  const outcome = await (async () => {
    await using pool = new mp.Pool(options);
    return await pool.apply(() =>
      (globalThis as unknown as { process: typeof process }).process.env.ALLCORES_POOL_TEST
    );
  })().catch((error) => error.name);
  assertEquals(outcome, capabilities.env ? "set" : "NotSupportedError");
  note("alike as far as the capabilities say");
});

// close, join, terminate

conform("close() lets everything finish, join() waits for it", async () => {
  const pool = new mp.Pool(2);
  const results = ten.map((x) => pool.applyAsync(sleepAndSquare, [x]));
  const mapped = pool.mapAsync(square, ten);
  pool.close();
  pool.close();
  await pool.join();
  assert(results.every((result) => result.ready() && result.successful()));
  assertEquals(await mapped, ten.map((x) => x * x));
  await pool.join();
  assertEquals(pool.stats.processes, 0);
  await pool.terminate();
});

conform("close() lets a map finish whose items are still being read", async () => {
  const pool = new mp.Pool(1);
  const mapped = pool.mapAsync(square, slowly(ten));
  const starred = pool.starmapAsync(square, slowly([[5]]));
  const captured = pool.applyAsync(capture({ square }, (x: number) => square(x)), [3]);
  pool.close();
  await pool.join();
  assertEquals([await mapped, await starred, await captured], [ten.map((x) => x * x), [25], 9]);
});

conform("close() of a pool that never did anything ends it", async () => {
  const pool = new mp.Pool(2);
  pool.close();
  await pool.join();
  assertEquals(pool.stats.processes, 0);
});

conform("close() ends a pool whose map fails in the last moment", async () => {
  for (let round = 0; round < 5; round++) {
    const pool = new mp.Pool(1);
    await pool.apply(square, [1]);
    const failing = pool.mapAsync(failWith, Array(50).fill("no"), { chunkSize: 1 });
    pool.close();
    await assertRejects(() => failing.get(), TypeError, "no");
    await pool.join();
    assertEquals(pool.stats.queued, 0);
  }
});

conform("a pool that is closed or terminated takes no more calls", async (note) => {
  const closed = new mp.Pool(1);
  closed.close();
  const terminated = new mp.Pool(1);
  await terminated.terminate();
  for (const pool of [closed, terminated]) {
    for (const call of refusedCalls(pool)) {
      const error = assertThrows(call, PoolClosedError);
      note(error.message);
    }
    await assertRejects(() => pool.apply(square, [1]), PoolClosedError);
    await assertRejects(() => pool.map(square, [1]), PoolClosedError);
    await assertRejects(() => pool.starmap(square, [[1]]), PoolClosedError);
  }
  await closed.join();
  await terminated.join();
  terminated.close();
  await terminated.terminate();
});

function refusedCalls(pool: Pool): (() => unknown)[] {
  return [
    () => pool.applyAsync(square, [1]),
    () => pool.mapAsync(square, [1]),
    () => pool.mapAsync(square, []),
    () => pool.starmapAsync(square, [[1]]),
  ];
}

conform("join() of a running pool is refused", async (note) => {
  await using pool = new mp.Pool(1);
  note((await assertRejects(() => pool.join(), ProcessError)).message);
  assertEquals(await pool.apply(square, [3]), 9);
});

conform("terminate() rejects everything that is not done", async (note) => {
  const pool = new mp.Pool(2);
  const never = freshPath();
  const done = pool.applyAsync(square, [3]);
  await done;
  const errors: unknown[] = [];
  const errorCallback = (error: unknown): void => void errors.push(error);
  const results = [
    pool.applyAsync(waitUntil, [never], { errorCallback }),
    ...ten.map(() => pool.applyAsync(waitUntil, [never], { errorCallback })),
    pool.mapAsync(waitUntil, ten.map(() => never), { errorCallback }),
    pool.starmapAsync(square, slowly([[1], [2]]), { errorCallback }),
    pool.applyAsync(capture({ square }, (x: number) => square(x)), [3], { errorCallback }),
  ];
  await pool.terminate();
  for (const result of results) {
    const error = await failureOf(result);
    assertInstanceOf(error, PoolClosedError);
  }
  note((await failureOf(results[0])).message);
  assertEquals(errors.length, results.length);
  assertEquals(await done, 9);
  assertEquals([pool.stats.processes, pool.stats.running, pool.stats.queued], [0, 0, 0]);
  assertEquals(pool.stats.lost, 0);
});

conform("terminate() in the middle of the start ends all workers", async () => {
  for (let i = 0; i < 3; i++) {
    const pool = new mp.Pool(2);
    const result = pool.applyAsync(square, [1]);
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, i * 15));
    await pool.terminate();
    assertEquals(pool.stats.processes, 0);
    await result.wait();
    assertEquals(result.ready(), true);
  }
});

conform("terminate() ends workers whose initializer never ends", async () => {
  for (const wait of [0, 40, 150]) {
    const pool = new mp.Pool({ processes: 2, initializer: waitUntil, initArgs: [freshPath()] });
    const result = pool.applyAsync(square, [1]);
    await new Promise((resolve) => setTimeout(resolve, wait));
    await pool.terminate();
    assertEquals(pool.stats.processes, 0);
    await assertRejects(() => result.get(), PoolClosedError);
  }
});

conform("terminate() by many at once is one", async () => {
  const pool = new mp.Pool(1);
  const result = pool.applyAsync(waitUntil, [freshPath()]);
  await Promise.all([pool.terminate(), pool.terminate(), pool[Symbol.asyncDispose]()]);
  await assertRejects(() => result.get(), PoolClosedError);
});

conform("terminate() stops reading items that never come", async () => {
  const pool = new mp.Pool(1);
  let closed = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let i = 0;; i++) yield await new Promise<number>((resolve) => setImmediate(resolve, i));
    } finally {
      closed = true;
    }
  }
  const mapped = pool.mapAsync(square, endless());
  await pool.terminate();
  await assertRejects(() => mapped.get(), PoolClosedError);
  await until(() => closed);
});

conform("terminate() with 10,000 queued calls rejects each of them", async () => {
  const pool = new mp.Pool(2);
  const never = freshPath();
  let rejected = 0;
  const calls: Promise<void>[] = [];
  for (let i = 0; i < 10_000; i++) {
    calls.push(pool.apply(waitUntil, [never]).then(() => {}, () => void rejected++));
  }
  await pool.terminate();
  await Promise.all(calls);
  assertEquals(rejected, 10_000);
});

conform("a worker that computes is stopped by terminate()", async () => {
  const path = freshPath();
  const pool = new mp.Pool(1);
  const result = pool.applyAsync(
    capture({ create }, (own: string) => {
      create(own);
      for (;;);
    }),
    [path],
  );
  await until(() => exists(path));
  await pool.terminate();
  await assertRejects(() => result.get(), PoolClosedError);
  assertEquals(pool.stats.processes, 0);
}, { skip: mp.capabilities.hardStop ? false : "no hardStop: a thread that never yields goes on" });

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

conform("leaving the scope of a pool terminates it", async () => {
  let kept: Pool;
  let result;
  {
    await using pool = new mp.Pool(1);
    kept = pool;
    result = pool.applyAsync(waitUntil, [freshPath()]);
  }
  await assertRejects(() => result.get(), PoolClosedError);
  assertEquals(kept.stats.processes, 0);
  assertThrows(() => kept.applyAsync(square, [1]), PoolClosedError);
});

// initializer

conform("initializer is called once in each worker, before its first task", async (note) => {
  await using pool = new mp.Pool({
    processes: 2,
    initializer: setState,
    initArgs: ["a", { b: [1] }],
  });
  const states = await pool.map(getState as (x: number) => unknown, ten, { chunkSize: 1 });
  assertEquals(states, ten.map(() => ["a", { b: [1] }]));
  note(states[0]);
  await using slow = new mp.Pool({
    processes: 1,
    initializer: capture({ noteInWorker }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      noteInWorker("initialized");
    }),
  });
  assertEquals(await slow.apply(noted), ["initialized"]);
});

conform("initArgs are copied when the pool is created", async () => {
  const initArgs = [{ n: 1 }];
  await using pool = new mp.Pool({ processes: 1, initializer: setState, initArgs });
  initArgs[0].n = 2;
  initArgs.push({ n: 3 });
  assertEquals(await pool.apply(getState), [{ n: 1 }]);
});

conform("an initializer that fails breaks the pool, and rejects what waits", async (note) => {
  await using pool = new mp.Pool({ processes: 2, initializer: refuseToStart });
  const results = [
    pool.applyAsync(square, [1]),
    pool.mapAsync(square, ten),
    pool.applyAsync(identity, ["again"]),
  ];
  for (const result of results) {
    const error = await assertRejects(() => result.get(), BrokenPoolError);
    assertInstanceOf(error.cause, RangeError);
    assertStringIncludes(error.message, "no initialization today");
  }
  note(await failureOf(results[0]));
  const refused = assertThrows(() => pool.applyAsync(square, [1]), BrokenPoolError);
  assertStrictEquals(refused, await failureOf(results[0]) as unknown);
  await assertRejects(() => pool.map(square, [1]), BrokenPoolError);
  await until(() => pool.stats.processes === 0);
  await pool.join();
  pool.close();
});

conform(
  "an initializer that rejects, or throws what is no error, breaks the pool too",
  async (note) => {
    for (const value of ["a text", null, { own: 1 }]) {
      const initializer = capture({ value }, async () => {
        await null;
        throw value;
      });
      await using pool = new mp.Pool({ processes: 1, initializer });
      const error = await assertRejects(() => pool.apply(square, [1]), BrokenPoolError);
      note(error);
    }
  },
);

conform(
  "an initializer that ends its worker breaks the pool, and nothing is started for ever",
  async () => {
    await using pool = new mp.Pool({ processes: 2, initializer: leaveAtStart });
    const error = await assertRejects(() => pool.apply(square, [1]), BrokenPoolError);
    assertStringIncludes(error.message, "exit code 3");
    await until(() => pool.stats.processes === 0);
  },
);

conform("workers that die while they start are replaced, if it is not all of them", async () => {
  const folder = freshFolder();
  await using pool = new mp.Pool({
    processes: 1,
    initializer: dieWhileStarting,
    initArgs: [folder, 2],
  });
  assertEquals(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
  assertEquals(pool.stats.lost, 0);
});

conform("an initializer that fails in a replacement breaks the pool", async () => {
  const path = freshPath();
  await using pool = new mp.Pool({ processes: 1, initializer: startOnce, initArgs: [path] });
  assertEquals(await pool.apply(square, [2]), 4);
  const results = [
    pool.applyAsync(
      capture({}, () => (globalThis as unknown as { process: typeof process }).process.exit(4)),
    ),
    pool.applyAsync(square, [3]),
  ];
  assertEquals((await failureOf(results[0])).name, "WorkerLostError");
  const error = await assertRejects(() => results[1].get(), BrokenPoolError);
  assertStringIncludes(error.message, "only once");
});

conform("an initializer with outer variables is refused by their names", async () => {
  const outer = { n: 1 };
  const initializer = (): number => outer.n;
  const names: string[] = [];
  try {
    await using pool = new mp.Pool({ processes: 1, initializer });
    await pool.apply(square, [1]);
  } catch (error) {
    assertInstanceOf(error, FreeVariableError);
    names.push(...error.variables.map(({ name }) => name));
  }
  assertEquals(names, ["outer"]);
});

// stats

conform("stats counts what was done", async (note) => {
  await using pool = new mp.Pool(2);
  const empty = pool.stats;
  note(empty);
  assertThrows(() => ((empty as { done: number }).done = 1), TypeError);
  const path = freshPath();
  const blocked = [pool.applyAsync(waitUntil, [path]), pool.applyAsync(waitUntil, [path])];
  const queued = ten.map((x) => pool.applyAsync(square, [x]));
  const mapped = pool.mapAsync(square, ten, { chunkSize: 5 });
  assertEquals(pool.stats.queued + pool.stats.running, 22);
  create(path);
  await Promise.all([...blocked, ...queued, mapped].map((result) => result.get()));
  await pool.applyAsync(failWith, ["no"]).wait();
  const { waitMs, runMs, ...counts } = pool.stats;
  note(counts);
  for (const { p50, p90, p99, max } of [waitMs, runMs]) {
    assert(0 <= p50 && p50 <= p90 && p90 <= p99 && p99 <= max, `${p50} ${p90} ${p99} ${max}`);
  }
  assert(runMs.max > 0);
});

// Pools and processes

conform("workers that are daemons start no processes of their own", async (note) => {
  await using pool = new mp.Pool(1);
  for (const task of [startPool, startProcess]) {
    const error = await assertRejects(() => pool.apply<[], unknown>(task), ProcessError);
    note(error.message.replace(/Process-[\d:]+/, "Process-N"));
  }
  assertEquals(await pool.apply(square, [3]), 9);
});

conform("workers that are no daemons may start processes", async (note) => {
  await using pool = new mp.Pool({ processes: 1, daemon: false });
  note(await pool.apply(startPool));
  note(await pool.apply(startProcess));
});

conform("a child may have a pool", async (note) => {
  const path = freshPath();
  await using child = new mp.Process({ target: poolInside, args: [path] });
  await child.start();
  assertEquals(await child.join(), 0);
  note(JSON.parse(readFileSync(path, "utf8")));
});

conform("several pools live side by side", async () => {
  await using first = new mp.Pool(1);
  await using second = new mp.Pool({ processes: 1, name: "Second" });
  const [a, b] = await Promise.all([first.apply(whoAmI), second.apply(whoAmI)]);
  assertEquals([a.name, b.name], ["PoolWorker-1", "Second-1"]);
  assert(a.ident !== b.ident);
  await first.terminate();
  assertEquals(await second.apply(square, [5]), 25);
});

conform("many pools, one after the other, leave nothing of each other", async () => {
  for (let i = 0; i < 6; i++) {
    await using pool = new mp.Pool(1);
    assertEquals(await pool.apply(identity, [i]), i);
  }
});

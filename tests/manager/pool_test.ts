/** Pools that live in a manager: they do what a pool of one's own does, for any process that has a proxy. */

import { existsSync } from "node:fs";
import process from "node:process";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AsyncResultProxy,
  CancelledError,
  capture,
  EOFError,
  MultiprocessingError,
  type Pool,
  PoolClosedError,
  PoolIteratorProxy,
  PoolProxy,
  ProcessError,
  ref,
  type SyncManager,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";
import {
  announceAndSeeTheEnd,
  askFor,
  beginAndStay,
  callForEver,
  countIn,
  giveMisfit,
  Misfit,
  spinUntil,
  throwMisfit,
  useFrom,
} from "../fixtures/manager_pool_targets.ts";
import {
  announceAndWaitUntil,
  argumentsOf,
  create,
  failAt,
  failWith,
  getState,
  greet,
  identity,
  leave,
  nameOf,
  pid,
  refuseToStart,
  setState,
  sleepAndSquare,
  square,
  startPool,
  throwValue,
  whoAmI,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, readValue, until, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { isRunning } from "../support/programs.ts";

const { ownPid } = mp.capabilities;
const noKill = ownPid ? false : "no ownPid: a thread gets no signals of its own";

type Note = (value: unknown) => void;

/** A test with a manager and a pool in it. */
function pooled(
  name: string,
  body: (pool: PoolProxy, note: Note, manager: SyncManager) => Promise<void>,
  { size = 2, skip = false }: { size?: number; skip?: string | false } = {},
): void {
  conform(name, async (note) => {
    await using manager = await mp.Manager();
    await using pool = await manager.Pool(size);
    await body(pool, note, manager);
  }, { skip });
}

async function failure(promise: PromiseLike<unknown>): Promise<string> {
  return await promise.then(
    (value) => `no error: ${String(value)}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

/** What can be asked of both kinds of pools in the same way. */
type Calls = Pick<Pool, "apply" | "map" | "starmap">;

/** All of an error that a caller may look at. */
async function allOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(() => null, (error) => error);
  if (!(error instanceof Error)) return error;
  const { name, cause, code, details, path, itemIndex } = error as unknown as Record<
    string,
    unknown
  >;
  const inner = cause instanceof Error ? [cause.name, cause.message] : cause;
  const { exitCode, task } = error as unknown as { exitCode?: unknown; task?: unknown };
  // What helps against an outer variable differs, and which worker a task gets.
  const [message] = error.message.replace(/PoolWorker-\d+ \(pid \d+\)/, "a worker").split("\n");
  return {
    class: error.constructor.name,
    fields: [name, message, inner, code, details, path, itemIndex],
    keys: Object.keys(error).sort(),
    lost: [exitCode, task],
  };
}

/** Calls that fail, each for another reason. */
const failing: Record<string, (pool: Calls) => Promise<unknown>> = {
  "a task": (pool) => pool.apply(failWith, ["as thrown"]),
  "a value": (pool) => pool.apply(throwValue, [{ no: "error" }]),
  "a class of a module": (pool) => pool.apply(throwMisfit, [4]),
  "an item": (pool) => pool.map(failIfTwo, [1, 2, 3], { chunkSize: 2 }),
  "a named item": (pool) => pool.starmap(failAt, [[1, 2], [2, 2], [3, 2]], { chunkSize: 1 }),
  "a lost worker": (pool) => pool.apply(leave, [7]),
  "an argument": (pool) => pool.apply(identity, [{ deep: [() => {}] }]),
  "an item's value": (pool) =>
    pool.map(identity as (x: unknown) => unknown, [1, { deep: () => {} }], { chunkSize: 1 }),
  "a row's value": (pool) =>
    pool.starmap(argumentsOf, [[1], [2, { deep: () => {} }]], { chunkSize: 1 }),
  "a value of one of two iterables": (pool) =>
    pool.map(argumentsOf as (a: number, b: unknown) => unknown, [1, 2], [1, () => {}], {
      chunkSize: 1,
    }),
  "a result": (pool) => pool.apply(() => ({ inner: [() => {}] })),
  "an outer variable": (pool) => pool.apply(() => failing),
  "no function": (pool) => pool.apply(5 as never),
  "no arguments": (pool) => pool.apply(square, 5 as never),
  "no iterable": (pool) => pool.map(square, 5 as never),
  "no iterator": (pool) => pool.map(square, { [Symbol.iterator]: () => ({}) } as never),
  "no iterator's result": (pool) =>
    pool.map(square, { [Symbol.iterator]: () => ({ next: () => 5 }) } as never),
  "no method of an iterable": (pool) => pool.starmap(square, { [Symbol.iterator]: 5 } as never),
  "named arguments that are a list": (pool) => pool.apply(square, [1], { kwargs: [1] } as never),
  "no tuples": (pool) => pool.starmap(square, [5] as never),
  "a chunk size": (pool) => pool.map(square, [1], { chunkSize: 0 }),
  "a wrong option": (pool) => pool.apply(square, [1], { timeOut: 5 } as never),
  "options that are none": (pool) => pool.apply(square, [1], 5 as never),
  "a time that is over": (pool) => pool.apply(square, [1], { timeout: 0 }),
  "an aborted signal": (pool) =>
    pool.apply(square, [1], { signal: AbortSignal.abort(new Error("before")) }),
  "an input that fails": (pool) => pool.map(square, failingItems()),
};

async function* failingItems(): AsyncGenerator<number> {
  yield 1;
  throw new EvalError("the input");
}

pooled("a manager's pool calls functions as a pool of one's own does", async (pool, note) => {
  assert(pool instanceof PoolProxy);
  await using own = new mp.Pool(2);
  const values = [
    1n,
    new Map([[{ a: 1 }, new Set([NaN])]]),
    new Date(5),
    [undefined, -0],
    "\ud800",
  ];
  const factor = 3;
  async function* slowly(): AsyncGenerator<number> {
    for (const x of [1, 2, 3]) yield x;
  }
  const calls: ((pool: Calls) => Promise<unknown>)[] = [
    (pool) => pool.apply(square, [3]),
    (pool) => pool.apply((x: number) => x + 1, [3]),
    (pool) => pool.apply(capture({ factor }, (x: number) => x * factor), [3]),
    (pool) =>
      pool.apply(ref<typeof square>(import.meta.resolve("../fixtures/pool_tasks.ts"), "square"), [
        4,
      ]),
    (pool) => pool.apply(greet, ["bob"] as never, { kwargs: { greeting: "hi" } }),
    (pool) => pool.apply<[unknown], unknown>(identity, [values]),
    (pool) => pool.apply(() => undefined),
    (pool) => pool.map(square, [1, 2, 3]),
    (pool) => pool.map(square, []),
    (pool) => pool.map(square, new Set([4, 5]), { chunkSize: 1 }),
    (pool) => pool.map(square, slowly()),
    (pool) => pool.map((x: number, y: string) => `${x}${y}`, [1, 2, 3], "ab"),
    (pool) => pool.map((x: number, y: number) => x * y, slowly(), [5, 6], { chunkSize: 1 }),
    (pool) => pool.starmap(argumentsOf, [[1, 2], [], ["x"]]),
    (pool) => pool.map(square, [1, 2, 3, 4], { maxInFlight: 2 }),
  ];
  for (const [i, call] of calls.entries()) {
    const here = await call(own);
    assertEquals(await call(pool as unknown as Calls), here, `call ${i}`);
    note(here);
  }
});

pooled("a manager's pool fails as a pool of one's own does", async (pool, note) => {
  await using own = new mp.Pool(2);
  for (const [name, call] of Object.entries(failing)) {
    const here = await allOf(call(own));
    assertEquals(await allOf(call(pool as unknown as Calls)), here, name);
    note([name, here, await pool.apply(square, [3])]);
  }
});

pooled("an error's stack shows the worker, the server and the caller", async (pool) => {
  const { stack } = await assertRejects(() => pool.apply(failWith, ["far"]), TypeError);
  assertStringIncludes(stack!, "failWith");
  assertStringIncludes(stack!, "in PoolWorker-1 (pid ");
  assertStringIncludes(stack!, "in SyncManager");
  assertStringIncludes(stack!, "manager/pool_test.ts");
}, { size: 1 });

pooled("classes of the functions' modules arrive as what they are", async (pool, note) => {
  const given = await pool.apply(giveMisfit, [3]);
  assert(given instanceof Misfit);
  const thrown = await assertRejects(() => pool.apply(throwMisfit, [4]), Misfit);
  note([given.size, thrown.size]);
});

pooled("applyAsync() gives a proxy of the result", async (pool, note) => {
  const path = freshPath();
  const result = await pool.applyAsync(announceAndWaitUntil, [freshPath(), path]);
  assert(result instanceof AsyncResultProxy);
  note([await result.ready(), await failure(result.successful())]);
  await assertRejects(() => result.successful(), MultiprocessingError);
  note(await failure(result.get({ timeout: 1 })));
  await result.wait({ timeout: 1 });
  const aborting = new AbortController();
  const waiting = result.get({ signal: aborting.signal });
  aborting.abort(new Error("no more"));
  note(await failure(waiting));
  note(await failure(result.get({ timeout: "1" as never })));
  create(path);
  assertEquals(await result.get(), path);
  await result.wait();
  note([await result.ready(), await result.successful(), await result.cancel()]);
  const failed = await pool.applyAsync(failWith, ["later"]);
  note([await failure(failed.get()), await failed.successful()]);
  note(await (await pool.mapAsync(square, [1, 2, 3])).get());
  note(await (await pool.starmapAsync(argumentsOf, [[1, 2]])).get());
  const power = (x: number, y: number): number => x ** y;
  const fixed = [[2, 3], [3, 2]] as const;
  const powers: number[] = await pool.starmap(power, fixed);
  note([powers, await (await pool.starmapAsync(power, fixed)).get()]);
  const atItem = await pool.mapAsync(failIfTwo, [1, 2]);
  const error = await assertRejects(() => atItem.get(), RangeError);
  note((error as RangeError & { itemIndex: number }).itemIndex);
  note([await result.repr(), String(result).replace(/\d+/, "N")]);
});

function failIfTwo(x: number): number {
  if (x === 2) throw new RangeError("two");
  return x;
}

pooled("a result that somebody else has begun can be asked for", async (pool, note) => {
  const result = await pool.applyAsync(square, [7]);
  note(await valueOf(askFor, result));
});

pooled("callbacks are called in the process of the caller", async (pool, note) => {
  const told: unknown[] = [];
  const here = process.pid;
  const options = {
    callback: (value: unknown) => told.push([value, process.pid === here]),
    errorCallback: (error: unknown) => told.push([(error as Error).message, process.pid === here]),
  };
  await pool.apply(square, [3], options);
  await failure(pool.apply(failWith, ["told"], options));
  await pool.applyAsync(square, [4], options);
  await until(() => told.length === 3);
  await pool.mapAsync(failIfTwo, [2], options);
  await until(() => told.length === 4);
  note(told);
  note(await failure(pool.apply(square, [1], { callback: 5 as never })));
});

pooled("imap() gives the results one after the other", async (pool, note) => {
  const results = await pool.imap(square, [1, 2, 3]);
  assert(results instanceof PoolIteratorProxy);
  const seen: unknown[] = [];
  for await (const value of results) seen.push(value);
  note([seen, await results.next(), await results.return()]);
  const unordered: number[] = [];
  for await (const value of await pool.imapUnordered(square, new Set([1, 2, 3]))) {
    unordered.push(value);
  }
  note(unordered.sort());
  const two = await pool.imap((x: number, y: number) => x + y, [1, 2], [10, 20, 30]);
  note([await two.next(), await two.next(), await two.next()]);
  const failed = await pool.imap(failIfTwo, [1, 2, 3], { chunkSize: 1 });
  note(await failed.next());
  const error = await assertRejects(() => failed.next(), RangeError);
  note([(error as RangeError & { itemIndex: number }).itemIndex, await failed.next()]);
  await failed.return();
});

pooled("a wait for the next result that is over has taken nothing", async (pool, note) => {
  const path = freshPath();
  const results = await pool.imap(announceAndWaitUntil as (own: string, other: string) => unknown, [
    freshPath(),
  ], [path]);
  await assertRejects(() => results.next({ timeout: 1 }), TimeoutError);
  const aborting = new AbortController();
  const waiting = results.next({ signal: aborting.signal });
  aborting.abort(new Error("enough"));
  note(await failure(waiting));
  create(path);
  assertEquals((await results.next()).value, path);
  note((await results.next()).done);
});

pooled("leaving a loop over imap() drops what has not been begun", async (pool, note, manager) => {
  const { objects } = await manager.stats();
  const results = await pool.imap(
    sleepAndSquare as (x: number) => Promise<number>,
    Array(50).fill(1),
  );
  for await (const value of results) {
    note(value);
    break;
  }
  note(await results.next());
  let { queued } = await pool.stats();
  while (queued > 0) ({ queued } = await pool.stats());
  assertEquals((await manager.stats()).objects, objects);
});

pooled("a signal ends a call, and its task", async (pool, note) => {
  for (const kind of ["apply", "applyAsync", "imap"] as const) {
    const mark = freshPath();
    const aborting = new AbortController();
    const { signal } = aborting;
    const started = kind === "apply"
      ? pool.apply(announceAndSeeTheEnd, [mark], { signal })
      : kind === "applyAsync"
      ? pool.applyAsync(announceAndSeeTheEnd, [mark], { signal }).then((result) => result.get())
      : pool.imap(announceAndSeeTheEnd, [mark], { signal }).then((results) => results.next());
    const ended = failure(started);
    await until(() => readValue(mark) !== undefined);
    aborting.abort(new RangeError("enough"));
    note(await ended);
    await until(() => readValue(`${mark}.stopped`) !== undefined);
  }
  const mark = freshPath();
  const result = await pool.applyAsync(announceAndSeeTheEnd, [mark]);
  await until(() => readValue(mark) !== undefined);
  note(await result.cancel());
  await assertRejects(() => result.get(), CancelledError);
  await until(() => readValue(`${mark}.stopped`) !== undefined);
  note(await failure(pool.applyAsync(square, [1], { signal: AbortSignal.abort(new Error("no")) })));
  note(await failure(pool.apply(square, [1], { signal: 5 as never })));
});

pooled(
  "calls and close() reach the pool in the order in which they are made",
  async (pool, note) => {
    async function* slowly(): AsyncGenerator<number> {
      for (const x of [1, 2, 3]) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield x;
      }
    }
    const args: [unknown] = [{ x: 1 }];
    const inline = pool.apply(identity, args);
    args[0] = { x: 2 };
    const named = pool.map(square, slowly());
    const starred = pool.starmap(
      argumentsOf,
      (async function* () {
        yield [1];
      })(),
    );
    const streamed = pool.imap(square, slowly());
    await pool.close();
    note([await inline, await named, await starred]);
    const seen: number[] = [];
    for await (const value of await streamed) seen.push(value);
    note(seen);
    await assertRejects(() => pool.apply(square, [1]), PoolClosedError);
    await pool.join();
    note((await pool.stats()).processes);
  },
);

pooled(
  "join() wants a pool that is closed; terminate() rejects what is left",
  async (pool, note) => {
    await assertRejects(() => pool.join(), ProcessError);
    const mark = freshPath();
    const waiting = failure(pool.apply(announceAndWaitUntil, [mark, freshPath()]));
    const result = await pool.applyAsync(announceAndWaitUntil, [freshPath(), freshPath()]);
    await until(() => existsSync(mark));
    await pool.terminate();
    note([await waiting, await failure(result.get())]);
    await pool.join();
    note([(await pool.stats()).processes, await failure(pool.map(square, [1]))]);
  },
);

conform("the options of a manager's pool are those of a pool", async (note) => {
  await using manager = await mp.Manager();
  await using pool = await manager.Pool({
    processes: 1,
    initializer: setState,
    initArgs: ["of", { each: "worker" }],
    name: "Helper",
    maxTasksPerChild: 3,
    retries: { attempts: 2, delay: 0, on: [RangeError, WorkerLostError, "Misfit"] },
  });
  note([await pool.apply(getState), await pool.apply(nameOf), (await pool.stats()).processes]);
  const { name, daemon, isMain } = await pool.apply(whoAmI);
  note([name, daemon, isMain]);
  await pool.recycle();
  note(await pool.apply(nameOf));
  const { workers, slowest } = await pool.insights();
  note([workers.length, slowest.length > 0, await pool.repr()]);
  note(await failure(pool.getValue()));
  await using inner = await manager.Pool({ processes: 1, daemon: false });
  note(await inner.apply(startPool));
});

conform("options that are wrong are refused, and nothing is started", async (note) => {
  await using manager = await mp.Manager();
  const wrong: unknown[] = [
    0,
    -1,
    1.5,
    "two",
    { processes: "2" },
    [],
    { maxtasksperchild: 1 },
    { permissions: "none" },
    { initArgs: 5 },
    { name: 5 },
    { daemon: 1 },
    { initializer: 5 },
    { taskTimeout: -1 },
    { retries: { attempts: 0 } },
    { retries: { attempts: 2, on: () => true } },
    { initializer: () => wrong },
  ];
  for (const options of wrong) {
    note((await failure(manager.Pool(options as never))).split("\n")[0]);
  }
  assertEquals((await manager.stats()).objects, 0);
  await using broken = await manager.Pool({ processes: 1, initializer: refuseToStart });
  note(await failure(broken.apply(square, [1])));
  await using pool = await manager.Pool(1);
  note(await failure(pool.map(square, [1], { progress: true } as never)));
  note(await failure(pool.map(square, [1], { onProgress: () => {} } as never)));
  note(await failure(pool.call("supply", 99, 1)));
  note(await failure(pool.call("apply", { kind: "none" }, [1])));
  note(await failure(pool.call("createTable")));
});

pooled("tasks of a manager's pool use the manager's other objects", async (pool, note, manager) => {
  const dict = await manager.dict<string, number>();
  const keys = ["a", "bb", "ccc"];
  note(await pool.starmap(countIn, keys.map((key): [typeof dict, string] => [dict, key])));
  note((await dict.entries()).sort());
  const same = await pool.apply(identity<typeof dict>, [dict]);
  note(await same.size());
  // Shared memory passes through the server as well.
  const queue = new mp.Queue<number>();
  await pool.apply((queue: { put(x: number): Promise<void> }) => queue.put(5), [queue]);
  note(await queue.get());
  queue.close();
});

pooled("any process that has a proxy uses the pool", async (pool, note, manager) => {
  note(await valueOf(useFrom, pool));
  const list = await manager.list([pool]);
  const same = (await list.at(0))!;
  note(await same.apply(square, [5]));
});

pooled("a task ends with the client that waits for it; what others wait for goes on", async (
  pool,
  note,
) => {
  const [mark, own, go] = [freshPath(), freshPath(), freshPath()];
  const mine = pool.apply(announceAndWaitUntil, [own, go]);
  await until(() => existsSync(own));
  const child = new mp.Process({ target: callForEver, args: [pool, mark] });
  await child.start();
  await until(() => readValue(mark) !== undefined);
  child.kill();
  await child.join();
  await until(() => readValue(`${mark}.stopped`) !== undefined);
  create(go);
  assertEquals(await mine, go);
  note(await pool.map(square, [1, 2, 3]));
});

pooled("what a client has begun can be asked for when it has been killed", async (
  pool,
  note,
  manager,
) => {
  const queue = await manager.Queue<AsyncResultProxy<string>>();
  const [mark, go] = [freshPath(), freshPath()];
  const child = new mp.Process({
    target: beginAndStay as (...args: unknown[]) => Promise<void>,
    args: [pool, mark, go, queue],
  });
  await child.start();
  const result = await queue.get();
  child.kill();
  await child.join();
  create(go);
  assertEquals(await result.get(), go);
  note(await result.successful());
});

conform("a pool that nobody can use finishes what there is, and its workers end", async (note) => {
  await using manager = await mp.Manager();
  const pool = await manager.Pool(1);
  const [mark, go] = [freshPath(), freshPath()];
  const worker = ownPid ? await pool.apply(pid) : null;
  const result = await pool.applyAsync(announceAndWaitUntil, [mark, go]);
  pool.dispose();
  note(await failure(pool.apply(square, [1])));
  let { objects } = await manager.stats();
  while (objects > 1) ({ objects } = await manager.stats());
  create(go);
  assertEquals(await result.get(), go);
  result.dispose();
  while (objects > 0) ({ objects } = await manager.stats());
  await until(() => worker === null || !isRunning(worker));
});

conform("the end of the server ends its pools, whatever they do", async (note) => {
  const manager = await mp.Manager();
  const pools = [await manager.Pool(1), await manager.Pool(1)];
  const marks = [freshPath(), freshPath()];
  const lost = pools.map((pool, i) => failure(pool.apply(spinUntil, [marks[i], freshPath()])));
  await until(() => marks.every((mark) => readValue(mark) !== undefined));
  const workers = marks.map((mark) => readValue(mark) as number);
  // One of them nobody can use any more.
  pools[1].dispose();
  await manager.shutdown();
  note((await Promise.all(lost)).map((text) => text.split(":")[0]));
  await assertRejects(() => pools[0].apply(square, [1]), EOFError);
  if (ownPid) await until(() => !workers.some(isRunning));
});

pooled("when the server is killed its pool's calls are told, and its workers end", async (
  pool,
  note,
  manager,
) => {
  const mark = freshPath();
  const waiting = failure(pool.apply(spinUntil, [mark, freshPath()]));
  const result = await pool.applyAsync(announceAndWaitUntil, [freshPath(), freshPath()]);
  const asked = failure(result.get());
  const results = await pool.imap(square, [1, 2, 3]);
  await until(() => readValue(mark) !== undefined);
  const worker = readValue(mark) as number;
  process.kill(manager.pid!, "SIGKILL");
  note([(await waiting).split(":")[0], (await asked).split(":")[0]]);
  await assertRejects(() => results.return(), EOFError);
  await assertRejects(() => pool.terminate(), EOFError);
  await until(() => !isRunning(worker));
  await manager.shutdown();
}, { skip: noKill });

conform("a pool is refused to clients of another program", async (note) => {
  const { SyncManager } = await import("../../mod.ts");
  const address = { host: "127.0.0.1", port: 0 };
  const authKey = new Uint8Array([1, 2, 3]);
  await using manager = new mp.SyncManager({ address, authKey });
  await manager.start();
  await using client = new SyncManager({ address: manager.address!, authKey });
  await client.connect();
  note(await failure(client.Pool(1)));
  const dict = await manager.dict<string, PoolProxy>();
  await using pool = await manager.Pool(1);
  await dict.set("pool", pool);
  note(await pool.apply(square, [2]));
});

conform("nothing is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});

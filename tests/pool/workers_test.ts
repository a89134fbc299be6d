/** `Pool`: how long its workers live, how many there are, and how they end. */

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BrokenPoolError,
  capture,
  FreeVariableError,
  NotSupportedError,
  PoolClosedError,
  ref,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";
import {
  bytes,
  create,
  holdUp,
  leave,
  meet,
  nameOf,
  sign,
  square,
  startOnce,
  takeMemory,
  takeMemoryForEver,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform, type ConformOptions } from "../support/conform.ts";

const { ownMemory } = mp.capabilities;
const needsMemory: ConformOptions = {
  skip: ownMemory ? false : "no ownMemory: a thread shares its memory with its process",
};
const MIB = 1024 * 1024;
const ten = Array.from({ length: 10 }, (_, i) => i);

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "workers-"));
}

function linesAt(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

/** How often each of them occurs. */
function counts(names: string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name of names) all[name] = (all[name] ?? 0) + 1;
  return all;
}

/** The number of the next child, which tells whether one was started meanwhile. */
function nextNumber(): number {
  return Number(new mp.Process().name.split("-")[1]);
}

conform("what cannot be is refused at the constructor, and nothing is started", (note) => {
  const wrong: [object, typeof TypeError | typeof RangeError][] = [
    [{ maxTasksPerChild: 0 }, RangeError],
    [{ maxTasksPerChild: -1 }, RangeError],
    [{ maxTasksPerChild: 0.5 }, RangeError],
    [{ maxTasksPerChild: "12" }, TypeError],
    [{ maxTasksPerChild: null }, TypeError],
    [{ minProcesses: -1 }, RangeError],
    [{ minProcesses: 3 }, RangeError],
    [{ minProcesses: NaN }, RangeError],
    [{ minProcesses: [1] }, TypeError],
    [{ maxMemoryPerChild: 0 }, RangeError],
    [{ maxMemoryPerChild: Infinity }, RangeError],
    [{ maxMemoryPerChild: "1 GB" }, TypeError],
  ];
  const before = nextNumber();
  for (const [options, type] of wrong) {
    const shown = JSON.stringify(options);
    const { message } = assertThrows(
      () => new mp.Pool({ processes: 2, ...options }),
      type,
      "",
      shown,
    );
    note([shown, message]);
  }
  const error = assertThrows(() => new mp.Pool({ finalizer: 5 as never }), TypeError);
  note(error.message);
  assertEquals(nextNumber() - before, 1);
});

// maxTasksPerChild

conform("maxTasksPerChild replaces a worker after so many tasks, and loses none", async (note) => {
  await using pool = new mp.Pool({ processes: 1, maxTasksPerChild: 3 });
  const names = await pool.map(nameOf as (x: number) => string, ten, { chunkSize: 1 });
  note(counts(names));
  await using two = new mp.Pool({ processes: 2, maxTasksPerChild: 2 });
  const calls = Array.from({ length: 14 }, () => two.apply(nameOf));
  const all = Object.values(counts(await Promise.all(calls)));
  assert(all.every((times) => times <= 2), `${all}`);
  assert(two.stats.processes <= 2);
});

conform("a chunk of a map counts as one task", async (note) => {
  await using pool = new mp.Pool({ processes: 1, maxTasksPerChild: 2 });
  note(counts(await pool.map(nameOf as (x: number) => string, ten, { chunkSize: 2 })));
});

conform("a worker that has to go gives its large results first", async () => {
  await using pool = new mp.Pool({ processes: 1, maxTasksPerChild: 1 });
  const results = await Promise.all([1, 2, 3].map((x) => pool.apply(bytes, [1_000_000 + x, x])));
  assertEquals(results.map((result) => [result.length, result[999_999]]), [
    [1_000_001, 1],
    [1_000_002, 2],
    [1_000_003, 3],
  ]);
  assertEquals(pool.stats.lost, 0);
});

conform("a closed pool replaces workers as long as there is work", async (note) => {
  const pool = new mp.Pool({ processes: 2, maxTasksPerChild: 1 });
  const results = ten.map((x) => pool.applyAsync(square, [x]));
  pool.close();
  await pool.join();
  note(await Promise.all(results.map((result) => result.get())));
  assertEquals(pool.stats.processes, 0);
});

// maxMemoryPerChild

conform("maxMemoryPerChild is refused where the memory of a worker cannot be told", () => {
  const options = { processes: 1, maxMemoryPerChild: 1024 * MIB };
  if (ownMemory) return void new mp.Pool(options).terminate();
  const error = assertThrows(() => new mp.Pool(options), NotSupportedError);
  assertStringIncludes(error.message, 'getContext("process")');
});

conform("a worker with too much memory is replaced, and its task is done", async (note) => {
  await using pool = new mp.Pool({ processes: 1, maxMemoryPerChild: 400 * MIB });
  const before = await Promise.all(ten.map(() => pool.apply(nameOf)));
  const big = await pool.apply(takeMemory, [500 * MIB]);
  note([counts(before), big]);
  // A call that was given ahead may still have run where the memory is.
  let after = big;
  while (after === big) after = await pool.apply(nameOf);
  note(after);
  assertEquals(pool.stats.lost, 0);
}, needsMemory);

conform("a task that goes on and on with too much memory is ended with its worker", async () => {
  await using pool = new mp.Pool({ processes: 1, maxMemoryPerChild: 400 * MIB });
  const endless = pool.applyAsync(takeMemoryForEver, [500 * MIB]);
  const behind = ten.map((x) => pool.applyAsync(square, [x]));
  const error = await assertRejects(() => endless.get(), WorkerLostError);
  assertEquals(error.signal, "SIGKILL");
  assertStringIncludes(error.message, "maxMemoryPerChild");
  assertEquals(await Promise.all(behind.map((call) => call.get())), ten.map((x) => x * x));
  assertEquals(pool.stats.lost, 1);
}, needsMemory);

// finalizer

conform("finalizer is called once in each worker that ends in peace", async (note) => {
  const path = freshPath();
  const finalizer = capture({ sign, path }, () => void sign(path));
  const pool = new mp.Pool({ processes: 1, maxTasksPerChild: 4, finalizer });
  await pool.map(square, ten, { chunkSize: 1 });
  await pool.recycle();
  await pool.apply(square, [1]);
  pool.close();
  await pool.join();
  note(linesAt(path));
});

conform("finalizer may take its time", async (note) => {
  const path = freshPath();
  const finalizer = capture({ sign, path }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    sign(path);
  });
  const pool = new mp.Pool({ processes: 1, finalizer });
  note(await pool.apply(square, [3]));
  pool.close();
  await pool.join();
  note(linesAt(path));
});

conform("finalizer is not called in a worker that is terminated or lost", async () => {
  const path = freshPath();
  const finalizer = capture({ sign, path }, () => void sign(path));
  const pool = new mp.Pool({ processes: 1, finalizer });
  await assertRejects(() => pool.apply(leave, [3]), WorkerLostError);
  await pool.apply(square, [2]);
  await pool.terminate();
  assertEquals(linesAt(path), []);
});

conform("a finalizer that fails harms nobody", async (note) => {
  const pool = new mp.Pool({
    processes: 1,
    maxTasksPerChild: 1,
    finalizer: capture({}, () => {
      throw new RangeError("no end today");
    }),
  });
  note(await pool.map(square, [1, 2, 3], { chunkSize: 1 }));
  pool.close();
  await pool.join();
  assertEquals([pool.stats.lost, pool.stats.failed], [0, 0]);
});

conform("a finalizer or an initializer that hangs does not hang join()", async (note) => {
  const path = freshPath();
  const hang = capture({ waitUntil, path }, () => waitUntil(path));
  const busy = capture({}, () => {
    while (Date.now() > 0);
  });
  // Threads of Deno that never yield cannot be stopped, so none is made.
  const finalizers = mp.capabilities.hardStop ? [hang, busy] : [hang];
  const pools = finalizers.map((finalizer) => new mp.Pool({ processes: 1, finalizer }));
  const results = await Promise.all(pools.map((pool) => pool.apply(square, [3])));
  pools.push(new mp.Pool({ processes: 4, initializer: hang }));
  for (const pool of pools) pool.close();
  await Promise.all(pools.map((pool) => pool.join()));
  note(results[0]);
  for (const { stats } of pools) {
    assertEquals([stats.processes, stats.lost, stats.failed], [0, 0, 0]);
  }
});

conform("the first calls go to the worker that is there first", async (note) => {
  const open = freshPath();
  const names = ["PoolWorker-1", "PoolWorker-3"];
  await using pool = new mp.Pool({ processes: 3, initializer: holdUp, initArgs: [names, open] });
  // Called before any is there: a single one, and more than all can be given ahead.
  const alone = await pool.apply(nameOf);
  const calls = [1, 2].map((chunkSize) => pool.map(nameOf, ten, { chunkSize }));
  const callers = [alone, ...(await Promise.all(calls)).flat()];
  note([...new Set(callers)]);
  assertEquals(pool.insights().workers.map(({ tasks }) => tasks > 0), [false, true, false]);
  writeFileSync(open, "");
  await until(() => pool.insights().workers.every(({ initMs }) => initMs > 0));
});

conform(
  "what a loading worker was given goes to one that is there, before what waits",
  async () => {
    const open = freshPath();
    const names = ["PoolWorker-1"];
    await using pool = new mp.Pool({ processes: 2, initializer: holdUp, initArgs: [names, open] });
    const first = pool.apply(nameOf);
    let isOver = false;
    first.then(() => isOver = true);
    // There is always something that waits.
    const callAgain = async () => {
      while (!isOver) await pool.apply(nameOf);
    };
    await Promise.all([1, 2, 3, 4, 5].map(callAgain));
    assertEquals(await first, "PoolWorker-2");
  },
);

conform("a call may have a time limit while an initializer hangs", async () => {
  await using pool = new mp.Pool({ processes: 1, initializer: waitUntil, initArgs: [freshPath()] });
  await assertRejects(() => pool.apply(square, [3], { timeout: 50 }), TimeoutError);
  await assertRejects(
    () => pool.map(square, ten, { signal: AbortSignal.abort(new RangeError("not now")) }),
    RangeError,
    "not now",
  );
});

conform("a finalizer that cannot be is refused at the start", async () => {
  const outer = { n: 1 };
  const names: string[] = [];
  try {
    await using pool = new mp.Pool({ processes: 1, finalizer: () => void outer.n });
    await pool.apply(square, [1]);
  } catch (error) {
    assertInstanceOf(error, FreeVariableError);
    names.push(...error.variables.map(({ name }) => name));
  }
  assertEquals(names, ["outer"]);
  const finalizer = ref<() => void>(new URL("../fixtures/no_such_file.ts", import.meta.url), "end");
  await using pool = new mp.Pool({ processes: 1, finalizer });
  await assertRejects(() => pool.apply(square, [1]), BrokenPoolError);
});

// minProcesses

conform("minProcesses starts so many workers, and more when calls wait", async (note) => {
  await using pool = new mp.Pool({ processes: 3, minProcesses: 1 });
  assertEquals(pool.stats.processes, 1);
  note(await pool.apply(square, [2]));
  assertEquals(pool.stats.processes, 1);
  for (let round = 0; round < 2; round++) {
    const folder = freshFolder();
    const idents = await Promise.all([1, 2, 3].map((n) => pool.apply(meet, [folder, 3, n])));
    assertEquals(new Set(idents).size, 3);
    assertEquals(pool.stats.processes, 3);
    await until(() => pool.stats.processes === 1);
  }
  note(await pool.map(square, ten));
});

conform("minProcesses may be none at all", async (note) => {
  const path = freshPath();
  const finalizer = capture({ sign, path }, () => void sign(path));
  await using pool = new mp.Pool({ processes: 2, minProcesses: 0, finalizer });
  assertEquals(pool.stats.processes, 0);
  note(await pool.map(square, ten));
  await until(() => pool.stats.processes === 0);
  assert(linesAt(path).includes("PoolWorker-1"));
  note(await pool.map(square, [4, 5]));
  const late = pool.applyAsync(square, [6]);
  pool.close();
  await pool.join();
  note(await late);
});

conform("a closed pool without workers waits for what may still come", async (note) => {
  const pool = new mp.Pool({ processes: 1, minProcesses: 0 });
  let open!: () => void;
  const gate = new Promise<void>((resolve) => open = resolve);
  async function* late(): AsyncGenerator<number> {
    await gate;
    yield* [1, 2, 3];
  }
  const results = pool.imap(square, late());
  pool.close();
  let joined = false;
  const join = pool.join().then(() => joined = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals([joined, pool.stats.processes], [false, 0]);
  open();
  const squares: number[] = [];
  for await (const x of results) squares.push(x);
  note(squares);
  await join;
  assertEquals(pool.stats.processes, 0);
});

conform("a pool without workers ends at once", async () => {
  const closed = new mp.Pool({ processes: 2, minProcesses: 0 });
  closed.close();
  await closed.join();
  const terminated = new mp.Pool({ processes: 2, minProcesses: 0 });
  const call = terminated.applyAsync(waitUntil, [freshPath()]);
  await terminated.terminate();
  await assertRejects(() => call.get(), PoolClosedError);
  assertEquals([closed.stats.processes, terminated.stats.processes], [0, 0]);
});

// recycle

conform("recycle() replaces all workers", async (note) => {
  await using pool = new mp.Pool(1);
  const names = [await pool.apply(nameOf)];
  for (let round = 0; round < 2; round++) {
    await pool.recycle();
    names.push(await pool.apply(nameOf));
  }
  note(names);
  await Promise.all([pool.recycle(), pool.recycle()]);
  note(await pool.apply(nameOf));
});

conform("recycle() loses no task, whether it runs, waits or comes", async () => {
  await using pool = new mp.Pool(2);
  const folder = freshFolder();
  const path = freshPath();
  const first = ["a", "b"].map(() => pool.applyAsync(meet, [folder, 3, 1]));
  const results = Array.from({ length: 50 }, (_, x) => pool.applyAsync(square, [x]));
  const mapped = pool.mapAsync(square, ten, { chunkSize: 3 });
  const recycled = pool.recycle();
  const late = pool.applyAsync(create, [path]);
  create(`${folder}/2`);
  create(`${folder}/3`);
  await recycled;
  const values = await Promise.all(results.map((result) => result.get()));
  assertEquals(values, Array.from({ length: 50 }, (_, x) => x * x));
  assertEquals(await mapped, ten.map((x) => x * x));
  assertEquals(await late, path);
  await Promise.all(first.map((result) => result.get()));
  assertEquals([pool.stats.lost, pool.stats.failed, pool.stats.processes], [0, 0, 2]);
});

conform("recycle() of a pool that ends", async (note) => {
  const closed = new mp.Pool(1);
  closed.close();
  note((await assertRejects(() => closed.recycle(), PoolClosedError)).message);
  const terminated = new mp.Pool(1);
  const never = terminated.applyAsync(waitUntil, [freshPath()]);
  await until(() => terminated.stats.running === 1);
  const recycled = assertRejects(() => terminated.recycle(), PoolClosedError);
  await terminated.terminate();
  await recycled;
  await assertRejects(() => never.get(), PoolClosedError);
  await closed.join();
});

conform("recycle() tells when the new workers cannot start", async () => {
  const path = freshPath();
  await using pool = new mp.Pool({ processes: 1, initializer: startOnce, initArgs: [path] });
  await pool.apply(square, [1]);
  const error = await assertRejects(() => pool.recycle(), BrokenPoolError);
  assertStringIncludes(error.message, "only once");
});

// Many pools, and forgotten ones

conform("many pools live side by side", async () => {
  const pools = ten.slice(0, 6).map(() => new mp.Pool(2));
  const all = await Promise.all(pools.map((pool) => pool.map(square, ten)));
  assertEquals(all, pools.map(() => ten.map((x) => x * x)));
  await Promise.all(pools.map((pool) => pool.terminate()));
  assert(pools.every((pool) => pool.stats.processes === 0));
});

conform("a pool that is forgotten finishes what there is, and its workers end", async (note) => {
  const paths = [freshPath(), freshPath()];
  const results = paths.map((path) => useAndForget(path));
  note(await Promise.all(results));
  let garbage: unknown[] = [];
  await until(() => {
    garbage = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    return paths.some((path) => linesAt(path).length === 1);
  });
  assertEquals(garbage.length, 100_000);
});

function useAndForget(path: string): PromiseLike<number> {
  const finalizer = capture({ sign, path }, () => void sign(path));
  return new mp.Pool({ processes: 1, finalizer }).applyAsync(square, [7]);
}

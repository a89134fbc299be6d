/** `Pool`: what it tells of its workers, its tasks, and how far they are. */

import { existsSync } from "node:fs";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { capture, type Progress, WorkerLostError } from "../../mod.ts";
import {
  announceAndWaitUntil,
  bytes,
  computeFor,
  create,
  failAt,
  failWith,
  identity,
  leave,
  square,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { runProgram } from "../support/programs.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);

// insights()

conform("insights() tells how each worker spends its time", async (note) => {
  const before = performance.now();
  await using pool = new mp.Pool({
    processes: 1,
    initializer: capture({ computeFor }, () => computeFor(20)),
  });
  await pool.apply(computeFor, [30]);
  await pool.apply(bytes, [1_000_000, 7]);
  await pool.apply(identity<Uint8Array>, [new Uint8Array(50_000)]);
  await pool.map(square, ten, { chunkSize: 5 });
  await pool.apply(failWith, ["no"]).catch(() => {});
  const { workers, slowest, waitMs, runMs } = pool.insights();
  const lived = performance.now() - before;
  assertEquals(workers.length, 1);
  const [worker] = workers;
  note([worker.name, worker.tasks, Object.keys(worker)]);
  assert(worker.startMs > 0);
  assert(worker.initMs >= 20, `${worker.initMs}`);
  assert(worker.runMs >= 30, `${worker.runMs}`);
  assert(worker.idleMs >= 0 && worker.waitMs >= 0);
  assert(worker.startMs + worker.initMs + worker.runMs + worker.idleMs <= lived);
  assert(worker.bytesIn >= 50_000 && worker.bytesIn < 200_000, `${worker.bytesIn}`);
  assert(worker.bytesOut >= 1_050_000 && worker.bytesOut < 1_200_000, `${worker.bytesOut}`);
  assertEquals([waitMs, runMs], [pool.stats.waitMs, pool.stats.runMs]);
  assertEquals(slowest.length, 5);
  assertThrows(() => ((workers as unknown[])[0] = 1), TypeError);
  assertThrows(() => ((worker as { tasks: number }).tasks = 1), TypeError);
  await pool.recycle();
  note(pool.insights().workers.map(({ name, tasks }) => [name, tasks]));
});

conform("insights() of a pool that did nothing, and of one that has ended", async (note) => {
  const pool = new mp.Pool(1);
  const { workers, slowest, waitMs } = pool.insights();
  note([workers.map(({ tasks, runMs, idleMs }) => [tasks, runMs, idleMs]), slowest, waitMs]);
  await pool.terminate();
  note(pool.insights().workers);
});

conform("a call does not wait while nobody makes it", async () => {
  await using pool = new mp.Pool(1);
  for (let i = 0; i < 3; i++) {
    const [waited, since] = [pool.insights().workers[0].waitMs, performance.now()];
    await pool.apply(square, [2]);
    const took = performance.now() - since;
    const counted = pool.insights().workers[0].waitMs - waited;
    assert(counted <= took, `${counted} ms of ${took} ms`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
});

conform("insights() tells the slowest tasks, with their arguments cut short", async (note) => {
  await using pool = new mp.Pool(2);
  const [own, path] = [freshPath(), freshPath()];
  const slow = pool.applyAsync(announceAndWaitUntil, [own, path]);
  await until(() => existsSync(own));
  const text = "y".repeat(10_000);
  const others = ten.map((x) => pool.applyAsync(identity<unknown>, [{ text, x, list: ten }]));
  const mapped = pool.map(square, ten, { chunkSize: 10 });
  await Promise.all([...others.map((other) => other.get()), mapped]);
  create(path);
  await slow;
  const { slowest } = pool.insights();
  assertEquals(slowest.length, 5);
  assertEquals([slowest[0].fn, slowest[0].calls], ["announceAndWaitUntil", 1]);
  const shown = (text: string): string =>
    JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
  assertEquals(slowest[0].args, `${shown(own)}, ${shown(path)}`);
  assert(slowest.every(({ runMs }, i) => i === 0 || runMs <= slowest[i - 1].runMs));
  assert(slowest.every(({ args }) => args.length <= 200), JSON.stringify(slowest));
  await using one = new mp.Pool(1);
  await one.apply(identity<unknown>, [{ text, x: 1, list: ten }]);
  await one.map(square, ten, { chunkSize: 10 });
  note(one.insights().slowest.map(({ fn, args, calls }) => `${fn} ${args} ${calls}`).sort());
});

// node:diagnostics_channel

const NAMES = [
  "worker:start",
  "worker:ready",
  "worker:end",
  "job:start",
  "job:end",
  "task:queue",
  "task:start",
  "task:retry",
  "task:end",
];

conform("what happens is told on diagnostics channels", async (note) => {
  const heard: Record<string, Record<string, unknown>[]> = {};
  const listeners = NAMES.map((name) => {
    heard[name] = [];
    const listener = (message: unknown): void =>
      void heard[name].push(message as Record<string, unknown>);
    subscribe(`allcores:pool:${name}`, listener);
    return { name: `allcores:pool:${name}`, listener };
  });
  const pool = new mp.Pool(1);
  await pool.apply(square, [3]);
  await pool.apply(failWith, ["no"]).catch(() => {});
  await pool.map(square, ten, { chunkSize: 5 });
  await assertRejects(() => pool.apply(leave, [4]), WorkerLostError);
  await pool.apply(square, [4]);
  pool.close();
  await pool.join();
  for (const { name, listener } of listeners) unsubscribe(name, listener);
  const [{ pool: number }] = heard["worker:start"];
  for (const name of NAMES) {
    note([name, heard[name].map((message) => stable(message, number as number))]);
  }
  const [ready] = heard["worker:ready"];
  assert((ready.startMs as number) > 0 && (ready.initMs as number) >= 0);
  const [first] = heard["task:end"];
  assert((first.runMs as number) >= 0 && (first.waitMs as number) >= 0);
  for (const name of NAMES) assertEquals(channel(`allcores:pool:${name}`).hasSubscribers, false);
});

/** Without what is different each time. */
function stable(message: Record<string, unknown>, number: number): unknown {
  assertEquals(message.pool, number);
  const { pool: _, pid, startMs: __, initMs: ___, waitMs, runMs, error, ...rest } = message;
  assertEquals(pid === undefined || typeof pid === "number", true);
  const known = "outcome" in message ? waitMs !== null && runMs !== null : undefined;
  return { ...rest, error: error instanceof Error ? error.name : error, known };
}

// Progress

conform("onProgress is told how far a map is", async (note) => {
  await using pool = new mp.Pool(2);
  const told: Progress[] = [];
  const onProgress = (progress: Progress): void => void told.push(progress);
  await pool.map(square, Array(500).fill(1), { chunkSize: 1, onProgress });
  assert(told.every(({ done }, i) => i === 0 || done > told[i - 1].done));
  assert(told.every(({ total }) => total === 500));
  const { elapsedMs, rate, ...last } = told[told.length - 1];
  assert(elapsedMs > 0 && rate > 0);
  assertEquals(Math.round(rate * elapsedMs / 1000), 500);
  note(last);
  assertThrows(() => ((told[0] as { done: number }).done = 1), TypeError);
});

conform("onProgress is told by every kind of map, and at its end", async (note) => {
  await using pool = new mp.Pool(1);
  const last: Progress[] = [];
  const into = (i: number) => (progress: Progress): void => void (last[i] = progress);
  async function* slowly(): AsyncGenerator<number> {
    for (const x of ten) yield await Promise.resolve(x);
  }
  await pool.starmap(failAt, ten.map((x) => [x, 99] as [number, number]), { onProgress: into(0) });
  await pool.mapAsync(square, slowly(), { onProgress: into(1) });
  await pool.starmapAsync(failAt, [[1, 2]], { onProgress: into(2) });
  await pool.map(square, [], { onProgress: into(3) });
  const at = (x: number): number => x;
  await pool.map<[number, number], number>(at, ten, ten, { onProgress: into(4), chunkSize: 3 });
  note(last.map(({ done, total, failed, remainingMs }) => [done, total, failed, remainingMs]));
});

conform("onProgress is told by streams, whose end is not known at first", async (note) => {
  await using pool = new mp.Pool(1);
  for (const name of ["imap", "imapUnordered"] as const) {
    const told: Progress[] = [];
    const onProgress = (progress: Progress): void => void told.push(progress);
    let sum = 0;
    for await (const x of pool[name](square, ten, { chunkSize: 3, onProgress })) sum += x;
    const { done, total, failed } = told[told.length - 1];
    note([name, sum, done, total, failed]);
  }
  let last: Progress | undefined;
  const onProgress = (progress: Progress): void => void (last = progress);
  const items = ten.map((x): [number, number] => [x, 4]);
  const all = { chunkSize: 2, maxInFlight: 4, failFast: false, onProgress };
  await assertRejects(() => pool.starmap<[number, number], unknown>(failAt, items, all));
  note([last!.done, last!.failed, last!.total]);
  function* endless(): Generator<number> {
    for (let i = 0;; i++) yield i;
  }
  for await (const x of pool.imap(square, endless(), { chunkSize: 1, onProgress })) {
    if (x === 16) break;
  }
  assert(last!.done >= 5 && last!.total === null && last!.remainingMs === null);
});

conform("onProgress counts what failed", async (note) => {
  await using pool = new mp.Pool(1);
  let last: Progress | undefined;
  const onProgress = (progress: Progress): void => void (last = progress);
  const items = ten.map((x): [number, number] => [x, 4]);
  const all = { chunkSize: 2, failFast: false, onProgress };
  await assertRejects(() => pool.starmap<[number, number], unknown>(failAt, items, all));
  note([last!.done, last!.failed]);
  const first = { chunkSize: 2, onProgress };
  await assertRejects(() => pool.starmap<[number, number], unknown>(failAt, items, first));
  note([last!.done, last!.failed, last!.total]);
  const ended = new mp.Pool(1);
  const never = ended.mapAsync(waitUntil, [freshPath()], { onProgress });
  await ended.terminate();
  await never.wait();
  note([last!.done, last!.failed, last!.total]);
});

conform("an onProgress that throws harms nobody", async (note) => {
  await using pool = new mp.Pool(1);
  const said: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => void said.push(args[0]);
  try {
    const onProgress = (): never => {
      throw new Error("the caller's problem");
    };
    note(await pool.map(square, ten, { onProgress }));
  } finally {
    console.error = error;
  }
  await until(() => said.length > 0);
});

conform("wrong options of progress are refused at the call", async (note) => {
  await using pool = new mp.Pool(1);
  const wrong = [
    { progress: 1 },
    { progress: null },
    { progress: { colour: "red" } },
    { progress: { label: 5 } },
    { progress: { always: "yes" } },
    { progress: { keep: 0 } },
    { progress: { total: "ten" } },
    { onProgress: 5 },
  ];
  for (const options of wrong) {
    const call = (): unknown => pool.mapAsync(square, ten, options as never);
    note([JSON.stringify(options), assertThrows(call, TypeError).message]);
  }
  assertEquals(pool.stats.done, 0);
});

conform(
  "a bar is shown on the standard error stream, in a terminal or when asked",
  async (note) => {
    const silent = await runProgram("pool.ts", "silentBar");
    assertEquals([silent.code, silent.stderr], [0, ""]);
    const asked = await runProgram("pool.ts", "bar");
    assertEquals(asked.code, 0);
    assertStringIncludes(asked.stderr, "squares ");
    assertStringIncludes(asked.stderr, "100% | 40/40 | ");
    assert(/ \| in \d+s \| 10 failed\n$/.test(asked.stderr), asked.stderr);
    note([silent.stdout, asked.stdout]);
  },
);

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Outbox } from "../../src/messages/channel.ts";
import { CallJob, MapJob, type MapJobOptions } from "../../src/pool/jobs/job.ts";
import type { Task } from "../../src/pool/jobs/task.ts";
import type { PoolFunction } from "../../src/pool/jobs/function_table.ts";
import { Decoder } from "../../src/codec/decode.ts";
import { record } from "../support/transcript.ts";

interface Log {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  said: unknown[];
}

function newLog(): Log {
  const said: unknown[] = [];
  return { said, resolve: (value) => said.push(value), reject: (error) => said.push({ error }) };
}

function fnOf(callTime = 0): PoolFunction {
  const packed = { kind: "text", name: "fn" } as unknown as PoolFunction["packed"];
  return { number: 1, name: "fn", packed, callTime, site: "" } as PoolFunction;
}

function newMap(
  items: unknown[],
  options: Partial<MapJobOptions> = {},
  fn = fnOf(),
): { job: MapJob; log: Log } {
  const log = newLog();
  const all = {
    star: false,
    chunkSize: null,
    failFast: true,
    workers: 2,
    meter: null,
    ...options,
  };
  return { job: new MapJob(fn, items, all, 0, log), log };
}

function tasksOf(job: MapJob): Task[] {
  const tasks: Task[] = [];
  while (job.hasNext) tasks.push(job.next());
  return tasks;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

test("MapJob obeys a given chunk size exactly", () => {
  const { job } = newMap(range(10), { chunkSize: 4 }, fnOf(100));
  assertEquals(tasksOf(job).map((task) => task.payload), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
  assertEquals([job.hasNext, job.left], [false, 0]);
  const single = newMap(range(3), { chunkSize: 1_000_000 }).job;
  assertEquals(tasksOf(single).map((task) => task.calls), [3]);
});

test("MapJob gives out each item once, in order, whatever the times", () => {
  for (const callTime of [0, 0.0001, 0.01, 1, 50]) {
    for (const length of [1, 2, 3, 7, 100, 20_000]) {
      const { job } = newMap(range(length), {}, fnOf(callTime));
      const tasks = tasksOf(job);
      assertEquals(tasks.flatMap((task) => task.payload as number[]), range(length));
      let first = 0;
      for (const task of tasks) {
        assertEquals([task.first, task.calls], [first, (task.payload as number[]).length]);
        first += task.calls;
      }
    }
  }
});

test("MapJob makes chunks of about 2 ms, of one item while nothing is known", () => {
  const fn = fnOf();
  const { job } = newMap(range(100_000), {}, fn);
  assertEquals([job.next().calls, job.next().calls], [1, 1]);
  fn.callTime = 0.001;
  const sizes = range(5).map(() => job.next().calls);
  assertEquals(sizes, [16, 256, 2000, 2000, 2000]);
  fn.callTime = 0.5;
  assertEquals(job.next().calls, 4);
  fn.callTime = 30;
  assertEquals(job.next().calls, 1);
});

test("MapJob leaves work for all workers at the end", () => {
  const { job } = newMap(range(4000), { workers: 4 }, fnOf(0.0005));
  const sizes = tasksOf(job).map((task) => task.calls);
  assert(Math.max(...sizes) <= 500, `${sizes}`);
  assertEquals(sizes.at(-1), 1);
});

test("MapJob puts results in the order of the items, in whatever order they come", () => {
  const { job, log } = newMap(range(6), { chunkSize: 2 });
  const [a, b, c] = tasksOf(job);
  job.succeed(c, [40, 50]);
  job.succeed(a, [0, 10]);
  assertEquals(log.said, []);
  job.succeed(b, [20, 30]);
  assertEquals(log.said, [[0, 10, 20, 30, 40, 50]]);
});

test("MapJob fails at once, and drops what it has not given out", () => {
  const { job, log } = newMap(range(6), { chunkSize: 2 });
  const first = job.next();
  const second = job.next();
  const error = new Error("no");
  job.fail(first, error);
  assertEquals(log.said, [{ error }]);
  assertEquals([job.hasNext, job.left], [false, 0]);
  assertEquals((error as { itemIndex?: number }).itemIndex, 0);
  job.succeed(second, [1, 2]);
  job.fail(second, new Error("late"));
  assertEquals(log.said.length, 1);
});

test("MapJob with failFast: false gives out all, then the first failure that came", () => {
  const { job, log } = newMap(range(6), { chunkSize: 2, failFast: false });
  const first = job.next();
  job.fail(first, "first");
  assertEquals([log.said, job.hasNext], [[], true]);
  const [second, third] = tasksOf(job);
  job.fail(third, "second");
  assertEquals(log.said, []);
  job.succeed(second, [0, 0]);
  assertEquals(log.said, [{ error: "first" }]);
});

test("MapJob.abort() settles it once", () => {
  const { job, log } = newMap(range(6), { chunkSize: 2 });
  const [task] = [job.next()];
  job.abort("ended");
  job.abort("again");
  job.succeed(task, [1, 2]);
  assertEquals([log.said, job.hasNext, job.left], [[{ error: "ended" }], false, 0]);
});

test("CallJob.keep() copies the arguments now", () => {
  const log = newLog();
  const args = [{ n: 1 }, new Uint8Array([1, 2])] as [{ n: number }, Uint8Array];
  const job = new CallJob(fnOf(), args, 0, log);
  job.keep(new Outbox());
  args[0].n = 2;
  args[1][0] = 9;
  const task = job.next();
  const bytes = new Uint8Array(1024);
  const end = task.writer.encode(task.payload, bytes, 64, 1024, "args");
  assertEquals(new Decoder().decode(bytes, 64, end), [{ n: 1 }, new Uint8Array([1, 2])]);
  assertEquals([job.hasNext, job.left, task.calls], [false, 0, 1]);
});

test("chunks are the same on all runs where nothing is measured", (t) => {
  const sizes = (length: number, workers: number, callTime: number) =>
    tasksOf(newMap(range(length), { workers }, fnOf(callTime)).job).map((task) => task.calls);
  record(t.name, [
    sizes(100, 2, 0),
    sizes(3000, 3, 0.01),
    sizes(10, 8, 1),
    sizes(50_000, 2, 0.0001),
  ]);
});

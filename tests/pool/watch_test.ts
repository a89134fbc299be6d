/** Pools: what those who watch one are told, may pass along, and may do. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  CancelledError,
  type JobEndEvent,
  type JobEvent,
  type RetryPolicy,
  type TaskRetryEvent,
} from "../../mod.ts";
import { livePools, type WatchedPool } from "../../src/pool/live_pools.ts";
import { carried, carriedAgain, runUntil } from "../fixtures/watched_tasks.ts";
import { failAtFirst } from "../fixtures/pool_retries.ts";
import { square } from "../fixtures/pool_tasks.ts";
import { mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);
const again: RetryPolicy = { attempts: 3, delay: 0, on: ["RangeError"] };

/** Listens to a channel of pools until the scope is left. */
function listening<Event>(name: string, onEvent: (event: Event) => void): Disposable {
  const listener = (event: unknown): void => onEvent(event as Event);
  subscribe(`allcores:pool:${name}`, listener);
  return { [Symbol.dispose]: () => void unsubscribe(`allcores:pool:${name}`, listener) };
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** The pool that was created last. */
function latestPool(): WatchedPool {
  return [...livePools].at(-1)![1];
}

conform("what a listener puts into the carrier of a call reaches its tasks", async (note) => {
  using _ = listening<JobEvent>("job:start", ({ carrier, fn, kind, job, total }) => {
    carrier.traceparent = `${fn} ${kind} ${job} ${total}`;
  });
  await using pool = new mp.Pool(2);
  // The first call of a program is told of a little later, when the channels are open.
  note(await pool.apply(carried, [0]));
  note(await pool.map(carried, [1, 2, 3], { chunkSize: 1 }));
  note(await all(pool.imap(carried, [1, 2], { chunkSize: 1 })));
  note(await pool.apply(carriedAgain, [0], { retries: again }));
});

conform("a carrier holds for its own call, and takes texts only", async (note) => {
  await using pool = new mp.Pool(1);
  note(await pool.apply(carried, [0]));
  {
    using _ = listening<JobEvent>("job:start", ({ carrier }) => {
      Object.assign(carrier, { baggage: "a=1", number: 5, nothing: null });
    });
    note(await pool.apply(carried, [0]));
  }
  note(await pool.apply(carried, [0]));
  using _ = listening<JobEvent>("job:start", ({ carrier }) => carrier.large = "x".repeat(10_000));
  note(await pool.apply(carried, [0]));
});

conform("each call and map is told once as made, and once as ended", async (note) => {
  const made: JobEvent[] = [];
  const ended: JobEndEvent[] = [];
  using _ = listening<JobEvent>("job:start", (event) => void made.push(event));
  using __ = listening<JobEndEvent>("job:end", (event) => void ended.push(event));
  const pool = new mp.Pool(2);
  await pool.apply(square, [3]);
  await pool.map(square, ten, { chunkSize: 3 });
  await all(pool.imapUnordered(square, ten, { chunkSize: 3 }));
  const cancelled = pool.applyAsync(square, [4]);
  cancelled.cancel();
  await assertRejects(() => cancelled.get(), CancelledError);
  pool.close();
  await pool.join();
  note(made.map(({ fn, kind, total, job }) => [fn, kind, total, job]));
  assertEquals(ended.map(({ job }) => job).sort(), made.map(({ job }) => job));
});

conform("a retry is told with what failed", async (note) => {
  const retries: TaskRetryEvent[] = [];
  using _ = listening<TaskRetryEvent>("task:retry", (event) => void retries.push(event));
  await using pool = new mp.Pool(1);
  note(await pool.apply(failAtFirst, [2], { retries: again }));
  note(retries.map(({ pool: _, error, runMs, worker, ...rest }) => {
    assert(runMs !== null && runMs >= 0);
    return { ...rest, worker, error: (error as Error).name };
  }));
});

conform("the task that a worker is at can be seen, and its call cancelled", async (note) => {
  await using pool = new mp.Pool(2);
  const [begun, end] = [new mp.Event(), new mp.Event()];
  const running = pool.applyAsync(runUntil, [begun, end]);
  await begun.wait();
  const watched = latestPool();
  const [task, ...others] = watched.running;
  assert(task.ageMs >= 0 && task.pid > 0);
  assertMatch(task.worker, /^PoolWorker-[12]$/);
  note([task.fn, task.calls, others]);
  note([watched.cancelJob(task.job + 1), watched.cancelJob(task.job)]);
  note(await running.get().catch((error) => error.name));
  await end.set();
  await until(() => watched.running.length === 0);
  note(watched.cancelJob(task.job));
});

conform("a worker can be replaced", async (note) => {
  await using pool = new mp.Pool(1);
  note(await pool.apply(square, [2]));
  const watched = latestPool();
  note([watched.retireWorker("nobody"), watched.retireWorker("PoolWorker-1")]);
  await until(() => pool.insights().workers.some(({ name }) => name === "PoolWorker-2"));
  note(await pool.apply(square, [3]));
});

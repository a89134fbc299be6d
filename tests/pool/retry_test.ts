/** `Pool`: tasks that are run again, and tasks that go first. */

import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  CancelledError,
  EOFError,
  PoolClosedError,
  type RetryPolicy,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";
import {
  announceAndComputeUntil,
  announceAndWaitUntil,
  computeUntil,
  create,
  identity,
  note as noteInWorker,
  noted,
  square,
} from "../fixtures/pool_tasks.ts";
import {
  answerOn,
  dieAtFirst,
  dieWith,
  failAndCount,
  failAtFirst,
  failWithItem,
  failWithRange,
  hangAtFirst,
} from "../fixtures/pool_retries.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);

/** Without a delay, lest the tests wait. */
function policy(attempts: number, on?: RetryPolicy["on"]): RetryPolicy {
  return on === undefined ? { attempts, delay: 1 } : { attempts, delay: 1, on };
}

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "retry-"));
}

conform("retries as a number run a task again whose worker died", async (note) => {
  await using pool = new mp.Pool(1);
  assertEquals(await pool.apply(dieAtFirst, [2], { retries: 2 }), 3);
  note([pool.stats.retried, pool.stats.lost, pool.stats.failed]);
  await assertRejects(() => pool.apply(dieAtFirst, [2], { retries: 1 }), WorkerLostError);
  await assertRejects(() => pool.apply(dieAtFirst, [1]), WorkerLostError);
  note([pool.stats.retried, pool.stats.lost, pool.stats.failed]);
  await using other = new mp.Pool({ processes: 1, retries: 3 });
  assertEquals(await other.apply(dieAtFirst, [3]), 4);
  await assertRejects(() => other.apply(dieAtFirst, [1], { retries: 0 }), WorkerLostError);
});

conform("an error that nobody named is not retried", async () => {
  await using pool = new mp.Pool({ processes: 1, retries: 5 });
  const folder = freshFolder();
  await assertRejects(() => pool.apply(failAndCount, [folder]), RangeError, "always");
  await assertRejects(
    () => pool.apply(failAndCount, [folder], { retries: policy(5, [TypeError, "Other"]) }),
    RangeError,
  );
  await assertRejects(
    () => pool.apply(failAndCount, [folder], { retries: policy(5) }),
    RangeError,
  );
  assertEquals(readdirSync(folder).length, 3);
  assertEquals(pool.stats.retried, 0);
  await assertRejects(
    () => pool.apply(dieAtFirst, [1], { retries: policy(5, [RangeError]) }),
    WorkerLostError,
  );
});

conform("a policy names errors by class, by name, or is asked", async (note) => {
  await using pool = new mp.Pool(1);
  assertEquals(
    await pool.apply(failWithRange, [7, 2], { retries: policy(3, [TypeError, RangeError]) }),
    7,
  );
  const named = await pool.apply(failAtFirst, [1, "Special"], { retries: policy(2, ["Special"]) });
  assertEquals(named.attempt, 2);
  const asked: unknown[] = [];
  const on = (error: unknown, attempt: number): boolean => {
    asked.push([(error as Error).message, attempt]);
    return attempt < 3;
  };
  const failure = await assertRejects(
    () => pool.apply(failAtFirst, [9], { retries: policy(100, on) }),
    Error,
    "attempt 3",
  );
  assertInstanceOf(failure, Error);
  note(asked);
  const throwing = (): boolean => {
    throw new Error("a policy that throws is reported, and the error is not retried");
  };
  await assertRejects(
    () => pool.apply(failAtFirst, [1], { retries: policy(3, throwing) }),
    Error,
    "attempt 1",
  );
  const both = policy(4, [WorkerLostError, RangeError]);
  assertEquals(await pool.apply(dieAtFirst, [3], { retries: both }), 4);
});

conform("all attempts of a task have the same id", async () => {
  await using pool = new mp.Pool(2);
  const before = await pool.apply(failAtFirst, [0]);
  const calls = ten.map(() =>
    pool.applyAsync(failAtFirst, [2, "E"], { retries: policy(3, ["E"]) })
  );
  const seen = await Promise.all(calls.map((call) => call.get()));
  assert(seen.every(({ attempt }) => attempt === 3));
  const ids = seen.map(({ id }) => id);
  assertEquals(new Set(ids).size, 10);
  assertEquals([Math.min(...ids), Math.max(...ids)], [before.id + 1, before.id + 10]);
});

conform("arguments of a task that is run again are those of the call", async () => {
  await using pool = new mp.Pool(1);
  const large = new Uint8Array(300_000).fill(7);
  const items = [1, large, 2];
  const options = { retries: policy(3, [RangeError]) };
  const call = pool.applyAsync(failWithRange, [5, 2], options);
  const map = pool.mapAsync(failWithRange, ten, Array<number>(10).fill(1), {
    ...options,
    chunkSize: 3,
  });
  const echo = pool.applyAsync(identity<unknown>, [items], options);
  large.fill(9);
  assertEquals(await call, 5);
  assertEquals(await map, ten);
  assertEquals((await echo as Uint8Array[])[1][299_999], 7);
});

conform("a call whose arguments have moved to the worker is run once", async () => {
  await using pool = new mp.Pool({ processes: 1, retries: 3 });
  const [kept, given] = mp.Pipe();
  await assertRejects(() => pool.apply(dieWith, [given]), WorkerLostError);
  assertEquals(pool.stats.retried, 0);
  await assertRejects(() => kept.recv(), EOFError);
});

conform(
  "items that have moved to the worker are run once, and fail by their own error",
  async () => {
    await using pool = new mp.Pool({
      processes: 1,
      retries: policy(3, [RangeError, WorkerLostError]),
    });
    const [kept, given] = mp.Pipe();
    await assertRejects(() => pool.map(dieWith, [given]), WorkerLostError);
    await assertRejects(() => kept.recv(), EOFError);
    const [, moved] = mp.Pipe();
    const mixed = [moved, 1].map((item): [unknown, number] => [item, 9]);
    await assertRejects(
      () => pool.starmap(failWithItem, mixed, { chunkSize: 2 }),
      RangeError,
      "at",
    );
    assertEquals(pool.stats.retried, 0);
    const [, right] = mp.Pipe();
    const streamed = pool.imap(failWithItem, [right, 2], [1, 1], { chunkSize: 1 });
    await assertRejects(() => streamed.next(), RangeError, "at");
    assertEquals((await streamed.next()).value, 2);
    assertEquals(pool.stats.retried, 1);
  },
);

conform(
  "an item that was given ahead to a lost worker takes its connection to another",
  async () => {
    await using pool = new mp.Pool({ processes: 1, retries: 1 });
    const [kept, given] = mp.Pipe<string>();
    const dying = pool.applyAsync(dieWith, [1], { retries: 0 });
    const answered = pool.mapAsync(answerOn, [given]);
    await assertRejects(() => dying.get(), WorkerLostError);
    await answered;
    assertEquals(await kept.recv(), "here");
  },
);

conform("terminate() closes the connections in tasks that were not begun", async () => {
  const pool = new mp.Pool(1);
  const begun = freshPath();
  const running = pool.applyAsync(announceAndWaitUntil, [begun, freshPath()]);
  await until(() => existsSync(begun));
  const pipes = [1, 2].map(() => mp.Pipe<string, string>());
  const called = pool.applyAsync(identity, [pipes[0][1]]);
  const mapped = pool.mapAsync(answerOn, [pipes[1][1]]);
  await pool.terminate();
  for (const result of [running, called, mapped]) {
    await assertRejects(() => result.get(), PoolClosedError);
  }
  for (const [kept, given] of pipes) {
    // The items of a map stay here until their turn comes.
    given.close();
    await assertRejects(() => kept.recv({ timeout: 10_000 }), EOFError);
  }
});

conform("single items of imap are run again, and keep their places", async () => {
  await using pool = new mp.Pool(2);
  const retries = policy(3, [RangeError]);
  const times = ten.map((x) => x % 3);
  for (const chunkSize of [1, 4]) {
    const got: number[] = [];
    for await (const x of pool.imap(failWithRange, ten, times, { retries, chunkSize })) got.push(x);
    assertEquals(got, ten);
  }
  const iterator = pool.imap(failWithRange, [1, 2], [0, 9], { retries, chunkSize: 2 });
  assertEquals((await iterator.next()).value, 1);
  await assertRejects(() => iterator.next(), RangeError, "at 2");
});

conform("a task that ran out of its time is run again where that is named", async () => {
  await using pool = new mp.Pool({ processes: 1, taskTimeout: 150 });
  const retries = policy(2, [TimeoutError]);
  assertEquals(await pool.apply(hangAtFirst, [], { retries }), 2);
  await assertRejects(() => pool.apply(hangAtFirst, [], { retries: 3 }), TimeoutError);
});

conform("limits of the call hold for all attempts together", async () => {
  await using pool = new mp.Pool(1);
  const forEver: RetryPolicy = { attempts: 1e6, delay: 5, factor: 1, on: () => true };
  await assertRejects(
    () => pool.apply(failAtFirst, [1e9], { retries: forEver, timeout: 60 }),
    TimeoutError,
  );
  const slow: RetryPolicy = { attempts: 9, delay: 60_000, on: () => true };
  const call = pool.applyAsync(failAtFirst, [9], { retries: slow });
  await until(() => pool.stats.retried > 0 && pool.stats.running === 0);
  assertEquals(call.cancel(), true);
  await assertRejects(() => call.get(), CancelledError);
  pool.close();
  await pool.join();
});

conform("close() lets tasks be run again, terminate() does not", async () => {
  const pool = new mp.Pool(1);
  const call = pool.applyAsync(failAtFirst, [3, "E"], { retries: policy(4, ["E"]) });
  const lost = pool.applyAsync(dieAtFirst, [1], { retries: 1 });
  pool.close();
  await pool.join();
  assertEquals([(await call).attempt, await lost], [4, 2]);
  const other = new mp.Pool(1);
  const never = other.applyAsync(failAtFirst, [9], {
    retries: { attempts: 9, delay: 60_000, on: () => true },
  });
  await until(() => other.stats.retried > 0);
  await other.terminate();
  assertEquals([never.ready(), never.successful()], [true, false]);
});

// Priority

conform("higher priorities go first, and equal ones in their order", async (note) => {
  await using pool = new mp.Pool(1);
  await pool.map(square, ten, { chunkSize: 1 });
  const end = freshPath();
  const begun = freshPath();
  const blocking = pool.applyAsync(announceAndComputeUntil, [begun, end]);
  await until(() => existsSync(begun));
  const calls: PromiseLike<unknown>[] = [];
  const add = (name: string, priority?: number): void => {
    calls.push(pool.applyAsync(noteInWorker, [name], { priority }));
  };
  for (const i of [1, 2, 3]) {
    add(`low ${i}`, -1);
    add(`plain ${i}`);
    add(`high ${i}`, 5);
    add(`higher ${i}`, 5.5);
  }
  calls.push(pool.mapAsync(noteInWorker, ["map a", "map b"], { priority: 7, chunkSize: 1 }));
  await until(() => pool.stats.queued === 14);
  create(end);
  await blocking;
  await Promise.all(calls);
  const order = await pool.apply(noted);
  note(order);
  assertEquals(order[0], "map a");
});

conform("a call of high priority overtakes what a worker was given ahead", async () => {
  await using pool = new mp.Pool(1);
  await pool.map(square, Array(2000).fill(3), { chunkSize: 1 });
  const end = freshPath();
  const blocking = pool.applyAsync(computeUntil, [end]);
  const low = Array.from({ length: 300 }, (_, i) => pool.applyAsync(noteInWorker, [i]));
  await until(() => pool.stats.queued === 300);
  const urgent = pool.applyAsync(noteInWorker, ["urgent"], { priority: 1 });
  create(end);
  await blocking;
  await urgent;
  await Promise.all(low.map((call) => call.get()));
  assertEquals((await pool.apply(noted)).slice(0, 3), ["urgent", 0, 1]);
});

conform("many priorities, one for each call", async () => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const begun = freshPath();
  const blocking = pool.applyAsync(announceAndComputeUntil, [begun, end]);
  await until(() => existsSync(begun));
  const calls = Array.from(
    { length: 500 },
    (_, i) => pool.applyAsync(noteInWorker, [i], { priority: (i * 7919) % 500 }),
  );
  await until(() => pool.stats.queued === 500);
  create(end);
  await blocking;
  await Promise.all(calls.map((call) => call.get()));
  const order = await pool.apply(noted) as number[];
  const priorities = order.map((i) => (i * 7919) % 500);
  assertEquals(priorities, [...priorities].sort((a, b) => b - a));
});

// Size

conform("64 workers on a few cores", async () => {
  await using pool = new mp.Pool(64);
  const values = await pool.map(square, Array.from({ length: 20_000 }, (_, i) => i));
  assertEquals(values.at(-1), 19_999 ** 2);
  const calls = Array.from({ length: 500 }, (_, i) => pool.apply(square, [i]));
  assertEquals(await Promise.all(calls), calls.map((_, i) => i * i));
}, { limit: 110_000 });

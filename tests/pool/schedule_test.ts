/** `Pool`: who runs what and when, and rings that are full. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { capture, cpuCount } from "../../mod.ts";
import {
  announceAndComputeUntil,
  bytes,
  computeUntil,
  count,
  create,
  identity,
  leave,
  meet,
  note,
  noted,
  square,
  sum,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "meet-"));
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

conform("every core is used", async () => {
  const cores = cpuCount();
  await using pool = new mp.Pool();
  for (let round = 0; round < 3; round++) {
    const folder = freshFolder();
    // Each computes until all of them do: they can only end if all run at the same time.
    const calls = range(cores).map((i) => pool.applyAsync(meet, [folder, cores, i]));
    const idents = await Promise.all(calls.map((call) => call.get()));
    assertEquals(new Set(idents).size, cores, `${idents}`);
  }
  const folder = freshFolder();
  const idents = await pool.starmap(meet, range(cores).map((i) => [folder, cores, i]), {
    chunkSize: 1,
  });
  assertEquals(new Set(idents).size, cores, `${idents}`);
});

conform("every core is used by a map whose chunks the pool chooses", async () => {
  const cores = cpuCount();
  await using pool = new mp.Pool();
  await pool.map(square, range(100_000));
  const folder = freshFolder();
  const idents = await pool.starmap(meet, range(cores).map((i) => [folder, cores, i]));
  assertEquals(new Set(idents).size, cores, `${idents}`);
});

conform("a pool with more workers than there are cores runs all of them", async () => {
  const size = cpuCount() + 3;
  await using pool = new mp.Pool(size);
  const folder = freshFolder();
  const idents = await pool.starmap(meet, range(size).map((i) => [folder, size, i]), {
    chunkSize: 1,
  });
  assertEquals(new Set(idents).size, size);
});

conform("a task that takes long holds up none behind it", async () => {
  await using pool = new mp.Pool(2);
  // The pool learns that these calls are short, and gives many ahead.
  await pool.map(square, range(5000), { chunkSize: 1 });
  const end = freshPath();
  const long = pool.applyAsync(computeUntil, [end]);
  const short = range(300).map((i) => pool.applyAsync(square, [i]));
  const squares = await Promise.all(short.map((call) => call.get()));
  assertEquals(squares, range(300).map(square));
  create(end);
  await long;
});

conform("a function that was short may take long once", async () => {
  await using pool = new mp.Pool(2);
  const once = capture(
    { computeUntil },
    (path: string | null) => path === null ? 1 : computeUntil(path),
  );
  for (let i = 0; i < 300; i++) await pool.apply(once, [null]);
  for (let round = 0; round < 5; round++) {
    const end = freshPath();
    const calls = range(200).map((i) => pool.applyAsync(once, [i === 7 ? end : null]));
    const others = calls.filter((_, i) => i !== 7);
    assertEquals(await Promise.all(others.map((call) => call.get())), Array(199).fill(1));
    create(end);
    assertEquals(await calls[7], end);
  }
});

conform("of two tasks that take long, neither waits behind the other", async () => {
  await using pool = new mp.Pool(2);
  const either = capture(
    { computeUntil, announceAndComputeUntil },
    (own: string | null, other: string) =>
      own === null ? 0 : other === "" ? computeUntil(own) : announceAndComputeUntil(own, other),
  );
  for (let i = 0; i < 100; i++) await pool.apply(either, [null, ""]);
  for (let round = 0; round < 5; round++) {
    const [a, b] = [freshPath(), freshPath()];
    const short = range(5 * round).map(() => pool.applyAsync(either, [null, ""]));
    // Each waits for the other one to run.
    const long = [pool.applyAsync(either, [a, b]), pool.applyAsync(either, [b, a])];
    await Promise.all([...short, ...long].map((call) => call.get()));
  }
});

conform("a task behind a long one goes to the replacement of a lost worker", async () => {
  await using pool = new mp.Pool(2);
  await pool.map(square, range(100), { chunkSize: 1 });
  const end = freshPath();
  const long = pool.applyAsync(computeUntil, [end]);
  const lost = pool.applyAsync(leave, [1]);
  const calls = range(20).map((i) => pool.applyAsync(square, [i]));
  await lost.wait();
  assertEquals(await Promise.all(calls.map((call) => call.get())), range(20).map(square));
  create(end);
  await long;
});

conform("an async task does not hold its worker's thread, but its worker", async () => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const waiting = pool.applyAsync(waitUntil, [end]);
  const next = pool.applyAsync(count);
  await next.wait({ timeout: 30 });
  assertEquals(next.ready(), false, "one task at a time");
  create(end);
  assertEquals([await waiting, await next], [end, 1]);
});

conform(
  "large arguments and large results fill the rings in both directions, and all arrive",
  async () => {
    await using pool = new mp.Pool(2);
    // Without arguments worth mentioning, but with results that are; and the other way round.
    const results = range(300).map((i) => pool.applyAsync(bytes, [60_000 + i, i & 255]));
    const sums = range(300).map((i) => pool.applyAsync(sum, [new Uint8Array(60_000).fill(i & 1)]));
    const echoes = range(100).map((i) => pool.applyAsync(identity<Uint8Array>, [bytes(90_000, i)]));
    for (const end = performance.now() + 30; performance.now() < end;);
    for (const [i, result] of results.entries()) {
      const value = await result;
      assertEquals([value.length, value[0], value.at(-1)], [60_000 + i, i & 255, i & 255]);
    }
    for (const [i, result] of sums.entries()) assertEquals(await result, (i & 1) * 60_000);
    for (const [i, result] of echoes.entries()) assertEquals((await result)[89_999], i);
  },
);

conform("results that fill the ring while the parent computes are not lost", async () => {
  await using pool = new mp.Pool(1);
  await pool.map(square, range(2000), { chunkSize: 1 });
  const tell = freshPath();
  const made = pool.mapAsync(bytes, Array(40).fill(100_000), range(40), { chunkSize: 1 });
  const last = pool.applyAsync(create, [tell]);
  // The parent does not look: the worker has to wait for room in its ring.
  for (const end = performance.now() + 200; performance.now() < end;);
  const all = await made;
  assertEquals(
    all.map((value) => [value.length, value[50_000]]),
    range(40).map((i) => [100_000, i]),
  );
  assertEquals(await last, tell);
});

conform("what was taken back from a full ring is done when the long task is", async () => {
  await using pool = new mp.Pool(1);
  const load = capture({ computeUntil }, (path: string | null, data: Uint8Array) => {
    if (path !== null) computeUntil(path);
    return data[0];
  });
  const none = new Uint8Array(8);
  for (let i = 0; i < 300; i++) await pool.apply(load, [null, none]);
  const end = freshPath();
  const long = pool.applyAsync(load, [end, none]);
  const behind = range(60).map((i) => pool.applyAsync(load, [null, bytes(100_000, i)]));
  create(end);
  assertEquals(await long, 0);
  assertEquals(await Promise.all(behind.map((call) => call.get())), range(60));
});

conform("what was taken back from a full ring is done by whoever is free", async () => {
  await using pool = new mp.Pool(2);
  const load = capture({ computeUntil }, (path: string | null, data: Uint8Array) => {
    if (path !== null) computeUntil(path);
    return data[0];
  });
  for (let i = 0; i < 300; i++) await pool.apply(load, [null, new Uint8Array(8)]);
  for (let round = 0; round < 4; round++) {
    const end = freshPath();
    const long = pool.applyAsync(load, [end, new Uint8Array(8)]);
    const behind = range(60).map((i) => pool.applyAsync(load, [null, bytes(100_000, i)]));
    assertEquals(await Promise.all(behind.map((call) => call.get())), range(60));
    create(end);
    await long;
    assertEquals(await pool.apply(load, [null, bytes(120_000, 3)]), 3);
  }
});

conform("a map whose items have all sizes arrives as it is", async () => {
  await using pool = new mp.Pool(2);
  const sizes = [0, 1, 100, 1_000, 130_000, 131_000, 132_000, 300_000, 5_000_000, 10, 600_000, 0];
  for (const chunkSize of [1, 3, 12]) {
    const echoed = await pool.map(
      identity<Uint8Array>,
      sizes.map((size, i) => bytes(size, i + 1)),
      { chunkSize },
    );
    echoed.forEach((value, i) => {
      assertEquals(value.length, sizes[i]);
      assert(value.every((byte) => byte === i + 1), `item ${i}`);
    });
  }
});

conform("100,000 tiny calls", async () => {
  await using pool = new mp.Pool(2);
  const calls: PromiseLike<number>[] = [];
  for (let i = 0; i < 100_000; i++) calls.push(pool.applyAsync(square, [i]));
  const values = await Promise.all(calls);
  assert(values.every((value, i) => value === i * i));
  assertEquals([pool.stats.done, pool.stats.queued, pool.stats.running], [100_000, 0, 0]);
});

conform("calls one after the other, with the event loop in between", async () => {
  await using pool = new mp.Pool(1);
  for (let i = 0; i < 300; i++) {
    assertEquals(await pool.apply(square, [i]), i * i);
    if (i % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
    if (i % 50 === 2) await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

conform("more functions than a worker keeps", async () => {
  await using pool = new mp.Pool(1);
  const functions = range(600).map((n) => capture({ n }, (x: number) => x + n));
  const calls = functions.map((fn) => pool.applyAsync(fn, [1]));
  assertEquals(await Promise.all(calls.map((call) => call.get())), range(600).map((n) => n + 1));
  const again = await Promise.all(functions.toReversed().map((fn) => pool.apply(fn, [2])));
  assertEquals(again, range(600).map((n) => n + 2).reverse());
});

conform(
  "one worker begins the tasks of calls and maps in the order of the calls",
  async (recordIt) => {
    await using pool = new mp.Pool(1);
    const end = freshPath();
    const first = pool.applyAsync(computeUntil, [end]);
    const calls = [
      pool.applyAsync(note, ["a"]),
      pool.mapAsync(note, ["b", "c", "d"], { chunkSize: 1 }),
      pool.applyAsync(note, ["e"]),
      pool.starmapAsync(note, [["f"], ["g"]]),
      pool.applyAsync(note, ["h"]),
    ];
    create(end);
    await first;
    for (const call of calls) await call;
    recordIt(await pool.apply(noted));
  },
);

conform("priorities hold for what a worker that still starts was given", async () => {
  const gate = freshPath();
  await using pool = new mp.Pool({ processes: 1, initializer: computeUntil, initArgs: [gate] });
  const calls = range(5).map((i) => pool.applyAsync(note, [i], { priority: i }));
  assertEquals([pool.stats.running, pool.stats.queued], [1, 4]);
  create(gate);
  for (const call of calls) await call;
  assertEquals(await pool.apply(noted), [4, 3, 2, 1, 0]);
  assertEquals([pool.stats.running, pool.stats.queued, pool.stats.done], [0, 0, 6]);
  const [{ tasks, idleMs }] = pool.insights().workers;
  assert(tasks === 6 && idleMs >= 0, `${tasks} ${idleMs}`);
});

conform(
  "what priorities took back from a ring until it was full is done in their order",
  async () => {
    const gate = freshPath();
    await using pool = new mp.Pool({ processes: 1, initializer: computeUntil, initArgs: [gate] });
    const load = capture({ note }, (value: number, data: Uint8Array) => {
      note(value);
      return data[0];
    });
    const calls = range(100).map((i) =>
      pool.applyAsync(load, [i, bytes(60_000, i)], { priority: i })
    );
    // What captures something is looked at first, and submitted later.
    await until(() => pool.stats.running + pool.stats.queued === 100);
    create(gate);
    assertEquals(await Promise.all(calls.map((call) => call.get())), range(100));
    assertEquals(await pool.apply(noted), range(100).reverse());
  },
);

conform("workers that still start share what has different priorities", async () => {
  const gate = freshPath();
  await using pool = new mp.Pool({ processes: 3, initializer: computeUntil, initArgs: [gate] });
  const calls = range(50).map((i) => pool.applyAsync(square, [i], { priority: i % 7 }));
  assertEquals([pool.stats.running, pool.stats.queued], [3, 47]);
  create(gate);
  assertEquals(await Promise.all(calls.map((call) => call.get())), range(50).map(square));
  pool.close();
  await pool.join();
  assertEquals([pool.stats.done, pool.stats.lost], [50, 0]);
});

/** `serveDashboard`: what a page is told is what happens, and what its buttons do. */

import { writeFileSync } from "node:fs";
import { assertEquals, assertRejects } from "@std/assert";
import { CancelledError, type Pool } from "../../mod.ts";
import { serveDashboard } from "../../src/dashboard/mod.ts";
import type { PoolView, Update } from "../../src/dashboard/data/views.ts";
import { failOdd, same, waitForFile, waitForNumber } from "../fixtures/dashboard_tasks.ts";
import { freshPath, mp } from "../support/children.ts";
import { collectUntil } from "../support/collected.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { type Answer, ask, Listening } from "../support/page_client.ts";

const forty = Array.from({ length: 40 }, (_, i) => i);

/** The latest pool. */
const poolOf = ({ snapshot }: Update): PoolView => snapshot.pools[0];

/** Asks for what a button asks for. */
function command(
  url: string,
  body: unknown,
  headers: Record<string, string | null> = {},
): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { origin } = new URL(url);
  const usual = { "Content-Type": "application/json", Origin: origin };
  return ask(`${url}control`, { method: "POST", body: text, headers: { ...usual, ...headers } });
}

/** A pool that has done a call for each of its workers. */
async function readyPool(processes: number): Promise<Pool> {
  const pool = new mp.Pool(processes);
  const path = freshPath();
  const calls = Array.from({ length: processes }, () => pool.applyAsync(waitForFile, [path]));
  writeFileSync(path, "");
  await Promise.all(calls);
  return pool;
}

conform("a page is told what pools have done, as they tell themselves", async () => {
  await using page = await serveDashboard();
  await using pool = await readyPool(2);
  const calls = forty.map((x) => pool.applyAsync(failOdd, [x]));
  await Promise.allSettled(calls);
  const [one, other] = [new Listening(page.url), new Listening(page.url)];
  const isDone = (update: Update): boolean => {
    const { failed, workers } = poolOf(update);
    return failed === 20 && workers.every(({ state }) => state === "idle");
  };
  for (const listening of [one, other]) {
    const update = await listening.until(isDone);
    const view = poolOf(update);
    const { done, failed, lost, retried, queued, running } = pool.stats;
    const { number, state, workers, moreWorkers, ...rest } = view;
    const told = { ...rest, running: view.running };
    assertEquals(told.runMs.max, Math.round(pool.stats.runMs.max * 1000) / 1000);
    assertEquals([told.done, told.failed, told.lost, told.retried], [done, failed, lost, retried]);
    assertEquals([told.queued, told.running], [queued, running]);
    assertEquals([state, told.method === method, done, failed, lost, retried, queued, running], [
      "running",
      true,
      22,
      20,
      0,
      0,
      0,
      0,
    ]);
    assertEquals(workers.map(({ state, task }) => [state, task]), [["idle", null], ["idle", null]]);
    assertEquals([moreWorkers, number > 0, view.slowest.length], [0, true, 5]);
  }
  one.close();
  other.close();
});

conform("a page is told what each worker is at, and what waits", async () => {
  await using page = await serveDashboard();
  await using pool = await readyPool(1);
  const path = freshPath();
  const calls = forty.map(() => pool.applyAsync(waitForFile, [path]));
  const listening = new Listening(page.url);
  const update = await listening.until((update) => {
    const view = poolOf(update);
    return view.queued === 39 && view.workers[0]?.task?.fn === "waitForFile";
  });
  const [{ state, task, memory }] = poolOf(update).workers;
  assertEquals([state, task!.calls, task!.ageMs >= 0, poolOf(update).running], [
    "busy",
    1,
    true,
    1,
  ]);
  if (method === "thread") assertEquals(memory, null);
  writeFileSync(path, "");
  await Promise.all(calls);
  const idle = await listening.until((update) => poolOf(update).workers[0]?.state === "idle");
  assertEquals([poolOf(idle).queued, poolOf(idle).done], [0, 41]);
  // A second has passed at some time, and has its point.
  const { lines } = await listening.until(({ lines }) => lines.length > 0);
  assertEquals(lines[0].points[0].length, 6);
  listening.close();
});

conform("a page is told how far maps are, also after they are over", async () => {
  await using page = await serveDashboard();
  await using pool = await readyPool(2);
  const path = freshPath();
  const map = pool.starmapAsync(waitForNumber, forty.map((x) => [path, x]), { chunkSize: 1 });
  const listening = new Listening(page.url);
  await listening.until(({ snapshot }) => snapshot.maps.length === 1);
  for (const x of forty.slice(0, 10)) writeFileSync(`${path}-${x}`, "");
  const half = await listening.until(({ snapshot }) => snapshot.maps[0].done === 10);
  const { fn, total, done, failed, isOver, remainingMs } = half.snapshot.maps[0];
  assertEquals([fn, total, done, failed, isOver, remainingMs! > 0], [
    "waitForNumber",
    40,
    10,
    0,
    false,
    true,
  ]);
  for (const x of forty.slice(10)) writeFileSync(`${path}-${x}`, "");
  await map;
  const over = await listening.until(({ snapshot }) => snapshot.maps[0].isOver);
  assertEquals([over.snapshot.maps[0].done, over.snapshot.maps[0].remainingMs], [40, null]);
  const stream = pool.imap(same, forty, { chunkSize: 10 });
  for await (const _ of stream);
  const streamed = await listening.until(({ snapshot }) =>
    snapshot.maps[0].fn === "same" && snapshot.maps[0].isOver
  );
  assertEquals([streamed.snapshot.maps[0].total, streamed.snapshot.maps[0].done], [null, 40]);
  listening.close();
});

conform("a page is told errors with their stacks, those that are alike together", async () => {
  await using page = await serveDashboard();
  await using pool = await readyPool(1);
  for (const x of [1, 1, 1, 3]) await assertRejects(() => pool.apply(failOdd, [x]), RangeError);
  const first = new Listening(page.url);
  await first.until(() => first.errors.length > 0);
  const errors = first.errors.splice(0);
  assertEquals(errors.map(({ title, times, fn, outcome }) => [title, times, fn, outcome]), [[
    "RangeError: 1 is <b>odd</b>",
    3,
    "failOdd",
    "failed",
  ], ["RangeError: 3 is <b>odd</b>", 1, "failOdd", "failed"]]);
  assertEquals(errors.every(({ stack }) => stack.includes("failOdd")), true);
  // What a page has got is not told again.
  const { latest } = first;
  await first.until((update) => update !== latest);
  assertEquals(first.errors, []);
  await assertRejects(() => pool.apply(failOdd, [1]), RangeError);
  await first.until(() => first.errors.length > 0);
  assertEquals(first.errors.map(({ title, times }) => [title, times]), [[
    "RangeError: 1 is <b>odd</b>",
    4,
  ]]);
  first.close();
});

conform("a page is told queues and managers", async () => {
  await using page = await serveDashboard();
  using queue = new mp.Queue<number>();
  const simple = new mp.SimpleQueue<number>();
  for (const item of [1, 2, 3]) await queue.put(item);
  await simple.put(1);
  await using manager = await mp.Manager();
  const [dict, list] = [await manager.dict(), await manager.list([1])];
  const listening = new Listening(page.url);
  const update = await listening.until(({ snapshot }) => snapshot.managers[0]?.objects === 2);
  const { queues, managers } = update.snapshot;
  assertEquals(queues.map(({ kind, size }) => [kind, size]), [["Queue", 3], ["SimpleQueue", 1]]);
  const [{ name, state, clients, types }] = managers;
  assertEquals([name, state, clients, types], ["SyncManager", "serving", 1, { dict: 1, list: 1 }]);
  assertEquals([await dict.size(), await list.length()], [0, 1]);
  queue.close();
  simple.close();
  await manager.shutdown();
  const ended = await listening.until(({ snapshot }) => snapshot.managers[0].state === "ended");
  assertEquals(
    [ended.snapshot.queues.map(({ size }) => size), ended.snapshot.managers[0].objects],
    [[null, null], null],
  );
  listening.close();
});

conform("a pool that has ended stays with what it has done", async () => {
  await using page = await serveDashboard();
  const pool = await readyPool(1);
  await pool.apply(same, [1]);
  const listening = new Listening(page.url);
  await listening.until((update) => poolOf(update)?.done === 2);
  pool.close();
  await pool.join();
  const update = await listening.until((update) => poolOf(update).state === "ended");
  assertEquals([poolOf(update).done, poolOf(update).workers], [2, []]);
  listening.close();
});

conform("a pool that its user has forgotten is shown until it has done its work", async () => {
  await using page = await serveDashboard();
  const path = freshPath();
  // Nobody but the dashboard has the pool from here on.
  const call = new mp.Pool(1).applyAsync(waitForFile, [path]);
  const listening = new Listening(page.url);
  await listening.until((update) => poolOf(update)?.running === 1);
  await collectUntil(() => poolOf(listening.latest!).state === "closing");
  writeFileSync(path, "");
  await call;
  const update = await listening.until((update) => poolOf(update).state === "ended");
  assertEquals([poolOf(update).done, poolOf(update).workers], [1, []]);
  listening.close();
});

conform("recycling replaces a worker, cancelling ends a call or a map", async (note) => {
  await using page = await serveDashboard({ control: true });
  await using pool = await readyPool(1);
  const listening = new Listening(page.url);
  const before = poolOf(
    await listening.until((update) => poolOf(update).workers[0]?.state === "idle"),
  );
  const { number: pool_, workers: [{ name: worker }] } = before;
  const done = JSON.stringify({ isDone: true });
  assertEquals((await command(page.url, { action: "recycle", pool: pool_, worker })).body, done);
  const after = await listening.until((update) => {
    const [first] = poolOf(update).workers;
    return first !== undefined && first.name !== worker && first.state === "idle";
  });
  assertEquals([poolOf(after).workers.length, await pool.apply(same, [5])], [1, 5]);
  const call = pool.applyAsync(waitForFile, [freshPath()]);
  const busy = await listening.until((update) =>
    poolOf(update).workers[0]?.task?.fn === "waitForFile"
  );
  const { job } = poolOf(busy).workers[0].task!;
  assertEquals((await command(page.url, { action: "cancel", pool: pool_, job })).body, done);
  note((await assertRejects(() => call.get(), CancelledError)).message);
  const map = pool.mapAsync(waitForFile, [freshPath(), freshPath()], { chunkSize: 1 });
  const running = await listening.until(({ snapshot }) => snapshot.maps[0]?.fn === "waitForFile");
  const { job: second } = running.snapshot.maps[0];
  assertEquals(
    (await command(page.url, { action: "cancel", pool: pool_, job: second })).body,
    done,
  );
  await assertRejects(() => map.get(), CancelledError);
  for (
    const nothing of [
      { action: "cancel", pool: pool_, job },
      { action: "cancel", pool: 1_000_000, job },
      { action: "recycle", pool: pool_, worker },
    ]
  ) assertEquals((await command(page.url, nothing)).body, JSON.stringify({ isDone: false }));
  listening.close();
});

conform("only the page itself may act, and only where it is allowed to", async () => {
  await using page = await serveDashboard({ control: true });
  await using looking = await serveDashboard();
  const body = { action: "recycle", pool: 1_000_000, worker: "x" };
  assertEquals((await command(page.url, body)).status, 200);
  assertEquals((await command(looking.url, body)).status, 404);
  for (
    const [status, headers] of [
      [403, { Origin: "http://example.com" }],
      [403, { Origin: null }],
      [403, { Origin: "null" }],
      [403, { "Sec-Fetch-Site": "cross-site" }],
      [403, { Host: "example.com" }],
      [415, { "Content-Type": "text/plain" }],
      [415, { "Content-Type": null }],
    ] as [number, Record<string, string | null>][]
  ) assertEquals([headers, (await command(page.url, body, headers)).status], [headers, status]);
  for (
    const text of [
      "",
      "{",
      "null",
      "[]",
      "{}",
      '{"action":"cancel","pool":1}',
      '{"action":"end","pool":1}',
    ]
  ) {
    assertEquals([text, (await command(page.url, text)).status], [text, 400]);
  }
  assertEquals((await ask(`${page.url}control`)).status, 405);
  const { host } = new URL(page.url);
  const elsewhere = `http://${host}/0123456789abcdefABCDEF/`;
  assertEquals((await command(elsewhere, body)).status, 404);
});

/** `Pool`: what a monitor counts by the diagnostics channels is right, whatever becomes of the calls. */

import { existsSync } from "node:fs";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type AsyncResult,
  BrokenPoolError,
  type Pool,
  PoolClosedError,
  type PoolOptions,
  type RetryPolicy,
  type TaskEndEvent,
  type TaskEvent,
  type TaskStartEvent,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";
import { dieAtFirst, failAtFirst, failWithRange } from "../fixtures/pool_retries.ts";
import { ignoreForEver, stopWhenTold } from "../fixtures/pool_stops.ts";
import {
  announceAndWaitUntil,
  create,
  failAt,
  identity,
  leave,
  refuseToStart,
  square,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);
const always: RetryPolicy = { attempts: 3, delay: 0, on: ["RangeError"] };

type Note = (value: unknown) => void;

/** Who listens to all tasks of this process. */
class Monitor {
  readonly queued: TaskEvent[] = [];
  readonly started: TaskStartEvent[] = [];
  readonly ended: TaskEndEvent[] = [];
  readonly #listeners = (["queue", "start", "end"] as const).map((name, i) => {
    const list: unknown[] = [this.queued, this.started, this.ended][i];
    const listener = (message: unknown): void => void list.push(message);
    subscribe(`allcores:pool:task:${name}`, listener);
    return { name: `allcores:pool:task:${name}`, listener };
  });

  stop(): void {
    for (const { name, listener } of this.#listeners) unsubscribe(name, listener);
  }

  /** Calls that wait or run. */
  get open(): number {
    const sum = (events: TaskEvent[]): number => events.reduce((n, { calls }) => n + calls, 0);
    return sum(this.queued) - sum(this.ended);
  }

  /** Tasks that workers have. */
  get running(): number {
    return this.started.length - this.ended.filter(({ worker }) => worker !== null).length;
  }

  /** How many calls ended in which way. */
  get outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { fn, outcome, calls } of this.ended) {
      const key = `${fn} ${outcome}`;
      counts[key] = (counts[key] ?? 0) + calls;
    }
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** A test with a monitor that must have counted right when the pool has ended. */
function monitored(
  name: string,
  options: PoolOptions,
  body: (pool: Pool, monitor: Monitor, note: Note) => Promise<void>,
): void {
  conform(name, async (note) => {
    const monitor = new Monitor();
    try {
      const pool = new mp.Pool(options);
      try {
        await body(pool, monitor, note);
      } finally {
        await pool.terminate();
      }
    } finally {
      monitor.stop();
    }
    assertEquals([monitor.open, monitor.running], [0, 0], JSON.stringify(monitor.ended));
    note(monitor.outcomes);
  });
}

/** Takes a function out of the account, where it is even. Returns how many of its calls ended in which way. */
function takeOut(monitor: Monitor, fn: string): Record<string, number> {
  const own = new Monitor();
  own.stop();
  for (const name of ["queued", "started", "ended"] as const) {
    const events: TaskEvent[] = monitor[name];
    const isOwn = (event: TaskEvent): boolean => event.fn === fn;
    (own[name] as TaskEvent[]).push(...events.filter(isOwn));
    events.splice(0, Infinity, ...events.filter((event) => !isOwn(event)));
  }
  assertEquals([own.open, own.running], [0, 0], fn);
  return own.outcomes;
}

/** A call that has begun, and goes on until it is told or asked to stop. */
async function begin(pool: Pool): Promise<{ path: string; call: AsyncResult<string> }> {
  const [own, path] = [freshPath(), freshPath()];
  const call = pool.applyAsync(announceAndWaitUntil, [own, path]);
  await until(() => existsSync(own));
  return { path, call };
}

monitored(
  "calls that are cancelled end once: those that run, were given ahead, and wait",
  { processes: 1 },
  async (pool, monitor, note) => {
    const { call } = await begin(pool);
    const waiting = ten.map((x) => pool.applyAsync(square, [x]));
    const map = pool.mapAsync(square, ten, { chunkSize: 3 });
    const kept = pool.applyAsync(identity, ["kept"]);
    note(monitor.open);
    for (const one of [...waiting, map]) assert(one.cancel());
    await Promise.allSettled([...waiting, map]);
    // While the only worker is busy.
    await until(() => monitor.open === 2);
    note(monitor.outcomes);
    assert(call.cancel());
    note([await kept, monitor.open, monitor.running]);
    assertEquals(monitor.started.filter(({ fn }) => fn === "identity").length, 1);
    const { fn, calls, worker, waitMs, runMs } = monitor.ended.find(({ calls }) => calls === 10)!;
    note([fn, calls, worker, waitMs, runMs]);
  },
);

monitored(
  "calls whose time is over end once, and a task that is given to another worker starts once",
  { processes: 1 },
  async (pool, monitor, note) => {
    const path = freshPath();
    const first = pool.applyAsync(ignoreForEver, [path], { timeout: 60_000 });
    await until(() => existsSync(path));
    const limited = pool.applyAsync(waitUntil, [freshPath()], { timeout: 20 });
    const map = pool.mapAsync(square, ten, { chunkSize: 2, timeout: 20 });
    await assertRejects(() => limited.get(), TimeoutError);
    await assertRejects(() => map.get(), TimeoutError);
    // It was given ahead to a worker that is ended.
    const moved = pool.applyAsync(identity, ["moved"]);
    first.cancel();
    note(await moved);
    assertEquals(monitor.started.filter(({ fn }) => fn === "identity").length, 1);
    note(monitor.ended.find(({ fn }) => fn === "identity")!.worker);
    const running = pool.applyAsync(stopWhenTold, [freshPath()], { timeout: 100 });
    await assertRejects(() => running.get(), TimeoutError);
    await until(() => monitor.open === 0);
  },
);

monitored(
  "a task that runs for too long ends once, by its time",
  { processes: 1, taskTimeout: 150 },
  async (pool, monitor, note) => {
    await assertRejects(() => pool.apply(waitUntil, [freshPath()]), TimeoutError);
    const items = ten.map(() => freshPath());
    await assertRejects(() => pool.map(waitUntil, items, { chunkSize: 5 }), TimeoutError);
    await until(() => monitor.open === 0);
    note([monitor.open, monitor.running]);
  },
);

monitored(
  "a map that fails at once ends each of its calls once",
  { processes: 1 },
  async (pool, monitor, note) => {
    const items = ten.map((x): [number, number] => [x, 2]);
    await assertRejects(() => pool.starmap(failAt, items, { chunkSize: 2 }), RangeError);
    await until(() => monitor.open === 0);
    // How many of them ran before the failure was seen differs.
    const { "failAt failed": failed, ...others } = takeOut(monitor, "failAt");
    note([failed, Object.values(others).reduce((sum, calls) => sum + calls, 0)]);
    await pool.starmap(failAt, items, { chunkSize: 2, failFast: false }).catch(() => {});
    await assertRejects(() => pool.map(identity, [1, () => {}, 2], { chunkSize: 1 }));
    await assertRejects(() => pool.apply(identity, [() => {}]));
    await until(() => monitor.open === 0);
    const never = monitor.ended.find(({ fn, worker }) => fn === "identity" && worker === null)!;
    note([never.outcome, monitor.open, monitor.running]);
  },
);

monitored(
  "tasks that are run again start and end once",
  { processes: 1 },
  async (pool, monitor, note) => {
    note(await pool.apply(dieAtFirst, [2], { retries: 2 }));
    await assertRejects(() => pool.apply(dieAtFirst, [2], { retries: 1 }), WorkerLostError);
    await pool.apply(failAtFirst, [2], { retries: always });
    await assertRejects(() => pool.apply(failAtFirst, [3], { retries: always }));
    const items = ten.map((x): [number, number] => [x, x === 3 ? 1 : 0]);
    await pool.starmap(failWithRange, items, { chunkSize: 5, retries: always });
    note([monitor.open, monitor.running, monitor.started.length, monitor.ended.length]);
    // Waits to be run again, for longer than anybody wants.
    const later = { ...always, delay: 60_000 };
    const call = pool.applyAsync(failAtFirst, [1], { retries: later });
    await until(() => pool.stats.retried > 0 && pool.stats.running === 0 && monitor.open === 1);
    call.cancel();
    note([monitor.open, monitor.running]);
    pool.applyAsync(failAtFirst, [1], { retries: later });
    await until(() => pool.stats.running === 0 && monitor.running === 1);
  },
);

monitored(
  "chunks of streams are queued, started and ended once",
  { processes: 1 },
  async (pool, monitor, note) => {
    const given: unknown[] = [];
    for await (const x of pool.imap(square, ten, { chunkSize: 3 })) given.push(x);
    const one = (items: Iterable<unknown>): Promise<unknown> =>
      pool.map(identity, items, { chunkSize: 3, maxInFlight: 6, failFast: false });
    await assertRejects(() => one([1, () => {}, 2, 3]));
    const pairs = ten.map((x): [number, number] => [x, x === 3 ? 1 : 0]);
    const again = { chunkSize: 5, maxInFlight: 5, retries: always };
    given.push(await pool.starmap(failWithRange, pairs, again));
    note([given, monitor.open, monitor.running]);
    function* endless(): Generator<number> {
      for (let i = 0;; i++) yield i;
    }
    for await (const x of pool.imap(square, endless(), { chunkSize: 1 })) if (x === 16) break;
    const { path } = await begin(pool);
    const stuck = pool.imap(waitUntil, ten.map(() => freshPath()), { chunkSize: 2 });
    await stuck.return();
    await assertRejects(() => pool.imap(square, ten, { timeout: 10 }).next(), TimeoutError);
    create(path);
    await until(() => monitor.open === 0);
    // How much was read of an endless input differs, and whether a chunk is given ahead.
    takeOut(monitor, "waitUntil");
    const { "square done": done } = takeOut(monitor, "square");
    assert(done >= 15, `${done}`);
  },
);

monitored(
  "what a pool has when it is terminated ends once",
  { processes: 1 },
  async (pool, monitor, note) => {
    const { call } = await begin(pool);
    const waiting = ten.map((x) => pool.applyAsync(square, [x]));
    const map = pool.mapAsync(identity, ten, { chunkSize: 3 });
    const low = pool.applyAsync(identity, ["low"], { priority: -1 });
    const stream = pool.imap(identity, ten, { chunkSize: 3 });
    const cancelled = waiting.pop()!;
    cancelled.cancel();
    await pool.terminate();
    for (const one of [call, ...waiting, map, low]) {
      await assertRejects(() => one.get(), PoolClosedError);
    }
    await assertRejects(() => stream.next(), PoolClosedError);
    note([monitor.open, monitor.running]);
  },
);

monitored(
  "tasks that are lost end once, and so do those that stood behind them",
  { processes: 1 },
  async (pool, monitor, note) => {
    const lost = pool.applyAsync(leave, [4]);
    const behind = ten.map((x) => pool.applyAsync(square, [x]));
    await assertRejects(() => lost.get(), WorkerLostError);
    note(await Promise.all(behind));
    await assertRejects(
      () => pool.map(leave as (x: number) => void, ten, { chunkSize: 5 }),
      WorkerLostError,
    );
    await until(() => monitor.open === 0);
  },
);

conform("what a pool has when it breaks ends once", async (note) => {
  const monitor = new Monitor();
  const pool = new mp.Pool({ processes: 1, initializer: refuseToStart });
  const calls = [pool.applyAsync(square, [1]), pool.applyAsync(square, [2])];
  const map = pool.mapAsync(square, ten);
  for (const call of [...calls, map]) await assertRejects(() => call.get(), BrokenPoolError);
  await pool.terminate();
  monitor.stop();
  note([monitor.open, monitor.running, monitor.outcomes]);
});

/**
 * `Pool`: a random mix of calls, maps, iterations, cancels, timeouts, retries and deaths against a model that says which outcomes
 * each may have; and the same while workers are killed from outside, each of which may cost one task and no more. The seed of a run that fails is in its message; `ALLCORES_SEED` repeats it.
 */

import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { type AsyncResult, type Pool, WorkerLostError } from "../../mod.ts";
import { obey, type Order } from "../fixtures/pool_model.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

/** Milliseconds that a run lasts at least. */
const DURATION = 2_500;

/** Numbers that depend on nothing but the seed (mulberry32). */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % end;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

/** What may become of something, as `value`, or the names of errors. */
type Allowed = readonly string[];

class Model {
  readonly random: Random;
  readonly pool: Pool;
  readonly pending: Promise<void>[] = [];
  checked = 0;
  /** How many workers were told to end themselves. */
  ends = 0;
  /** One for each task that was lost: the items of a chunk share theirs. */
  readonly losses = new Set<unknown>();
  readonly #mayLose: boolean;
  readonly #killed = new Set<number>();
  #earlyKills = 0;

  constructor(random: Random, pool: Pool, mayLose: boolean) {
    this.random = random;
    this.pool = pool;
    this.#mayLose = mayLose;
  }

  /** How many workers were killed. */
  get kills(): number {
    return this.#killed.size;
  }

  /** Kills a worker at whatever it does. Too many that have done nothing would rightly break the pool. */
  strike(): void {
    const { workers } = this.pool.insights();
    const { pid = null, tasks } = this.random.pick(workers) ?? { tasks: 0 };
    if (pid === null || this.#killed.has(pid)) return;
    if (tasks === 0 && this.#earlyKills++ >= 2) return;
    try {
      process.kill(pid, "SIGKILL");
      this.#killed.add(pid);
    } catch {
      // It has just ended itself.
    }
  }

  /** Whether something may fail because a worker was killed; the model says below how often. */
  #isLoss(error: unknown): boolean {
    if (!this.#mayLose || !(error instanceof WorkerLostError)) return false;
    this.losses.add(error);
    return true;
  }

  step(): void {
    const kind = this.random.below(10);
    if (kind < 6) this.#call();
    else if (kind < 8) this.#map();
    else this.#iterate();
  }

  #call(): void {
    const { random } = this;
    const x = random.below(1000);
    const order = random.pick<Order>([
      ...Array<Order>(6).fill("value"),
      "throw",
      "wait",
      "wait",
      "stop",
      "flaky",
      ...(random.below(8) === 0 ? ["die" as const] : []),
    ]);
    if (order === "die") this.ends++;
    const limit = order === "stop" ? random.pick(["cancel", "timeout", "signal"]) : random.pick([
      "none",
      "none",
      "cancel",
      "timeout",
      "signal",
    ]);
    const retried = random.below(2) === 0;
    const controller = new AbortController();
    const result = this.pool.applyAsync(obey, [order, x], {
      priority: random.below(3),
      ...(retried ? { retries: { attempts: 2, delay: 1, on: [RangeError] } } : {}),
      ...(limit === "timeout" ? { timeout: 1 + random.below(30) } : {}),
      ...(limit === "signal" ? { signal: controller.signal } : {}),
    });
    const reason = Object.assign(new Error("by the model"), { name: "ModelError" });
    if (limit === "cancel") later(random.below(20), () => result.cancel());
    if (limit === "signal") later(random.below(20), () => controller.abort(reason));
    const ends = {
      none: [],
      cancel: ["CancelledError"],
      timeout: ["TimeoutError"],
      signal: ["ModelError"],
    };
    const natural: Record<Order, Allowed> = {
      value: ["value"],
      wait: ["value"],
      throw: ["RangeError"],
      flaky: [retried ? "value" : "RangeError"],
      die: ["WorkerLostError"],
      stop: [],
    };
    const allowed = [...natural[order], ...ends[limit as keyof typeof ends]];
    this.#expect(`${order} ${x} (${limit})`, result, x * 3, allowed);
  }

  #map(): void {
    const { random } = this;
    const items = Array.from({ length: random.below(40) }, () => random.below(1000));
    const orders = items.map(() => random.below(60) === 0 ? "throw" as const : "value" as const);
    const cancelled = random.below(4) === 0;
    const result = this.pool.mapAsync(obey, orders, items, {
      ...(random.below(2) === 0 ? { chunkSize: 1 + random.below(9) } : {}),
      ...(random.below(3) === 0 ? { maxInFlight: 10 + random.below(9) } : {}),
      failFast: random.below(2) === 0,
    });
    if (cancelled) later(random.below(10), () => result.cancel());
    const allowed = [
      orders.includes("throw") ? "RangeError" : "value",
      ...(cancelled ? ["CancelledError"] : []),
    ];
    this.#expect(`map of ${items.length}`, result, items.map((x) => x * 3), allowed);
  }

  #iterate(): void {
    const { random } = this;
    const length = random.below(60);
    const leaveAt = random.below(2) === 0 ? random.below(length + 1) : Infinity;
    const failing = random.below(3) === 0 ? random.below(length + 1) : -1;
    const items = Array.from({ length }, (_, i) => i);
    const orders = items.map((i) => i === failing ? "throw" as const : "value" as const);
    const ordered = random.below(2) === 0;
    const options = { chunkSize: 1 + random.below(7), maxInFlight: 7 + random.below(20) };
    const iterator = ordered
      ? this.pool.imap(obey, orders, items, options)
      : this.pool.imapUnordered(obey, orders, items, options);
    this.pending.push((async () => {
      const got: (number | null)[] = [];
      for (; got.length < leaveAt;) {
        const { done, value } = await iterator.next().catch((error) => {
          if (!this.#isLoss(error)) assertEquals(error.name, "RangeError");
          return { done: false, value: null };
        });
        if (done) break;
        got.push(value ?? null);
      }
      await iterator.return();
      const expected = items.map((i) => i === failing ? null : i * 3);
      if (leaveAt < length) assertEquals(got.length, leaveAt);
      else assertEquals(got.length, length);
      const given = got.filter((value) => value !== null);
      if (ordered) got.forEach((value, i) => assertEquals(value ?? expected[i], expected[i]));
      else for (const value of given) assert(expected.includes(value), `${value}`);
      assertEquals(new Set(given).size, given.length, "each once");
      if (!this.#mayLose) assert(got.length - given.length <= (failing < 0 ? 0 : 1), "failures");
      this.checked++;
    })());
  }

  #expect(what: string, result: AsyncResult<unknown>, value: unknown, allowed: Allowed): void {
    this.pending.push(
      result.get().then((got) => {
        assert(allowed.includes("value"), `${what} gave a value, expected ${allowed}`);
        assertEquals(got, value, what);
        this.checked++;
      }, (error) => {
        assert(
          this.#isLoss(error) || allowed.includes(error.name),
          `${what}: ${error.name}, expected ${allowed}: ${error}`,
        );
        this.checked++;
      }),
    );
  }
}

function later(ms: number, action: () => void): void {
  if (ms < 5) action();
  else setTimeout(action, ms - 5);
}

/** Fails with the first problem there is, at once. */
async function allOf(pending: Promise<void>[]): Promise<void> {
  for (const one of pending) one.catch(() => {});
  await Promise.all(pending);
}

/** Drives a pool for a while, and looks how it stands at the end. */
async function drive(mayLose: boolean): Promise<void> {
  const { ALLCORES_SEED } = process.env;
  const seed = ALLCORES_SEED === undefined
    ? Math.floor(Math.random() * 2 ** 31)
    : Number(ALLCORES_SEED);
  const random = new Random(seed);
  const pool = new mp.Pool(1 + random.below(3));
  const model = new Model(random, pool, mayLose);
  try {
    // A busy machine takes few steps in that time: what is checked at the end has to have happened.
    const enough = (): boolean => model.checked > 50 && (!mayLose || model.kills > 0);
    for (const end = performance.now() + DURATION; performance.now() < end || !enough();) {
      for (let i = random.below(30); i > 0; i--) model.step();
      if (mayLose && random.below(8) === 0) model.strike();
      if (random.below(3) === 0) await allOf(model.pending.splice(0));
      else await new Promise((resolve) => setTimeout(resolve, random.below(4)));
    }
    await allOf(model.pending.splice(0));
    pool.close();
    await pool.join();
    const { processes, running, queued } = pool.stats;
    assertEquals([processes, running, queued], [0, 0, 0]);
    const { losses: { size }, kills, ends } = model;
    assert(size <= kills + ends, `${size} tasks were lost by ${kills} kills and ${ends} ends`);
  } catch (error) {
    throw new Error(`ALLCORES_SEED=${seed} repeats this: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await pool.terminate();
  }
}

conform("a random mix of everything has the outcomes that the model allows", async () => {
  await drive(false);
}, { limit: 60_000 });

conform("a worker that is killed from outside costs one task of a random mix", async () => {
  await drive(true);
}, {
  limit: 60_000,
  skip: mp.capabilities.ownPid ? false : "no ownPid: a thread cannot be killed from outside",
});

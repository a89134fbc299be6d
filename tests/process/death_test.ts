/** Workers that are killed at random while calls run: every call settles, the pool keeps its size, nothing is left. */

import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { type Pool, WorkerLostError } from "../../mod.ts";
import {
  bytes,
  identity,
  leave,
  pid,
  sleepAndSquare,
  square,
  sum,
} from "../fixtures/pool_tasks.ts";
import { mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { isRunning } from "../support/programs.ts";

const { ownPid } = mp.capabilities;
/** How often a worker is killed. */
const KILLS = 50;
const SIZE = 3;
/** Each killed worker is replaced, which takes its time on a busy machine. */
const LIMIT = 100_000;

let seed = 20_240_607;
function random(below: number): number {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return (seed >> 8) % below;
}

/** One of several kinds of calls, with what it has to give. */
const calls: ((pool: Pool, i: number) => Promise<boolean>)[] = [
  async (pool, i) => await pool.apply(square, [i]) === i * i,
  async (pool, i) => await pool.apply(sleepAndSquare, [i, 1]) === i * i,
  async (pool, i) => (await pool.apply(bytes, [200_000, i & 255]))[199_999] === (i & 255),
  async (pool, i) =>
    await pool.apply(sum, [new Uint8Array(150_000).fill(i & 1)]) === (i & 1) * 150_000,
  async (pool, i) => (await pool.apply(identity, [{ i, list: [i] }]) as { i: number }).i === i,
  async (pool) =>
    (await pool.map(square, [1, 2, 3, 4, 5, 6], { chunkSize: 2 })).join() === "1,4,9,16,25,36",
  async (pool, i) =>
    (await pool.map((x: number) => x + 1, Array(2000).fill(i))).every((x) => x === i + 1),
];

/** Makes one call after the other, until it is told that it is enough; counts what became of them. */
async function callAgainAndAgain(pool: Pool, isOver: () => boolean, counts: Counts): Promise<void> {
  while (!isOver()) {
    try {
      const isRight = await calls[random(calls.length)](pool, random(1000));
      assert(isRight, "a wrong value");
      counts.done++;
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      counts.lost++;
    }
  }
}

interface Counts {
  done: number;
  lost: number;
}

conform(`${KILLS} workers are killed at random while calls run`, async () => {
  const pool = new mp.Pool(SIZE);
  const counts = { done: 0, lost: 0 };
  const seen = new Set<number>();
  let kills = 0;
  const callers = Array.from(
    { length: 8 },
    () => callAgainAndAgain(pool, () => kills >= KILLS, counts),
  );
  while (kills < KILLS) {
    const victim = await pool.apply(pid).catch(() => null);
    if (victim === null) continue;
    seen.add(victim);
    for (let i = random(6); i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
    if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, random(10)));
    if (!isRunning(victim)) continue;
    process.kill(victim, "SIGKILL");
    kills++;
  }
  await Promise.all(callers);
  assert(counts.done > 0);
  await until(() => pool.stats.processes === SIZE && pool.stats.running === 0);
  assertEquals(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
  assertEquals(pool.stats.queued, 0);
  pool.close();
  await pool.join();
  assertEquals(pool.stats.processes, 0);
  await until(() => ![...seen].some(isRunning));
}, { limit: LIMIT, skip: ownPid ? false : "no ownPid: a thread gets no signals of its own" });

conform("workers that end themselves at random while calls run", async () => {
  await using pool = new mp.Pool(SIZE);
  const counts = { done: 0, lost: 0 };
  let ends = 0;
  const callers = Array.from(
    { length: 6 },
    () => callAgainAndAgain(pool, () => ends >= 25, counts),
  );
  while (ends < 25) {
    if (random(2) === 0) await new Promise((resolve) => setTimeout(resolve, random(6)));
    await pool.applyAsync(leave, [random(3)]).wait();
    ends++;
  }
  await Promise.all(callers);
  assert(counts.done > 0);
  assertEquals(counts.lost, 0, "only the call that ended its worker is lost");
  await until(() => pool.stats.processes === SIZE);
  assertEquals(pool.stats.lost, 25);
}, { limit: LIMIT });

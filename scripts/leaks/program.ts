/**
 * One leak hunt, on the runtime that it is started with: the same work again and again, and what the process has of the system in
 * between.
 *
 * Started by `scripts/check_leaks.ts`, which reads a line of JSON for each kind of work. Arguments: the start method, the part
 * of the work that is to be done, the kinds.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, getContext, ref, type StartMethod } from "../../mod.ts";

/** What a process has. */
export interface Usage {
  /** Bytes of objects that can be reached. */
  heap: number;
  /** Resident bytes. */
  resident: number;
  /** Open descriptors. */
  descriptors: number;
  /** Mappings. */
  mappings: number;
  /** Entries of this library in the folder for shared memory. */
  files: number;
}

/** What came of a kind of work. */
export interface Hunt {
  kind: string;
  /** How often the work was done between the first and the last look. */
  count: number;
  /** After the warm-up, in the middle, and at the end. */
  usages: Usage[];
  seconds: number;
}

/** Work of one kind; what it leaves would be a leak. */
interface Kind {
  /** How often the work is done in a whole hunt. */
  readonly total: number;
  /** Does it so often. */
  run(context: Context, count: number): Promise<void>;
}

/** How many children are started side by side. */
const SIDE_BY_SIDE = 4;
/** How long (ms) what a process has given away stays open there, and a little more. */
const LINGER = 35_000;
/** The part of the work that is done before the first look: caches and pools of memory fill. */
const WARM_UP = 0.2;

/** A task. */
export function square(x: number): number {
  return x * x;
}

/** A task: takes a lock for a moment. */
export async function hold(lock: InstanceType<Context["Lock"]>): Promise<void> {
  await lock.acquire();
  lock.release();
}

const self = new URL(import.meta.url);
const squareRef = ref<typeof square>(self, "square");
const holdRef = ref<typeof hold>(self, "hold");

const kinds: Record<string, Kind> = {
  tasks: { total: 200_000, run: runTasks },
  locks: { total: 20_000, run: useLocks },
  children: {
    total: 5_000,
    run: (context, count) =>
      sideBySide(count, async () => {
        await using child = new context.Process({ target: squareRef, args: [3] });
        await child.start();
        if (await child.join() !== 0) throw new Error(`a child ended with ${child.exitCode}`);
      }),
  },
  pools: {
    total: 2_000,
    run: (context, count) =>
      sideBySide(count, async () => {
        await using pool = new context.Pool(1);
        if (await pool.apply(squareRef, [4]) !== 16) throw new Error("a wrong result");
      }),
  },
};

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [method, scale, ...wanted] = process.argv.slice(2);
  const context = getContext(method as StartMethod);
  for (const kind of wanted) {
    const hunt = await huntFor(kind, context, Number(scale));
    console.log(JSON.stringify(hunt));
  }
}

async function huntFor(name: string, context: Context, scale: number): Promise<Hunt> {
  const { total, run } = kinds[name];
  const count = Math.max(40, Math.round(total * scale));
  const started = performance.now();
  await run(context, Math.round(count * WARM_UP));
  const usages = [await settle(context)];
  for (let half = 0; half < 2; half++) {
    await run(context, Math.round(count * (1 - WARM_UP) / 2));
    usages.push(await settle(context));
  }
  const seconds = (performance.now() - started) / 1000;
  return { kind: name, count: Math.round(count * (1 - WARM_UP)), usages, seconds };
}

async function runTasks(context: Context, count: number): Promise<void> {
  await using pool = new context.Pool(2);
  const batch = 100;
  for (let done = 0; done < count; done += batch) {
    const numbers = Array.from({ length: batch }, (_, i) => done + i);
    const found = await Promise.all(numbers.map((x) => pool.apply(squareRef, [x])));
    if (found.some((square, i) => square !== numbers[i] ** 2)) throw new Error("a wrong result");
  }
}

/** Locks that were really used: each goes to a worker, which holds it while it is wanted here. */
async function useLocks(context: Context, count: number): Promise<void> {
  await using pool = new context.Pool(1);
  for (let done = 0; done < count; done++) {
    const lock = new context.Lock();
    if (done % 10 > 0) {
      await lock.acquire();
      lock.release();
      continue;
    }
    const theirs = pool.apply(holdRef, [lock]);
    await lock.acquire();
    lock.release();
    await theirs;
    // Collectors run when there is time, and nothing else would give them any.
    if (done % 500 === 0) await collect(1);
  }
}

async function sideBySide(count: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
}

/** What is used when all that can be collected was collected. What was given away stays open for a while: until nothing shrinks any more. */
async function settle(context: Context): Promise<Usage> {
  await sleep(LINGER);
  // What was given away is let go when something is shared the next time.
  new context.Queue();
  let last = await collect(5);
  for (let tries = 0; tries < 40; tries++) {
    await sleep(1000);
    const now = await collect(2);
    if (now.descriptors >= last.descriptors && now.mappings >= last.mappings && tries > 2) {
      return now;
    }
    last = now;
  }
  return last;
}

/** Collects some times; finalizers run in between. */
async function collect(times: number): Promise<Usage> {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(force: boolean): void };
  };
  for (let i = 0; i < times; i++) {
    if (Bun === undefined) gc!();
    else Bun.gc(true);
    await sleep(20);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return {
    heap: heapUsed,
    resident: rss,
    descriptors: countOf("/proc/self/fd"),
    mappings: readFileSync("/proc/self/maps", "utf8").split("\n").length - 1,
    files: existsSync("/dev/shm")
      ? readdirSync("/dev/shm").filter((name) => name.startsWith("allcores-")).length
      : 0,
  };
}

function countOf(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).length : 0;
}

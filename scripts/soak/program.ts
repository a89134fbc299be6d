/**
 * One soak, on the runtime that it is started with: all structures together, while processes are killed at random.
 *
 * Started by `scripts/soak.ts`, which finds the result in the last line of its standard output. Arguments: the start method,
 * seconds, a seed, and `scarce` for one in which descriptors run out and processes stand still.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, getContext, type StartMethod } from "../../mod.ts";
import { Arrivals, checkLedger } from "./books.ts";
import { createParts, PARTIES, type Parts } from "./parts.ts";
import { PipeUser } from "./pipe_user.ts";
import { PoolUser, square } from "./pool_user.ts";
import { Halter, starve } from "./scarcity.ts";
import { Supervisor } from "./supervisor.ts";

/** What came of a soak. */
export interface SoakResult {
  /** How many processes or threads were killed, by what they did. */
  kills: Record<string, number>;
  /** What was done, by what did it. */
  counts: Record<string, number>;
  /** Resident memory (MiB) after a quarter of the time, and at the end. */
  memory: [number, number];
  /** Open files at the same times. */
  files: [number, number];
  problems: string[];
}

/** Nobody may stand still for longer (ms). */
const STANDSTILL = 30_000;
/**
 * Milliseconds between two kills, at most: of the processes that use the structures, of the workers of the pool meanwhile, and of
 * those when there is nothing else; and between two halts.
 */
const PAUSE = { structures: 500, pool: 300, storm: 60, halts: 400 };
/** The part of the time in which all run together; in the rest there is the pool alone, whose workers are killed without rest. */
const TOGETHER = 0.65;
/** Milliseconds until somebody else is looked for, where there is nobody to kill. */
const RETRY = 20;
/** How much the main program's memory (MiB) and its open files may grow after a quarter of the time. */
const GROWTH = { memory: 200, files: 40 };

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [method, seconds, seed, scarce] = process.argv.slice(2);
  const random = randomFrom(Number(seed));
  // Threads have their program's descriptors, and load their modules with them; nor can one stand still alone.
  const isScarce = scarce === "scarce" && getContext(method as StartMethod).capabilities.ownPid;
  const result = await soak(method as StartMethod, Number(seconds), random, isScarce);
  console.log(JSON.stringify(result));
}

/** Everything that runs in a soak. */
interface Crew {
  parts: Parts;
  supervisor: Supervisor;
  arrivals: Arrivals;
  pool: PoolUser;
  pipe: PipeUser;
}

async function soak(
  method: StartMethod,
  seconds: number,
  random: (below: number) => number,
  isScarce: boolean,
): Promise<SoakResult> {
  const context = getContext(method);
  await loadOnce(context);
  const parts = createParts(context, isScarce);
  const supervisor = new Supervisor(context, parts);
  const arrivals = new Arrivals();
  const pool = new PoolUser(context);
  const crew = { parts, supervisor, arrivals, pool, pipe: new PipeUser(context, supervisor) };
  const calm = performance.now() + seconds * 1000 * TOGETHER;
  const quarter = performance.now() + seconds * 250;
  const work = startWork(crew);
  const before = await killAll(crew, quarter, calm, random);
  await stopWork(crew, work);
  await storm(pool, seconds * (1 - TOGETHER), random);
  await within(pool.finish(work.calls), crew, "the pool");
  const after = usage();
  const problems = [
    ...supervisor.problems,
    ...arrivals.problems,
    ...pool.problems,
    ...crew.pipe.problems,
    ...await checkLedger(parts, supervisor),
    ...growth(before, after),
  ];
  return {
    kills: { ...supervisor.deaths, pool: pool.kills },
    counts: countsOf(crew),
    memory: [before.memory, after.memory],
    files: [before.files, after.files],
    problems,
  };
}

/** Kills all while they run together, and lets them starve. Gives what is used after a quarter of the time. */
async function killAll(
  crew: Crew,
  quarter: number,
  calm: number,
  random: (below: number) => number,
): Promise<Usage> {
  const { isScarce } = crew.parts;
  const halter = isScarce ? new Halter() : null;
  const feed = isScarce ? starve() : () => {};
  const before = await killUntil(quarter, crew, random, halter).then(usage);
  await killUntil(calm, crew, random, halter);
  feed();
  await halter?.end();
  return before;
}

/** Kills the workers of the pool without rest. */
async function storm(
  pool: PoolUser,
  seconds: number,
  random: (below: number) => number,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  await killAgain(end, PAUSE.storm, random, () => pool.killOne(random));
}

/** Lets a process and a worker end in peace once: only then Node keeps what it has compiled, and those that follow start fast. */
async function loadOnce({ Process, Pool }: Context): Promise<void> {
  const child = new Process({ target: square, args: [1] });
  await child.start();
  await child.join();
  const pool = new Pool(1);
  await pool.apply(square, [1]);
  pool.close();
  await pool.join();
}

/** What runs, to be waited for in the order in which it can be stopped. */
interface Work {
  makers: Promise<unknown>;
  parties: Promise<unknown>;
  relays: Promise<unknown>;
  arrivals: Promise<unknown>;
  calls: Promise<void>;
}

function startWork({ parts, supervisor, arrivals, pool, pipe }: Crew): Work {
  const isOver = () => parts.stop.isSet();
  const roles = ["produce", "produce", "add", "add", "borrow", "borrow", "borrow", "give", "take"];
  const named = process.platform === "win32" ? [] : ["name"];
  const makers = [...roles, ...named].map((role) => supervisor.keep(role as "produce"));
  const parties = Array.from({ length: PARTIES }, (_, i) => supervisor.keep("meet", i));
  const relays = [supervisor.keep("relay"), supervisor.keep("relay")];
  return {
    makers: Promise.all([...makers, pipe.use(isOver)]),
    parties: Promise.all(parties),
    relays: Promise.all(relays),
    arrivals: receive(parts, arrivals),
    calls: pool.use(),
  };
}

async function receive({ second }: Parts, arrivals: Arrivals): Promise<void> {
  for await (const relayed of second) arrivals.enter(relayed);
}

/** Stops all but the pool. */
async function stopWork(crew: Crew, work: Work): Promise<void> {
  const { parts, supervisor, arrivals } = crew;
  parts.stop.set();
  const breaking = setInterval(() => parts.barrier.abort(), 20);
  await within(work.parties, crew, "the parties of the barrier");
  clearInterval(breaking);
  await within(work.makers, crew, "the makers");
  await parts.first.shutdown();
  await within(work.relays, crew, "the relays");
  await parts.second.shutdown();
  await within(work.arrivals, crew, "the last items");
  arrivals.check(parts, supervisor);
}

async function within(
  work: Promise<unknown>,
  { supervisor, pool }: Crew,
  what: string,
): Promise<void> {
  const timer = setTimeout(() => {
    const running = supervisor.running.join(", ") || "nobody";
    fail(`${what} did not end within ${STANDSTILL} ms: ${running} runs; pool: ${pool.state}`);
  }, STANDSTILL);
  await work;
  clearTimeout(timer);
}

/** Kills one process after the other until a time is reached, and looks whether all go on. */
async function killUntil(
  end: number,
  crew: Crew,
  random: (below: number) => number,
  halter: Halter | null,
): Promise<void> {
  const { supervisor, pool } = crew;
  await Promise.all([
    killAgain(end, PAUSE.structures, random, () => supervisor.killOne(random)),
    killAgain(end, PAUSE.pool, random, () => pool.killOne(random)),
    ...halter === null
      ? []
      : [supervisor, pool].map((user) =>
        killAgain(end, PAUSE.halts, random, () => user.haltOne(random, halter))
      ),
    watchUntil(end, crew),
  ]);
}

async function killAgain(
  end: number,
  pause: number,
  random: (below: number) => number,
  killOne: () => boolean,
): Promise<void> {
  while (performance.now() < end) await sleep(killOne() ? random(pause) : RETRY);
}

/** Looks whether all go on. */
async function watchUntil(end: number, crew: Crew): Promise<void> {
  let seen = new Map<string, number>();
  let looked = performance.now();
  while (performance.now() < end) {
    await sleep(100);
    if (performance.now() - looked < STANDSTILL) continue;
    looked = performance.now();
    const counts = new Map(Object.entries(countsOf(crew)));
    const still = [...counts].filter(([name, count]) => count === (seen.get(name) ?? 0));
    if (still.length > 0) fail(`no more of: ${still.map(([name]) => name).join(", ")}`);
    seen = counts;
  }
}

function countsOf({ supervisor, arrivals, pool, pipe }: Crew): Record<string, number> {
  const steps = supervisor.roles.map((role) => [role, supervisor.steps(role)]);
  const others = { arrived: arrivals.count, calls: pool.calls, echoed: pipe.answers };
  return { ...Object.fromEntries(steps), ...others };
}

interface Usage {
  memory: number;
  files: number;
}

function usage(): Usage {
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  const files = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
  return { memory, files };
}

function growth(before: Usage, after: Usage): string[] {
  return (["memory", "files"] as const)
    .filter((what) => after[what] > before[what] + GROWTH[what])
    .map((what) => `${what} grew from ${before[what]} to ${after[what]}`);
}

/** What stands still would be waited for in vain at an end in good order. */
function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}

/** A generator of numbers, the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

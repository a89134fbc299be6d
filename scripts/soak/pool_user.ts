/**
 * The pool's part of a soak: calls and maps whose workers are killed. A worker that is no process ends itself, or is terminated by
 * its pool because its task does not stop.
 *
 * @module
 */

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Context,
  exit,
  type Pool,
  ref,
  type RetryPolicy,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";

import { type Halter, patiently } from "./scarcity.ts";

const WORKERS = 4;
/** Numbers of a map, which is repeated where its worker dies. */
const NUMBERS = Array.from({ length: 40 }, (_, i) => i);
/** A map has to have all of its results, however often a worker of it is killed. */
const RETRIES: RetryPolicy = { attempts: 100, delay: 1, maxDelay: 50 };
/** How long (ms) the pool may take to have all of its workers again. */
const RECOVERY = 20_000;
const self = new URL(import.meta.url);

/** A task: the square of a number, and the process that found it. */
export function square(x: number): { pid: number; result: number } {
  return { pid: process.pid, result: x * x };
}

/** A task that ends its worker. */
export function leave(): void {
  exit(7);
}

/** A task that does not stop when it is asked to. */
export async function stay(): Promise<void> {
  for (;;) await sleep(50);
}

const squareRef = ref<typeof square>(self, "square");
const leaveRef = ref<typeof leave>(self, "leave");
const stayRef = ref<typeof stay>(self, "stay");

/** Calls a pool again and again, and checks what it gives. */
export class PoolUser {
  readonly problems: string[] = [];
  calls = 0;
  lost = 0;
  /** Workers that were killed: processes by SIGKILL. */
  kills = 0;
  readonly #pool: Pool;
  readonly #ownPid: boolean;
  /** The processes that have answered since the last kill. */
  readonly #pids = new Set<number>();
  readonly #killed = new Set<number>();
  /** Calls that end their worker and have not run yet. */
  #ending = 0;
  #isOver = false;

  /** @param context The start method. */
  constructor(context: Context) {
    this.#pool = new context.Pool(WORKERS);
    this.#ownPid = context.capabilities.ownPid;
  }

  /** How the pool stands, in words. */
  get state(): string {
    const { processes, running, queued } = this.#pool.stats;
    return `${processes} workers, ${running} of them at work, ${queued} calls waiting`;
  }

  /** Makes calls until {@linkcode finish}. */
  async use(): Promise<void> {
    await Promise.all([this.#again((x) => this.#call(x)), this.#again(() => this.#map())]);
  }

  async #again(call: (x: number) => Promise<void>): Promise<void> {
    for (let i = 0; !this.#isOver; i = (i + 1) % 10_000) {
      await Promise.all([i, i + 1, i + 2].map(call));
    }
  }

  async #call(x: number): Promise<void> {
    this.calls++;
    try {
      this.#enter(x, await patiently(() => this.#pool.apply(squareRef, [x])));
    } catch (error) {
      this.#lose(error);
    }
  }

  async #map(): Promise<void> {
    this.calls += NUMBERS.length;
    try {
      const options = { chunkSize: 5, retries: RETRIES };
      const found = await patiently(() => this.#pool.map(squareRef, NUMBERS, options));
      NUMBERS.forEach((x, i) => this.#enter(x, found[i]));
    } catch (error) {
      this.problems.push(`a map failed: ${error}`);
    }
  }

  #enter(x: number, { pid, result }: { pid: number; result: number }): void {
    this.#pids.add(pid);
    if (result !== x * x) this.problems.push(`the square of ${x} was ${result}`);
  }

  #lose(error: unknown): void {
    if (error instanceof WorkerLostError) this.lost++;
    else this.problems.push(`a call failed: ${error}`);
  }

  /**
   * Kills a worker.
   *
   * @param choose Gives a whole number below another one.
   * @returns Whether there was one to kill: one that has not been killed, and has answered since the last kill.
   */
  killOne(choose: (below: number) => number): boolean {
    if (!this.#ownPid) return this.#endOne(choose);
    const pids = [...this.#pids].filter((pid) => !this.#killed.has(pid));
    if (pids.length === 0) return false;
    const pid = pids[choose(pids.length)];
    this.#pids.clear();
    process.kill(pid, "SIGKILL");
    this.#killed.add(pid);
    this.kills++;
    return true;
  }

  /** Lets a worker stand still for a moment; it may have been killed meanwhile. */
  haltOne(choose: (below: number) => number, halter: Halter): boolean {
    const pids = [...this.#pids];
    if (!this.#ownPid || pids.length === 0) return false;
    halter.halt(pids[choose(pids.length)]);
    return true;
  }

  /** Lets a worker that is no process end. As many wait for that as there are workers: more would only grow the pool's queue. */
  #endOne(choose: (below: number) => number): boolean {
    if (this.#ending >= WORKERS) return false;
    this.kills++;
    this.#ending++;
    void this.#awaitEnd(choose(4) > 0).finally(() => this.#ending--);
    return true;
  }

  async #awaitEnd(byItself: boolean): Promise<void> {
    try {
      if (byItself) await this.#pool.apply(leaveRef);
      else await this.#pool.apply(stayRef, [], { timeout: 20 });
    } catch (error) {
      if (byItself) this.#lose(error);
      else if (!(error instanceof TimeoutError)) this.problems.push(`a timeout failed: ${error}`);
    }
  }

  /**
   * Makes no more calls, and looks whether the pool has all of its workers again; then closes it, and checks that no kill cost more
   * than one call.
   *
   * @param calls What {@linkcode use} gave.
   */
  async finish(calls: Promise<void>): Promise<void> {
    this.#isOver = true;
    await calls;
    const end = performance.now() + RECOVERY;
    while (this.#pool.stats.processes < WORKERS && performance.now() < end) await sleep(20);
    const { processes } = this.#pool.stats;
    if (processes !== WORKERS) this.problems.push(`${processes} of ${WORKERS} workers are left`);
    this.#pool.close();
    await this.#pool.join();
    if (this.lost > this.kills) {
      this.problems.push(`${this.lost} calls were lost by ${this.kills} kills`);
    }
  }
}

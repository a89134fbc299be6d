/**
 * The pool's part of a soak: calls whose workers are killed, or end themselves where a worker is no process.
 *
 * @module
 */

import process from "node:process";
import { type Context, exit, type Pool, ref, WorkerLostError } from "../../mod.ts";

const WORKERS = 2;
const self = new URL(import.meta.url);

/** A task: the square of a number, and the process that found it. */
export function square(x: number): { pid: number; result: number } {
  return { pid: process.pid, result: x * x };
}

/** A task that ends its worker. */
export function leave(): void {
  exit(7);
}

/** Calls a pool again and again, and checks what it gives. */
export class PoolUser {
  readonly problems: string[] = [];
  calls = 0;
  lost = 0;
  kills = 0;
  readonly #pool: Pool;
  readonly #ownPid: boolean;
  readonly #pids = new Set<number>();

  /** @param context The start method. */
  constructor(context: Context) {
    this.#pool = new context.Pool(WORKERS);
    this.#ownPid = context.capabilities.ownPid;
  }

  /** Makes calls until it is told that it is enough. */
  async use(isOver: () => boolean): Promise<void> {
    for (let i = 0; !isOver(); i = (i + 1) % 10_000) {
      await Promise.all([i, i + 1, i + 2].map((x) => this.#call(x)));
    }
  }

  async #call(x: number): Promise<void> {
    this.calls++;
    try {
      const { pid, result } = await this.#pool.apply(ref<typeof square>(self, "square"), [x]);
      this.#pids.add(pid);
      if (result !== x * x) this.problems.push(`the square of ${x} was ${result}`);
    } catch (error) {
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    if (error instanceof WorkerLostError) this.lost++;
    else this.problems.push(`a call failed: ${error}`);
  }

  /** Kills a worker. */
  killOne(choose: (below: number) => number): void {
    this.kills++;
    const pids = [...this.#pids];
    this.#pids.clear();
    if (!this.#ownPid || pids.length === 0) {
      this.#pool.apply(ref<typeof leave>(self, "leave")).catch((error) => this.#lose(error));
      return;
    }
    try {
      process.kill(pids[choose(pids.length)], "SIGKILL");
    } catch {
      // It was killed before and has been replaced.
    }
  }

  /** Closes the pool, and checks that it lost no more than was killed. */
  async finish(): Promise<void> {
    this.#pool.close();
    await this.#pool.join();
    if (this.lost > this.kills * WORKERS * 3) {
      this.problems.push(`${this.lost} calls were lost by ${this.kills} kills`);
    }
  }
}

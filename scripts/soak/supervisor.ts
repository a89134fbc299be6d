/**
 * Keeps the processes of a soak running: one that was killed is replaced, one that failed by itself is a problem.
 *
 * @module
 */

import type { Context, Process } from "../../mod.ts";
import type { Parts } from "./parts.ts";
import type * as roles from "./roles.ts";
import { playRef } from "./play.ts";
import { type Halter, patiently } from "./scarcity.ts";

/** The name of a role: an exported function of `roles.ts`. */
export type RoleName = keyof typeof roles;

/** The exit code of what was killed. */
const KILLED = -9;

/** One place in which a process of a role runs, again and again. */
interface Place {
  child: Process | null;
  killed: boolean;
}

/** What a supervisor knows of a role. */
export interface RoleRecord {
  /** The numbers of all its processes. */
  selves: number[];
  /** How many were to be killed. */
  kills: number;
  /** How many of them have ended by that. */
  deaths: number;
}

/** Starts, kills and replaces processes. */
export class Supervisor {
  readonly problems: string[] = [];
  readonly #context: Context;
  readonly #parts: Parts;
  readonly #records = new Map<RoleName, RoleRecord>();
  readonly #places: (Place & { role: RoleName })[] = [];
  /** How many processes run or are being started. */
  #wanted = 0;
  #nextSelf = 0;

  /**
   * @param context The start method.
   * @param parts What each process gets.
   */
  constructor(context: Context, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** What is known of a role. */
  record(role: RoleName): RoleRecord {
    const record = this.#records.get(role) ?? { selves: [], kills: 0, deaths: 0 };
    this.#records.set(role, record);
    return record;
  }

  /** How many processes of each role were killed. */
  get deaths(): Record<string, number> {
    return Object.fromEntries([...this.#records].map(([role, { deaths }]) => [role, deaths]));
  }

  /** How many steps the processes of a role have done. */
  steps(role: RoleName): number {
    return this.record(role).selves.reduce((sum, self) => sum + this.#parts.done[self], 0);
  }

  /** The roles there are. */
  get roles(): RoleName[] {
    return [...this.#records.keys()];
  }

  /**
   * Keeps a place filled until its process ends by itself.
   *
   * @param role What to run.
   * @param rest What is to come after the parts and the number.
   */
  async keep(role: RoleName, ...rest: unknown[]): Promise<void> {
    while (await this.runOnce(role, ...rest) === "killed");
  }

  /** Runs one process of a role to its end. */
  async runOnce(role: RoleName, ...rest: unknown[]): Promise<"killed" | "ended"> {
    const place = { role, child: null as Process | null, killed: false };
    const self = this.#nextSelf++;
    this.record(role).selves.push(self);
    const args = [role, this.#parts, self, ...rest];
    this.#wanted++;
    await using child = new this.#context.Process({
      name: `${role}-${self}`,
      target: playRef,
      args,
    });
    await patiently(() => child.start());
    // Whoever is killed while it loads does nothing. That it could not load is told by its end.
    await child.ready().catch(() => {});
    place.child = child;
    this.#places.push(place);
    const exitCode = await child.join();
    this.#wanted--;
    this.#places.splice(this.#places.indexOf(place), 1);
    if (place.killed && exitCode === KILLED) {
      this.record(role).deaths++;
      return "killed";
    }
    if (exitCode !== 0) this.problems.push(`${child.name} ended with exit code ${exitCode}`);
    return "ended";
  }

  /** The names of those that run. */
  get running(): string[] {
    return this.#places.map(({ child }) => child!.name);
  }

  /**
   * Kills one of the running processes. While most are still starting it kills nobody: a slow machine would do nothing but start
   * processes.
   *
   * @param choose Gives a whole number below another one.
   * @returns Whether one was killed.
   */
  killOne(choose: (below: number) => number): boolean {
    const running = this.#places.filter(({ killed }) => !killed);
    if (running.length * 2 <= this.#wanted) return false;
    const place = running[choose(running.length)];
    place.killed = true;
    this.record(place.role).kills++;
    place.child?.kill();
    return true;
  }

  /** Lets one of the running processes stand still for a moment. */
  haltOne(choose: (below: number) => number, halter: Halter): boolean {
    const { child } = this.#places[choose(Math.max(1, this.#places.length))] ?? {};
    if (!child?.pid) return false;
    halter.halt(child.pid);
    return true;
  }
}

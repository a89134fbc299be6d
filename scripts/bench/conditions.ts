/**
 * What else goes on while something is measured.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { executable } from "../support/runtimes.ts";

/** The conditions by their names. */
export const conditions: Record<ConditionName, Condition> = {
  quiet: { title: "nothing beside it" },
  "one-core": { title: "on one core", prefix: ["taskset", "-c", "0"] },
  busy: { title: "one busy process beside it", isBusy: true },
  crowded: { title: "twice as many workers as cores", workers: 2 * availableParallelism() },
};

/** A condition's name. */
export type ConditionName = "quiet" | "one-core" | "busy" | "crowded";

/** A condition. */
export interface Condition {
  title: string;
  /** What the commands begin with. */
  prefix?: string[];
  /** Whether another process computes all the time. */
  isBusy?: boolean;
  /** How many workers a pool has, where it is not 2. */
  workers?: number;
}

/** Computes until its creator is gone. */
const busyProgram = `const { ppid } = process;
while (process.ppid === ppid) for (let i = 0; i < 1e7; i++);`;

/** How many workers a pool has. */
export function workersUnder(name: ConditionName): number {
  return conditions[name].workers ?? 2;
}

/** Does something while a condition holds. */
export async function during<T>({ isBusy }: Condition, action: () => Promise<T>): Promise<T> {
  let busy: ChildProcess | null = null;
  if (isBusy) busy = spawn(executable("node"), ["-e", busyProgram], { stdio: "ignore" });
  try {
    return await action();
  } finally {
    busy?.kill("SIGKILL");
  }
}

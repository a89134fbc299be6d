/** The CPU time of processes, from `/proc`. */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** Milliseconds of the unit in which Linux counts: the same on all of its usual platforms. */
const tick = 10;

/** The pids of this process and of all below it. */
export function processTree(): number[] {
  const tree = new Set([process.pid]);
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  // A pid may be lower than its parent's once the numbers have started anew, so one pass is not enough.
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const pid of all) if (tree.has(Number(fields(pid)[1]))) tree.add(pid);
  }
  return [...tree];
}

/** The CPU time (ms) that processes with all their threads have used. */
export function cpuTime(pids: number[]): number {
  const ticks = pids.map((pid) => Number(fields(pid)[11] ?? 0) + Number(fields(pid)[12] ?? 0));
  return ticks.reduce((sum, value) => sum + value, 0) * tick;
}

/** What stands in a process's `stat` after its name: its state, its parent's pid, and so on. */
function fields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

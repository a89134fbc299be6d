/**
 * How often the system had to end a process for want of memory, as Linux tells it.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

const COUNT = /^oom_kill\s+(\d+)$/m;

/**
 * Reads the number of such ends, in the cgroup of this process where there is one, else on the whole machine.
 *
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns The number; 0 where it cannot be told.
 */
export function memoryKills(read: Read): number {
  const path = tryRead(read, "/proc/self/cgroup");
  const unified = /^0::(\/.*)$/m.exec(path)?.[1] ?? "/";
  const memory = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(path)?.[1] ?? "/";
  const files = [
    `/sys/fs/cgroup${unified === "/" ? "" : unified}/memory.events`,
    "/sys/fs/cgroup/memory.events",
    `/sys/fs/cgroup/memory${memory === "/" ? "" : memory}/memory.oom_control`,
    "/proc/vmstat",
  ];
  for (const file of files) {
    const count = COUNT.exec(tryRead(read, file));
    if (count !== null) return Number(count[1]);
  }
  return 0;
}

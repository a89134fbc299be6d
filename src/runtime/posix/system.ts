/**
 * What the operating system tells, by the files of Linux where they can be read.
 *
 * @module
 */

import type { SystemFacts } from "../runtime.ts";
import { cgroupCores } from "./cgroup.ts";
import { memoryKills } from "./memory_kills.ts";
import { residentBytes } from "./resident.ts";
import { hasThreadEnded, systemThread } from "./system_thread.ts";
import type { Read } from "./try_read.ts";
import { isZombie } from "./zombie.ts";

/** What a runtime gives to find them. */
export interface SystemSource {
  readonly read: Read;
  /** Whether there is a process, also one that has ended and was not waited for; `true` where it cannot be told. */
  exists(pid: number): boolean;
  /** The number of cores, limits of a cgroup left aside. */
  cores(): number;
  /** The effective user that this process runs as; `null` where it cannot be told. */
  userId(): number | null;
}

/**
 * Finds what the operating system tells.
 *
 * @param source What the runtime gives.
 * @returns The facts, each looked up when it is asked for.
 */
export function systemFacts(source: SystemSource): SystemFacts {
  return {
    get userId() {
      return source.userId();
    },
    cpuCount: () => Math.min(source.cores(), cgroupCores(source.read)),
    isAlive: (pid) => source.exists(pid) && !isZombie(pid, source.read),
    thread: () => systemThread(source.read),
    hasThreadEnded: (thread) => hasThreadEnded(thread, source.read),
    residentBytes: (pid) => residentBytes(pid, source.read),
    memoryKills: () => memoryKills(source.read),
  };
}

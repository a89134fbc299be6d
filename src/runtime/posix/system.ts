/**
 * What the operating system tells, by the files of Linux where they can be read.
 *
 * @module
 */

import type { SystemFacts } from "../runtime.ts";
import { cgroupCores } from "./cgroup.ts";
import { residentBytes } from "./resident.ts";
import { hasThreadEnded, systemThread } from "./system_thread.ts";
import type { Read } from "./try_read.ts";
import { processStat } from "./process_stat.ts";

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
    isAlive: (pid, started = 0) => source.exists(pid) && runs(pid, started, source.read),
    startedAt: (pid) => processStat(pid, source.read)?.started ?? 0,
    thread: () => systemThread(source.read),
    hasThreadEnded: (thread) => hasThreadEnded(thread, source.read),
    residentBytes: (pid) => residentBytes(pid, source.read),
  };
}

/** Whether a process that is there has not ended, and is the one that was started then; 0: at any time. */
function runs(pid: number, started: number, read: Read): boolean {
  const stat = processStat(pid, read);
  if (stat === null) return true;
  return !stat.isZombie && (started === 0 || stat.started === started);
}

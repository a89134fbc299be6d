/**
 * What the operating system tells, on any runtime.
 *
 * @module
 */

import { choose } from "./choose.ts";
import { denoSystem } from "./deno/system.ts";
import { nodeSystem } from "./node/system.ts";
import { cpuTime as cpuTimeSoFar } from "./posix/cpu_time.ts";
import { memoryKills as killsSoFar } from "./posix/memory_kills.ts";
import { systemFacts, type SystemSource } from "./posix/system.ts";
import { tryRead } from "./posix/try_read.ts";
import type { SystemFacts } from "./runtime.ts";

const source: SystemSource = choose({ deno: denoSystem, bun: nodeSystem, node: nodeSystem });

/** What the operating system tells. */
export const system: SystemFacts = systemFacts(source);

/** How often the system has ended a process for want of memory; 0 where it cannot be told. */
export function memoryKills(): number {
  return killsSoFar(source.read);
}

/**
 * Reads a file by which the system tells of itself.
 *
 * @param path Its path.
 * @returns The text; nothing where there is none, or it may not be read without asking anybody.
 */
export function readSystemFile(path: string): string {
  return tryRead(source.read, path);
}

/** How long (ms) a process has used a processor, all its threads together; `null` where it cannot be told. */
export function cpuTime(pid: number): number | null {
  return cpuTimeSoFar(pid, source.read);
}

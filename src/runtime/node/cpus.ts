/**
 * The number of usable cores, as Node and Bun can find it.
 *
 * @module
 */

import { cgroupCores } from "../posix/cgroup.ts";
import { builtin } from "./globals.ts";

/**
 * Counts the cores that this process may use: its affinity and the limits of its cgroup are respected.
 *
 * @returns The number of cores, at least 1.
 */
export function cpuCount(): number {
  const { availableParallelism } = builtin<typeof import("node:os")>("node:os");
  const { readFileSync } = builtin<typeof import("node:fs")>("node:fs");
  return Math.min(availableParallelism(), cgroupCores((path) => readFileSync(path, "utf8")));
}

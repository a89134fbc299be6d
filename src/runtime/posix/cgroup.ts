/**
 * The limit that a cgroup puts on the number of cores.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/**
 * Reads the limit of the cgroup that this process is in, versions 1 and 2; those around it count as well.
 *
 * @param read Reads a text file; throws where there is none.
 * @returns The number of cores, rounded up; `Infinity` without a limit.
 */
export function cgroupCores(read: Read): number {
  return Math.ceil(Math.min(version2(read), version1(read)));
}

function version2(read: Read): number {
  const line = tryRead(read, "/proc/self/cgroup").split("\n").find((line) =>
    line.startsWith("0::")
  );
  let path = line?.slice(3) ?? "/";
  let least = Infinity;
  for (;;) {
    const [quota, period] = tryRead(read, `/sys/fs/cgroup${path}/cpu.max`).split(" ");
    least = Math.min(least, ratio(quota, period));
    if (path === "") return least;
    path = path.slice(0, path.lastIndexOf("/"));
  }
}

function version1(read: Read): number {
  const folder = "/sys/fs/cgroup/cpu";
  return ratio(
    tryRead(read, `${folder}/cpu.cfs_quota_us`),
    tryRead(read, `${folder}/cpu.cfs_period_us`),
  );
}

/** No limit is written as `max`, as -1, or not at all. */
function ratio(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : Infinity;
}

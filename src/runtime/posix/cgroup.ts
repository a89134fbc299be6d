/**
 * The limit that a cgroup puts on the number of cores.
 *
 * @module
 */

/**
 * Reads the limit of the cgroup that this process is in, versions 1 and 2.
 *
 * @param read Reads a text file; throws where there is none.
 * @returns The number of cores, rounded up; `Infinity` without a limit.
 */
export function cgroupCores(read: (path: string) => string): number {
  const [quota, period] = version2(read) ?? version1(read) ?? ["max", "1"];
  const cores = Math.ceil(Number(quota) / Number(period));
  return cores > 0 ? cores : Infinity;
}

function version2(read: (path: string) => string): string[] | null {
  try {
    const line = read("/proc/self/cgroup").split("\n").find((line) => line.startsWith("0::"));
    const path = line?.slice(3) ?? "/";
    return tryRead(read, `/sys/fs/cgroup${path === "/" ? "" : path}/cpu.max`) ??
      tryRead(read, "/sys/fs/cgroup/cpu.max");
  } catch {
    return null;
  }
}

function version1(read: (path: string) => string): string[] | null {
  const quota = tryRead(read, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const period = tryRead(read, "/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return quota === null || period === null ? null : [quota[0], period[0]];
}

function tryRead(read: (path: string) => string, path: string): string[] | null {
  try {
    return read(path).trim().split(" ");
  } catch {
    return null;
  }
}

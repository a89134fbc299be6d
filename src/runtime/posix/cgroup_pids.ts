/**
 * The limit that a cgroup puts on the number of processes and threads.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/**
 * Reads how many more processes and threads the cgroup that this process is in may have, versions 1 and 2; those around it
 * count as well.
 *
 * @param read Reads a text file; throws where there is none.
 * @returns The number; `Infinity` without a limit.
 */
export function cgroupPids(read: Read): number {
  const groups = tryRead(read, "/proc/self/cgroup");
  const [, first] = /^\d+:(?:[^:\n]*,)?pids(?:,[^:\n]*)?:(\/.*)$/m.exec(groups) ?? [];
  const [, second] = /^0::(\/.*)$/m.exec(groups) ?? [];
  const places = [
    ...placesOf("/sys/fs/cgroup/pids", first),
    ...placesOf("/sys/fs/cgroup", second),
  ];
  return Math.min(...places.map((place) => left(place, read)));
}

/** From the root down to the group; in a container the path may be another one there. */
function placesOf(root: string, path: string | undefined): string[] {
  const folders = (path ?? "").split("/").filter((folder) => folder !== "");
  return [root, ...folders.map((_, i) => `${root}/${folders.slice(0, i + 1).join("/")}`)];
}

function left(place: string, read: Read): number {
  // No limit is written as `max`.
  const limit = parseInt(tryRead(read, `${place}/pids.max`));
  const used = parseInt(tryRead(read, `${place}/pids.current`)) || 0;
  return Number.isNaN(limit) ? Infinity : Math.max(0, limit - used);
}

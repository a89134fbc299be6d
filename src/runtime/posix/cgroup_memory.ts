/**
 * What the limit that a cgroup puts on memory leaves.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/**
 * Reads how much memory the cgroup that this process is in may still take, versions 1 and 2; those around it count as well.
 *
 * @param read Reads a text file; throws where there is none.
 * @returns Bytes, with the cached files that make room when it is needed; `Infinity` without a limit.
 */
export function cgroupMemory(read: Read): number {
  const groups = tryRead(read, "/proc/self/cgroup");
  const [, first] = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m.exec(groups) ?? [];
  const [, second] = /^0::(\/.*)$/m.exec(groups) ?? [];
  const files1 = ["memory.limit_in_bytes", "memory.usage_in_bytes", /^total_inactive_file (\d+)$/m];
  const files2 = ["memory.max", "memory.current", /^inactive_file (\d+)$/m];
  return Math.min(
    leastLeft("/sys/fs/cgroup/memory", first, files1 as Files, read),
    leastLeft("/sys/fs/cgroup", second, files2 as Files, read),
  );
}

/** Where the limit and the use stand, and which line of `memory.stat` tells of what can be dropped. */
type Files = [limit: string, used: string, dropped: RegExp];

/** From the group up to the root; in a container the path may be another one there. */
function leastLeft(root: string, path: string | undefined, files: Files, read: Read): number {
  const folders = (path ?? "/").split("/").slice(1);
  const paths = folders.map((_, i) => `/${folders.slice(0, i + 1).join("/")}`);
  const places = [root, ...paths.map((path) => root + path)];
  return Math.min(...places.map((place) => left(place, files, read)));
}

function left(place: string, [limitFile, usedFile, dropped]: Files, read: Read): number {
  const limit = parseInt(tryRead(read, `${place}/${limitFile}`));
  // No limit is written as `max`, or as a number above all that there is.
  if (!(limit < 2 ** 62)) return Infinity;
  const used = parseInt(tryRead(read, `${place}/${usedFile}`)) || 0;
  const cached = Number(dropped.exec(tryRead(read, `${place}/memory.stat`))?.[1] ?? 0);
  return Math.max(0, limit - used + cached);
}

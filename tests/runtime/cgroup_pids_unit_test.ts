import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { cgroupPids } from "../../src/runtime/posix/cgroup_pids.ts";

/** A system with these files. */
function reader(files: Record<string, string>): (path: string) => string {
  return (path) => {
    if (!Object.hasOwn(files, path)) throw new Error(`there is no ${path}`);
    return files[path];
  };
}

test("without a limit on processes there is none", () => {
  assertEquals(cgroupPids(reader({})), Infinity);
  const files = { "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/pids.max": "max\n" };
  assertEquals(cgroupPids(reader(files)), Infinity);
});

test("the least that a group or one around it leaves counts, version 2", () => {
  const files = {
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/pids.max": "100\n",
    "/sys/fs/cgroup/a/pids.current": "93\n",
    "/sys/fs/cgroup/a/b/pids.max": "20\n",
    "/sys/fs/cgroup/a/b/pids.current": "3\n",
  };
  assertEquals(cgroupPids(reader(files)), 7);
});

test("so it is with version 1, also where the container's root is the group", () => {
  const files: Record<string, string> = {
    "/proc/self/cgroup": "8:pids:/docker/x\n0::/\n",
    "/sys/fs/cgroup/pids/pids.max": "64\n",
    "/sys/fs/cgroup/pids/pids.current": "70\n",
  };
  assertEquals(cgroupPids(reader(files)), 0);
});

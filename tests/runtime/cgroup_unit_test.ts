/** How many cores a cgroup and the affinity of a process allow, and how much memory a cgroup leaves. */

import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { cgroupCores } from "../../src/runtime/posix/cgroup.ts";
import { cgroupMemory } from "../../src/runtime/posix/cgroup_memory.ts";
import { commandOf, startCommand } from "../support/programs.ts";

function coresOf(files: Record<string, string>): number {
  return cgroupCores((path) => {
    if (path in files) return files[path];
    throw new Error(`${path} is not there`);
  });
}

test("without a cgroup, or a limit, there is none", () => {
  assertEquals(coresOf({}), Infinity);
  assertEquals(coresOf({ "/proc/self/cgroup": "0::/\n" }), Infinity);
  const v2 = { "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "max 100000\n" };
  assertEquals(coresOf(v2), Infinity);
  const v1 = {
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  };
  assertEquals(coresOf(v1), Infinity);
});

test("a limit is rounded up", () => {
  const limit = (text: string) =>
    coresOf({ "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": text });
  assertEquals(limit("200000 100000\n"), 2);
  assertEquals(limit("150000 100000\n"), 2);
  assertEquals(limit("5000 100000\n"), 1);
});

test("the least of the limits around a process counts", () => {
  const files = {
    "/proc/self/cgroup": "1:name=systemd:/x\n0::/a/b/c\n",
    "/sys/fs/cgroup/a/b/c/cpu.max": "800000 100000\n",
    "/sys/fs/cgroup/a/b/cpu.max": "300000 100000\n",
    "/sys/fs/cgroup/a/cpu.max": "max 100000\n",
  };
  assertEquals(coresOf(files), 3);
  assertEquals(coresOf({ ...files, "/sys/fs/cgroup/cpu.max": "100000 100000\n" }), 1);
});

test("a container sees its limit at the top", () => {
  assertEquals(coresOf({ "/sys/fs/cgroup/cpu.max": "400000 100000\n" }), 4);
});

test("a limit of version 1", () => {
  const v1 = {
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "250000\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  };
  assertEquals(coresOf(v1), 3);
});

const taskset = ["/usr/bin/taskset", "/bin/taskset"].find((path) => existsSync(path));
const skip = taskset === undefined ? "there is no taskset here" : false;

test("cpuCount() is 1 for a process that may use one core", { skip }, async () => {
  const program = fileURLToPath(new URL("../fixtures/programs/cores.ts", import.meta.url));
  const command = [taskset!, "--cpu-list", "0", ...commandOf(program)];
  const { code, stdout, stderr } = await startCommand(command).ended;
  assertEquals([code, stdout, stderr], [0, "1\n", ""]);
});

function memoryOf(files: Record<string, string>): number {
  return cgroupMemory((path) => {
    if (path in files) return files[path];
    throw new Error(`${path} is not there`);
  });
}

test("without a cgroup, or a limit of memory, there is none", () => {
  assertEquals(memoryOf({}), Infinity);
  const first = { "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n" };
  assertEquals(memoryOf({ "/proc/self/cgroup": "4:memory:/\n", ...first }), Infinity);
  const second = { "/sys/fs/cgroup/a/memory.max": "max\n" };
  assertEquals(memoryOf({ "/proc/self/cgroup": "0::/a\n", ...second }), Infinity);
});

test("what a cgroup leaves is its limit less what is used, but for files that can be dropped", () => {
  assertEquals(
    memoryOf({
      "/proc/self/cgroup": "4:memory:/a/b\n0::/\n",
      "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "1000\n",
      "/sys/fs/cgroup/memory/a/b/memory.usage_in_bytes": "700\n",
      "/sys/fs/cgroup/memory/a/b/memory.stat": "inactive_file 1\ntotal_inactive_file 200\n",
    }),
    500,
  );
  const second = {
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/b/memory.max": "1000\n",
    "/sys/fs/cgroup/a/b/memory.current": "100\n",
    "/sys/fs/cgroup/a/memory.max": "800\n",
    "/sys/fs/cgroup/a/memory.current": "300\n",
  };
  assertEquals(memoryOf(second), 500);
  assertEquals(memoryOf({ ...second, "/sys/fs/cgroup/a/memory.current": "900\n" }), 0);
});

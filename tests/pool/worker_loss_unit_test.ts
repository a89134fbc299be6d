/** What the end of a worker is taken for. */

import { test } from "node:test";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Loss, lostError } from "../../src/pool/schedule/worker_loss.ts";
import { StderrTail } from "../../src/pool/schedule/stderr_tail.ts";
import { memoryKills } from "../../src/runtime/posix/memory_kills.ts";
import { residentBytes } from "../../src/runtime/posix/resident.ts";

const loss: Loss = {
  worker: "PoolWorker-1",
  pid: 7,
  exitCode: 1,
  task: "resize(…)",
  isDone: false,
  stderr: [],
  uncaught: null,
  excess: null,
  wasMemoryShort: false,
};

function causeOf(parts: Partial<Loss>): string {
  return lostError({ ...loss, ...parts }).likelyCause;
}

test("the cause of a worker's end is told from its exit code, its signal and its last words", () => {
  assertEquals(causeOf({}), "exit");
  assertEquals(causeOf({ exitCode: 0, stderr: ["out of memory"] }), "exit");
  assertEquals(causeOf({ uncaught: "Error: no" }), "uncaught error");
  assertEquals(causeOf({ stderr: ["Process PoolWorker-2:"] }), "exit");
  assertEquals(causeOf({ exitCode: -15 }), "killed");
  assertEquals(causeOf({ exitCode: -9 }), "killed");
  assertEquals(causeOf({ exitCode: -9, wasMemoryShort: true }), "out of memory");
  assertEquals(causeOf({ exitCode: -9, excess: { bytes: 2, limit: 1 } }), "memory limit");
  for (const exitCode of [-4, -5, -6, -7, -8, -11]) assertEquals(causeOf({ exitCode }), "crash");
});

test("what the runtimes say when they have no memory left is understood", () => {
  const words = [
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    "Fatal JavaScript out of memory: Ineffective mark-compacts near heap limit",
    "Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated due to reaching memory limit: JS heap out of memory",
    "RangeError: Out of memory",
    "panic: OutOfMemory",
  ];
  for (const line of words) {
    assertEquals(causeOf({ exitCode: -6, stderr: [line] }), "out of memory", line);
    assertEquals(causeOf({ exitCode: 1, stderr: ["x", line] }), "out of memory", line);
  }
});

test("the message tells who, how, when and why", () => {
  const { message } = lostError({
    ...loss,
    exitCode: -9,
    excess: { bytes: 500, limit: 400 },
    stderr: ["a", "b", "c", "    at f (x.ts:1:1)", "d", "    at g (x.ts:2:1)", " 1: 0xfe [node]"],
  });
  assertStringIncludes(message, "PoolWorker-1 (pid 7) ended by SIGKILL while it ran resize(…): ");
  assertStringIncludes(message, "maxMemoryPerChild allows (500 of 400 bytes)");
  assertStringIncludes(message, "It last wrote: b / c / d");
  assertStringIncludes(lostError({ ...loss, isDone: true }).message, "before the result of");
});

/** What a worker's stream is taken for that arrives in pieces. */
async function uncaughtIn(...pieces: string[]): Promise<string | null> {
  const tail = new StderrTail("PoolWorker-1");
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  await tail.follow(ReadableStream.from(bytes) as ReadableStream<Uint8Array>);
  return tail.uncaught;
}

test("the error that nobody caught is found in what a worker wrote", async () => {
  const head = "Process PoolWorker-1:\n";
  const stack = "    at f (x.ts:1:1)\n".repeat(1_000);
  assertEquals(await uncaughtIn("nothing\n", "Process PoolWorker-2:\nError: other\n"), null);
  assertEquals(await uncaughtIn(`${head}RangeError: fire\n${stack}`), "RangeError: fire");
  assertEquals(
    await uncaughtIn("a\nProcess Pool", "Worker-1:\nRangeErr", "or: two\nlines\n", stack),
    "RangeError: two\nlines",
  );
  assertEquals(
    await uncaughtIn(`${head}Error: first\n${stack}`, `${head}Error: last\n`),
    "Error: last",
  );
  assertEquals((await uncaughtIn(`${head}Error: ${"x".repeat(9_000)}`))!.length, 2_000);
});

/** A file system of a few files. */
function filesOf(files: Record<string, string>): (path: string) => string {
  return (path) => {
    if (path in files) return files[path];
    throw new Error(`no ${path}`);
  };
}

test("the system's ends for want of memory are found in every layout", () => {
  assertEquals(memoryKills(filesOf({})), 0);
  assertEquals(memoryKills(filesOf({ "/proc/vmstat": "a 1\noom_kill 3\nb 2" })), 3);
  assertEquals(
    memoryKills(filesOf({
      "/proc/self/cgroup": "0::/some/group\n",
      "/sys/fs/cgroup/some/group/memory.events": "oom 1\noom_kill 4\noom_group_kill 9\n",
      "/proc/vmstat": "oom_kill 100",
    })),
    4,
  );
  assertEquals(
    memoryKills(filesOf({
      "/proc/self/cgroup": "4:memory:/box\n0::/\n",
      "/sys/fs/cgroup/memory/box/memory.oom_control": "under_oom 0\noom_kill 5\n",
    })),
    5,
  );
});

test("the resident memory of a process is read, or is not told", () => {
  const read = filesOf({
    "/proc/7/status": "Name:\tx\nVmRSS:\t   1024 kB\n",
    "/proc/8/status": "",
  });
  assertEquals([7, 8, 9].map((pid) => residentBytes(pid, read)), [1_048_576, null, null]);
});

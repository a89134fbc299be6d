/** `Pool`: programs with pools, seen from outside. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { isRunning, type ProgramEnd, runProgram, startProgram } from "../support/programs.ts";

const PROGRAM = "pool.ts";
const { ownPid, hardStop } = mp.capabilities;

/** What a scene wrote, without the pids, after a check that none of these is left. */
async function scene(name: string): Promise<ProgramEnd & { lines: string[] }> {
  const end = await runProgram(PROGRAM, name);
  const lines = end.stdout.trimEnd().split("\n");
  for (const line of lines.filter((line) => line.startsWith("pids "))) await allGone(line.slice(5));
  return { ...end, lines: lines.filter((line) => !line.startsWith("pids ")) };
}

async function allGone(pids: string): Promise<void> {
  await until(() => !pids.split(" ").some((pid) => isRunning(Number(pid))));
}

function assertClean({ code, signal, stderr }: ProgramEnd): void {
  assertEquals([code, signal, stderr], [0, null, ""]);
}

conform("a pool that has nothing to do lets the program end", async (note) => {
  for (const name of ["idle", "untouched", "lost", "broken"]) {
    const end = await scene(name);
    assertClean(end);
    note(end.lines);
  }
});

conform("a call that is under way keeps the program alive", async (note) => {
  const end = await scene("callback");
  assertClean(end);
  note(end.lines);
});

conform("a program ends by itself after terminate()", async (note) => {
  const end = await scene("terminated");
  assertClean(end);
  note(end.lines);
});

conform("a program ends by itself after terminate() of a worker that computes", async (note) => {
  const end = await scene("computing");
  assertEquals([end.code, end.signal], [0, null]);
  note(end.lines);
  assertEquals(end.stderr.includes("PoolWorker-1 does not yield"), !hardStop);
  assertEquals(end.stderr === "", hardStop);
});

conform("a worker that does not care for SIGTERM is killed", async () => {
  const end = await scene("stubborn");
  assertClean(end);
  assertEquals(end.lines, ["PoolClosedError 0"]);
}, { skip: ownPid ? false : "no ownPid: a thread gets no signals" });

conform("failures that nobody asks for do not end a program", async (note) => {
  const end = await scene("unasked");
  assertClean(end);
  note(end.lines);
});

conform("a program that ends with a running pool leaves nothing", async () => {
  const exited = await scene("exits");
  assertEquals([exited.code, exited.signal, exited.stderr], [7, null, ""]);
  const failed = await scene("fails");
  assertEquals(failed.code, 1);
  assertStringIncludes(failed.stderr, "nobody catches this");
});

conform("a program that is killed with a running pool leaves nothing", async () => {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    const program = startProgram(PROGRAM, "waits");
    const pids = await program.line("pids ");
    assert(pids.split(" ").every((pid) => isRunning(Number(pid))));
    program.kill(signal);
    assertEquals((await program.ended).signal, signal);
    await allGone(pids);
  }
});

conform(
  "a program without a guard gets one clear error, and no flood of processes",
  async (note) => {
    const end = await runProgram("pool_without_guard.ts");
    assertEquals(end.code, 0);
    assertStringIncludes(end.stdout, "while this module is being imported by a worker");
    assertStringIncludes(end.stdout, "isMainProcess()");
    note(end.stdout.split(" ")[0]);
  },
);

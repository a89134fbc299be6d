/** A control group with little memory: the worker that takes too much is lost, and nobody else. */

import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";
import { startCommand } from "../support/programs.ts";
import { commandOfProgram, endedOf } from "../support/scarce.ts";

/** What the program and its workers may have together (bytes). */
const LIMIT = 400 * 2 ** 20;

/** A control group of this test's own, of the first or second version; `null` where none can be made. */
function makeGroup(): string | null {
  try {
    const groups = readFileSync("/proc/self/cgroup", "utf8");
    const [, first] = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m.exec(groups) ?? [];
    const [, second] = /^0::(\/.*)$/m.exec(groups) ?? [];
    const place = first === undefined ? `/sys/fs/cgroup${second}` : `/sys/fs/cgroup/memory${first}`;
    const group = `${place}/allcores-test-${process.pid}`;
    mkdirSync(group);
    try {
      const file = first === undefined ? "memory.max" : "memory.limit_in_bytes";
      writeFileSync(`${group}/${file}`, String(LIMIT));
      return group;
    } catch {
      rmdirSync(group);
      return null;
    }
  } catch {
    return null;
  }
}

/** It is empty as soon as the last process is gone. */
async function removeGroup(group: string): Promise<void> {
  for (let tries = 100;; tries--) {
    try {
      return rmdirSync(group);
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(20);
    }
  }
}

const canMake = ((group) => {
  if (group !== null) rmdirSync(group);
  return group !== null;
})(ownPid ? null : makeGroup());

conform("a worker that takes more memory than there is, is lost alone", async (note) => {
  const group = makeGroup()!;
  try {
    const script = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    const command = commandOfProgram("little_memory.ts", String(2 * LIMIT));
    const found = endedOf(await startCommand(["sh", "-c", script, group, ...command]).ended);
    note(found.stdout);
    assertEquals(found, {
      code: 0,
      stdout: [
        "a large array: true",
        "afterwards: 64,81",
        "lost: out of memory, signal SIGKILL",
        "others: 25,36,49",
      ],
      stderr: "",
    });
  } finally {
    await removeGroup(group);
  }
}, { skip: ownPid || (canMake ? false : "no control group can be made here (cgroup memory)") });

/** What the README says of its programs that depends on no runtime and no start method; `readme_test.ts` runs them. */

import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { startCommand } from "../support/programs.ts";
import { programsOf, readBlocks } from "../support/readme.ts";

const programs = programsOf(readBlocks());
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const skip = hasPython ? false : "there is no python3";

test("README programs in Python print the same", { skip, timeout: 60_000 }, async () => {
  for (const { heading, python, output } of programs) {
    if (python === null) continue;
    const { code, stdout, stderr } = await startCommand(["python3", "-c", python]).ended;
    assertEquals({ heading, code, stdout: stdout.trim(), stderr }, {
      heading,
      code: 0,
      stdout: output,
      stderr: "",
    });
  }
});

test("README has a program for each part of the tutorial, and none without an output", () => {
  assertEquals(programs.length >= 10, true);
  assertEquals(programs.filter(({ output }) => output === "").map(({ heading }) => heading), []);
});

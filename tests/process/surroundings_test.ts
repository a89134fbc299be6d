/**
 * What a process has of its own: environment, working directory, flags of its runtime,
 * permissions, arguments.
 */

import process from "node:process";
import { pathToFileURL } from "node:url";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { activeChildren, NotSupportedError, ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { noOwnFlags, ownEnv } from "../support/missing.ts";
import { assertUnstarted } from "../support/process_states.ts";

const { capabilities } = mp;

conform("env adds variables to those of the creator", async (note) => {
  const path = freshPath();
  const child = new mp.Process({
    target: targets.surroundings,
    args: [path],
    env: { ALLCORES_TEST_VARIABLE: "of the child" },
  });
  assertEquals(await runToEnd(child), 0);
  const { variable, inherited } = readValue(path) as Record<string, unknown>;
  assertEquals([variable, inherited], ["of the child", method]);
  note(variable);
}, { skip: ownEnv });

conform("a child gets the environment that its creator has when it starts it", async (note) => {
  const seen: unknown[] = [];
  const { ALLCORES_TEST_METHOD: removed } = process.env;
  process.env.ALLCORES_TEST_VARIABLE = "set later";
  delete process.env.ALLCORES_TEST_METHOD;
  try {
    for (const env of [undefined, {}]) {
      const path = freshPath();
      const child = new mp.Process({ target: targets.surroundings, args: [path], env });
      assertEquals(await runToEnd(child), 0);
      const { variable, inherited } = readValue(path) as Record<string, unknown>;
      seen.push([variable, inherited]);
    }
  } finally {
    delete process.env.ALLCORES_TEST_VARIABLE;
    process.env.ALLCORES_TEST_METHOD = removed;
  }
  assertEquals(seen, [["set later", null], ["set later", null]]);
  note(seen);
}, { skip: ownEnv });

conform("cwd is the child's working directory, as a path and as a URL", async () => {
  for (const cwd of ["/usr", pathToFileURL("/usr"), new URL("file:///usr/")]) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.surroundings, args: [path], cwd });
    assertEquals(await runToEnd(child), 0);
    assertEquals((readValue(path) as { cwd: string }).cwd, "/usr");
  }
}, { skip: capabilities.cwd ? false : "a thread has no directory of its own (cwd)" });

conform("a cwd that is not there is refused, and the process stays usable", async () => {
  const options = { target: () => {}, cwd: "/nowhere/at/all" };
  const child = new mp.Process(options);
  await assertRejects(() => child.start(), ProcessError);
  assertUnstarted(child);
  await assertRejects(() => child.start(), ProcessError);
}, { skip: capabilities.cwd ? false : "a thread has no directory of its own (cwd)" });

conform("execArgv are the flags of the child's runtime", async () => {
  const isDeno = "deno" in process.versions;
  const execArgv = isDeno
    ? ["run", "--allow-all", "--v8-flags=--stack-size=500"]
    : ["--no-deprecation"];
  const child = new mp.Process({
    target: (isDeno: boolean) =>
      process.exit(isDeno || process.execArgv.includes("--no-deprecation") ? 3 : 4),
    args: [isDeno],
    execArgv,
  });
  assertEquals(await runToEnd(child), 3);
}, { skip: noOwnFlags });

conform("flags that say nothing of what a child needs let it start", async (note) => {
  const expose = "deno" in process.versions ? "--v8-flags=--expose-gc" : "--expose-gc";
  const kinds: unknown[] = [];
  for (const execArgv of [[], [expose]]) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.kindOfGc, args: [path], execArgv });
    assertEquals(await runToEnd(child), 0);
    kinds.push(readValue(path));
  }
  assertEquals(kinds, ["undefined", "function"]);
  note(kinds);
}, { skip: noOwnFlags });

conform("permissions among the flags take the place of the creator's", async (note) => {
  const needed = ["--allow-read", "--allow-ffi", "--allow-net", "--allow-env"];
  const states: unknown[] = [];
  const given = [["--v8-flags=--expose-gc"], ["-A"], ["-A", "--deny-run"], [...needed, "-W"]];
  for (const execArgv of given) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.permissionToRun, args: [path], execArgv });
    assertEquals(await runToEnd(child), 0);
    states.push(readValue(path));
  }
  assertEquals(states, ["granted", "granted", "denied", "prompt"]);
  note("as the flags say");
}, {
  skip: "deno" in process.versions
    ? noOwnFlags
    : "this runtime has no permissions that flags could give",
});

conform("a child sees the program's own arguments", async (note) => {
  const { argv } = await valueOf(targets.surroundings) as { argv: string[] };
  assertEquals(argv, process.argv.slice(2));
  note(argv.some((arg) => arg.includes("allcores-child")));
});

conform("what a thread cannot have is refused by name", (note) => {
  const options: Record<string, unknown>[] = [
    { env: { A: "1" } },
    { cwd: "/" },
    { execArgv: [] },
    { runtime: "deno" in process.versions ? "node" : "deno" },
  ];
  for (const option of options) {
    const error = assertThrows(() => new mp.Process(option), NotSupportedError);
    note([Object.keys(option), error.message]);
  }
}, { skip: capabilities.env ? "a process can have all of that" : false });

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});

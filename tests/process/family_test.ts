/**
 * The names of processes, daemons, and who is whose child: what each of them knows of the others.
 */

import { writeFileSync } from "node:fs";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  activeChildren,
  currentProcess,
  isMainProcess,
  parentProcess,
  Process,
  ProcessError,
} from "../../mod.ts";
import { Square } from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import { exitCodeOf, freshPath, mp, readValue, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { waiting } from "../support/process_states.ts";

const { capabilities } = mp;

conform("Process is named for its class and its place", async (note) => {
  const first = new mp.Process();
  const second = new mp.Process({ name: "own" });
  const third = new Square("", 1);
  const number = Number(first.name.match(/^Process-(\d+)$/)?.[1]);
  assert(number > 0, first.name);
  assertEquals(second.name, "own");
  assertEquals(third.name, `Square-${number + 2}`);
  third.name = "renamed";
  assertEquals(third.name, "renamed");
  assertThrows(() => (third.name = 1 as unknown as string), TypeError);
  assertEquals(third.name, "renamed");
  note([second.name, third.name]);
});

conform("a Process that is refused takes no number", () => {
  const before = Number(new mp.Process().name.slice("Process-".length));
  assertThrows(() => new mp.Process({ name: 5 as unknown as string }), TypeError);
  assertEquals(new mp.Process().name, `Process-${before + 1}`);
});

conform("currentProcess() does not disturb the numbers of the children", () => {
  const before = Number(new mp.Process().name.slice("Process-".length));
  currentProcess();
  assertEquals(new mp.Process().name, `Process-${before + 1}`);
});

conform("children of children are named for their place in the tree", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.nestedNames, args: [path] });
  assertEquals(await runToEnd(child), 0);
  const place = child.name.slice("Process-".length);
  assertEquals(readValue(`${path}.names`), [`Process-${place}:1`, `Process-${place}:2`]);
  assertEquals(readValue(path), {
    name: `Process-${place}:2`,
    parentName: child.name,
    grandchild: `Process-${place}:2:1`,
  });
  note("ok");
});

conform("currentProcess() is the MainProcess here", async (note) => {
  const me = currentProcess();
  assertStrictEquals(currentProcess(), me);
  assertInstanceOf(me, Process);
  const seen = [me.name, me.daemon, me.isAlive(), me.exitCode, parentProcess(), isMainProcess()];
  assertEquals(seen, ["MainProcess", false, true, null, null, true]);
  assertEquals([me.pid, me.ident], [process.pid, String(process.pid)]);
  await assertRejects(() => me.start(), ProcessError);
  await assertRejects(() => me.join(), ProcessError);
  assertThrows(() => me.terminate(), ProcessError);
  assertThrows(() => me.sentinel, ProcessError);
  assertThrows(() => me.close(), ProcessError);
  assertThrows(() => (me.daemon = true), ProcessError);
  me.name = "Renamed";
  assertEquals(currentProcess().name, "Renamed");
  me.name = "MainProcess";
  note(seen);
});

conform("a child knows its name, its creator and itself", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.whoAmI, args: [path], name: "me", daemon: true });
  assertEquals(await runToEnd(child), 0);
  const { pid, ident, parentPid, processPid, ...rest } = readValue(path) as Record<string, unknown>;
  assertEquals([pid, ident], [child.pid, child.ident]);
  assertEquals([parentPid, processPid], [process.pid, child.pid]);
  assertEquals(rest, {
    name: "me",
    daemon: true,
    alive: true,
    exitCode: null,
    same: true,
    main: false,
    method,
    children: 0,
    parentName: "MainProcess",
    parentAlive: true,
  });
  note({ ...rest, method: "" });
});

conform(
  "a process that has the pid of a creator that has ended is not taken for it",
  async (note) => {
    const found = await valueOf(targets.isParentAlive);
    note(found);
    assertEquals(found, [true, false]);
  },
  { skip: mp.capabilities.ownPid ? false : "no ownPid: a thread's creator has its pid" },
);

conform("start() gives the child its pid and its ident", async () => {
  const child = await waiting();
  const other = await waiting();
  assertEquals(child.pid === process.pid, !capabilities.ownPid);
  assertNotEquals(child.ident, other.ident);
  assert(/^\d+$/.test(child.ident!), child.ident!);
  if (capabilities.ownPid) assertEquals(child.ident, String(child.pid));
  const { pid, ident } = child;
  child.kill();
  other.kill();
  await child.join();
  await other.join();
  assertEquals([child.pid, child.ident], [pid, ident]);
});

conform("daemon can be set until the start", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  assertEquals(child.daemon, false);
  child.daemon = true;
  assertEquals(child.daemon, true);
  assertThrows(() => (child.daemon = "yes" as unknown as boolean), TypeError);
  await child.start();
  const error = assertThrows(() => (child.daemon = false), ProcessError);
  assertStringIncludes(error.message, child.name);
  assertEquals(child.daemon, true);
  child.terminate();
  note(await child.join());
});

conform("a daemon may not have children, and says so", async (note) => {
  const path = freshPath();
  await runToEnd(
    new mp.Process({ target: targets.startInDaemon, args: [path], daemon: true, name: "D" }),
  );
  const { refusal, pool, daemonByDefault } = readValue(path) as Record<string, string>;
  assertStringIncludes(refusal, "ProcessError: Cannot start Process-");
  assertStringIncludes(refusal, "in D: daemonic processes are not allowed to have children");
  assertStringIncludes(pool, "daemonic processes are not allowed to have children");
  note([refusal.replace(/-[\d:]+/, "-n"), pool.replace(/-[\d:]+/, "-n"), daemonByDefault]);
});

conform("a child's end waits for its own children", async (note) => {
  const path = freshPath();
  const go = freshPath();
  const child = new mp.Process({ target: targets.leaveChild, args: [path, go] });
  await child.start();
  assertEquals(await child.join({ timeout: 200 }), null);
  writeFileSync(go, "");
  const exitCode = await child.join();
  assertEquals([exitCode, readValue(path)], [0, "done"]);
  note(exitCode);
});

conform("a child's end ends its daemons", async (note) => {
  const path = freshPath();
  note(await runToEnd(new mp.Process({ target: targets.leaveDaemon, args: [path] })));
  assertEquals(readValue(path), "running");
});

conform("a child joins its own children and sees their exit codes", async (note) => {
  const value = await valueOf(targets.joinNested);
  assertEquals(value, { exitCode: 9, children: 0 });
  note(value);
});

conform("a child goes on until its event loop is empty", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellSoon, args: [path] });
  assertEquals(await runToEnd(child), 0);
  assertEquals(readValue(path), "soon");
  note(readValue(path));
}, {
  skip: capabilities.drainsEventLoop
    ? false
    : "such a thread ends when its target has settled (drainsEventLoop)",
});

conform(
  "an error after the target's end counts, too, when it is the last thing that happens",
  async (note) => {
    note(await exitCodeOf(targets.rejectAtEnd));
    assertEquals(await exitCodeOf(targets.rejectAtEnd), 1);
  },
  {
    skip: capabilities.drainsEventLoop
      ? false
      : "such a thread ends when its target has settled (drainsEventLoop)",
  },
);

conform("activeChildren() lists the children that run", async () => {
  assertEquals(activeChildren(), []);
  const child = await waiting();
  const daemon = await waiting({ daemon: true });
  assertEquals(new Set(activeChildren()), new Set([child, daemon]));
  child.terminate();
  await child.join();
  assertEquals(activeChildren(), [daemon]);
  daemon.terminate();
  await daemon.join();
  assertEquals(activeChildren(), []);
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});

/**
 * The creator's object from `start()` to `close()`, also by `await using`, and how it shows
 * itself.
 */

import process from "node:process";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { activeChildren, currentProcess, type Process, ProcessError } from "../../mod.ts";
import { Square } from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import { mp, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ended, waiting } from "../support/process_states.ts";

conform("start() is for once", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const first = child.start();
  const during = await assertRejects(() => child.start(), ProcessError);
  await first;
  const running = await assertRejects(() => child.start(), ProcessError);
  child.kill();
  await child.join();
  const after = await assertRejects(() => child.start(), ProcessError);
  child.close();
  const closed = await assertRejects(() => child.start(), ProcessError);
  note([during, running, after, closed].map((error) => error.message));
});

conform("close() is refused while the child runs", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const started = child.start();
  const starting = assertThrows(() => child.close(), ProcessError);
  await started;
  const running = assertThrows(() => child.close(), ProcessError);
  child.kill();
  await child.join();
  child.close();
  child.close();
  note([starting.message, running.message]);
});

conform("close() leaves nothing but the name", async (note) => {
  const child = await ended();
  child.name = "P";
  child.close();
  assertEquals(child.name, "P");
  const uses: (() => unknown)[] = [
    () => child.pid,
    () => child.ident,
    () => child.exitCode,
    () => child.error,
    () => child.sentinel,
    () => child.isAlive(),
    () => child.terminate(),
    () => child.kill(),
    () => child.interrupt(),
  ];
  for (const use of uses) note(assertThrows(use, ProcessError).message);
  for (const wait of [() => child.join(), () => child.ready()]) {
    note((await assertRejects(wait, ProcessError)).message);
  }
  assertEquals(activeChildren(), []);
});

conform("close() before the start gives the process up", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  child.close();
  note((await assertRejects(() => child.start(), ProcessError)).message);
});

conform("await using terminates a child, waits for its end, and closes it", async (note) => {
  let outer: Process;
  let sentinel;
  {
    await using child = await waiting();
    ({ sentinel } = child);
    outer = child;
  }
  assertEquals(sentinel.ready, true);
  assertThrows(() => outer.exitCode, ProcessError);
  assertEquals(activeChildren(), []);
  note(sentinel.ready);
});

conform("await using takes processes in every state", async (note) => {
  await using unstarted = new mp.Process({ target: () => {} });
  await using over = await ended();
  await using closed = await ended();
  closed.close();
  const starting = new mp.Process({ target: targets.wait });
  const started = starting.start();
  await starting[Symbol.asyncDispose]();
  await started;
  assertThrows(() => starting.exitCode, ProcessError);
  note([unstarted.exitCode, over.exitCode]);
});

conform("toString() shows the process as Python does", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const here = `parent=${process.pid}`;
  assertEquals(`${child}`, `<Process name='P' ${here} initial>`);
  child.daemon = true;
  await child.start();
  assertEquals(`${child}`, `<Process name='P' pid=${child.pid} ${here} started daemon>`);
  child.terminate();
  await child.join();
  assertEquals(
    `${child}`,
    `<Process name='P' pid=${child.pid} ${here} stopped exitcode=-SIGTERM daemon>`,
  );
  child.close();
  assertEquals(`${child}`, `<Process name='P' ${here} closed daemon>`);
  const other = new mp.Process({ target: targets.exitLater, args: [3], name: "Q" });
  await runToEnd(other);
  assertEquals(`${other}`, `<Process name='Q' pid=${other.pid} ${here} stopped exitcode=3>`);
  assertStringIncludes(`${new Square("", 1)}`, "<Square name='Square-");
  assertStringIncludes(`${currentProcess()}`, "<Process name='MainProcess'");
  note("ok");
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});

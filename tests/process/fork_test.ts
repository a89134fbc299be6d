/** `fork` and `waitpid`. */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  activeChildren,
  FreeVariableError,
  ProcessError,
  ref,
  SerializationError,
  TimeoutError,
  waitpid,
} from "../../mod.ts";
import { echo, exitLater, tellAndWait, wait, waitForFile } from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ANY = -1;

/** Forks a child that waits for a file. */
async function forkWaiting(): Promise<{ pid: number; go: () => void }> {
  const path = freshPath();
  const pid = await mp.fork(waitForFile, path);
  return { pid, go: () => writeFileSync(path, "") };
}

/** Ends a child that was forked. */
function end(pid: number): void {
  activeChildren().find((child) => child.ident === String(pid))!.kill();
}

conform("fork() runs a function in a child and gives its pid", async (note) => {
  const path = freshPath();
  const pid = await mp.fork(echo, path, 1, [2]);
  assert(Number.isInteger(pid) && pid > 0, String(pid));
  assert(pid !== process.pid);
  assertEquals(await waitpid(pid), { pid, exitCode: 0 });
  assertEquals(readValue(path), [1, [2]]);
  note(readValue(path));
});

conform("waitpid() gives exit codes and signals", async (note) => {
  const first = await mp.fork(exitLater, 3);
  const second = await mp.fork(wait);
  end(second);
  const codes = [(await waitpid(first)).exitCode, (await waitpid(second)).exitCode];
  assertEquals(codes, [3, -9]);
  note(codes);
});

conform("waitpid() gives a child that has ended long ago", async (note) => {
  const pid = await mp.fork(exitLater, 4);
  await until(() => activeChildren().length === 0);
  assertEquals(await waitpid(pid, { timeout: 0 }), { pid, exitCode: 4 });
  note("ok");
});

conform("waitpid() forgets a child that was waited for", async () => {
  const pid = await mp.fork(() => {});
  await waitpid(pid);
  const error = await assertRejects(() => waitpid(pid), ProcessError);
  assertEquals(error.message, `There is no forked child ${pid} to wait for`);
  await assertRejects(() => waitpid(ANY), ProcessError);
});

conform("waitpid(-1) gives the children in the order in which they end", async () => {
  const first = await forkWaiting();
  const second = await forkWaiting();
  second.go();
  assertEquals(await waitpid(ANY), { pid: second.pid, exitCode: 0 });
  first.go();
  assertEquals(await waitpid(ANY), { pid: first.pid, exitCode: 0 });
  await assertRejects(() => waitpid(ANY), ProcessError);
});

conform("waitpid(-1) at several places gives each child once", async () => {
  const children = [await forkWaiting(), await forkWaiting(), await forkWaiting()];
  const waits = [waitpid(ANY), waitpid(ANY), waitpid(ANY)];
  for (const child of children) child.go();
  const pids = (await Promise.all(waits)).map((result) => result.pid);
  assertEquals(new Set(pids), new Set(children.map((child) => child.pid)));
});

conform(
  "waitpid() tells who waits in vain, when somebody else was given the child",
  async (note) => {
    const child = await forkWaiting();
    const results = Promise.allSettled([waitpid(child.pid), waitpid(ANY), waitpid(child.pid)]);
    child.go();
    const states = (await results).map((result) => result.status);
    assertEquals(states, ["fulfilled", "rejected", "rejected"]);
    note(states);
  },
);

conform("waitpid() with a timeout or a signal consumes nothing", async (note) => {
  const child = await forkWaiting();
  for (const timeout of [0, -1, 20]) {
    await assertRejects(() => waitpid(child.pid, { timeout }), TimeoutError);
    await assertRejects(() => waitpid(ANY, { timeout }), TimeoutError);
  }
  const controller = new AbortController();
  const waiting = waitpid(ANY, { signal: controller.signal });
  controller.abort(new RangeError("enough"));
  child.go();
  await assertRejects(() => waiting, RangeError, "enough");
  const { exitCode } = await waitpid(child.pid);
  assertEquals(exitCode, 0);
  note(exitCode);
});

conform("waitpid() refuses what is no child of fork()", async (note) => {
  await assertRejects(() => waitpid(0), ProcessError);
  await assertRejects(() => waitpid(process.pid), ProcessError);
  const messages: string[] = [];
  for (const pid of ["1", 1.5, NaN, undefined, null]) {
    messages.push((await assertRejects(() => waitpid(pid as number), TypeError)).message);
  }
  const child = await forkWaiting();
  await assertRejects(() => waitpid(child.pid, { timeout: "1" as unknown as number }), TypeError);
  child.go();
  await waitpid(child.pid);
  note(messages);
});

conform("waitpid() knows no child that a Process started", async () => {
  const child = new mp.Process({ target: wait });
  await child.start();
  await assertRejects(() => waitpid(Number(child.ident)), ProcessError);
  await assertRejects(() => waitpid(ANY), ProcessError);
  child.kill();
  await child.join();
});

conform("fork() refuses what Process refuses, and starts nothing", async () => {
  const outer = { n: 1 };
  await assertRejects(() => mp.fork(() => void outer.n++), FreeVariableError);
  await assertRejects(() => mp.fork((_: unknown) => {}, () => {}), SerializationError);
  await assertRejects(() => mp.fork(5 as unknown as () => void), TypeError);
  assertEquals(activeChildren(), []);
  await assertRejects(() => waitpid(ANY), ProcessError);
});

conform("a forked child that cannot begin ends with 1", async () => {
  const missing = ref(new URL("../fixtures/no_such_module.ts", import.meta.url), "x");
  const pid = await mp.fork(missing);
  assertEquals(await waitpid(pid), { pid, exitCode: 1 });
});

conform("a forked child is one of the active children", async () => {
  const path = freshPath();
  const pid = await mp.fork(tellAndWait, path);
  await until(() => existsSync(path));
  assertEquals(activeChildren().map((child) => child.ident), [String(pid)]);
  end(pid);
  await waitpid(pid);
  assertEquals(activeChildren(), []);
});

/**
 * Ending a process from outside: `terminate()`, `kill()`, `interrupt()` and signals from
 * elsewhere.
 */

import { existsSync } from "node:fs";
import process from "node:process";
import { assertEquals, assertThrows } from "@std/assert";
import { activeChildren, ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";
import { ended, waiting } from "../support/process_states.ts";

conform("terminate(), kill() and interrupt() end a child by their signals", async (note) => {
  const codes: unknown[] = [];
  for (const how of ["terminate", "kill", "interrupt"] as const) {
    const child = await waiting();
    child[how]();
    codes.push(await child.join());
    assertEquals(child.isAlive(), false);
  }
  assertEquals(codes, [-15, -9, -2]);
  note(codes);
});

conform("terminate() ends a child that never yields", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.compute, args: [path] });
  await child.start();
  await until(() => existsSync(path));
  child.terminate();
  note(await child.join());
  assertEquals(child.exitCode, -15);
});

conform(
  "a child stays until its target is done, also where nothing else keeps it alive",
  async (note) => {
    const path = freshPath();
    const child = new mp.Process({ target: targets.tellLate, args: [path] });
    await child.start();
    assertEquals(await child.join(), 0);
    note(readValue(path));
    const never = new mp.Process({ target: () => new Promise<void>(() => {}) });
    await never.start();
    assertEquals(await never.join({ timeout: 250 }), null);
    never.terminate();
    note(await never.join());
  },
);

conform("terminate() during the start ends the child once it has started", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  const started = child.start();
  child.terminate();
  child.kill();
  await started;
  note(await child.join());
  assertEquals(child.exitCode, -15);
});

conform("terminate(), kill() and interrupt() before the start are refused", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  for (const how of ["terminate", "kill", "interrupt"] as const) {
    const error = assertThrows(() => child[how](), ProcessError);
    note(error.message);
  }
  assertEquals(await runToEnd(child), 0);
});

conform("terminate(), kill() and interrupt() after the end do nothing", async (note) => {
  const child = await ended();
  child.terminate();
  child.kill();
  child.interrupt();
  note([await child.join(), child.exitCode]);
});

conform("terminate() may be called again and again", async (note) => {
  const child = await waiting();
  child.terminate();
  child.terminate();
  child.terminate();
  note(await child.join());
});

conform("a child may handle SIGTERM and SIGINT", async (note) => {
  const codes: unknown[] = [];
  for (const [signal, how] of [["SIGTERM", "terminate"], ["SIGINT", "interrupt"]] as const) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.exitOnSignal, args: [path, signal] });
    await child.start();
    await until(() => existsSync(path));
    child[how]();
    codes.push(await child.join());
  }
  assertEquals(codes, [5, 5]);
  note(codes);
}, { skip: ownPid });

conform("kill() ends a child that ignores SIGTERM", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.ignoreTerminate, args: [path] });
  await child.start();
  await until(() => existsSync(path));
  child.terminate();
  await until(() => existsSync(`${path}.seen`));
  assertEquals([child.isAlive(), await child.join({ timeout: 0 })], [true, null]);
  child.kill();
  note(await child.join());
}, { skip: ownPid });

conform("a signal from elsewhere is seen as minus its number", async (note) => {
  const child = await waiting();
  process.kill(child.pid!, "SIGUSR2");
  note(await child.join());
}, { skip: ownPid });

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});

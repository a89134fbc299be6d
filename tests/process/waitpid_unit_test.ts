/**
 * `waitpid` where the system gives a pid again: children that are made up, since no test can make the system do so.
 *
 * @module
 */

import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { TimeoutError, waitpid } from "../../mod.ts";
import { forkWith } from "../../src/process/fork.ts";
import type { Process } from "../../src/process/process.ts";

/** A child with a pid that ends when it is told to. */
function madeUp(pid: number): { child: Process; end: (exitCode: number) => void } {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = { ident: String(pid), start: () => Promise.resolve(), join: () => promise };
  return { child: child as unknown as Process, end: resolve };
}

/** Lets what was resolved go through. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

test("waitpid() gives the child that has the pid now, and not an old one that nobody waited for", async () => {
  const pid = 4_000_001;
  const [old, young] = [madeUp(pid), madeUp(pid)];
  await forkWith(old.child);
  old.end(1);
  await turn();
  await forkWith(young.child);
  await assertRejects(() => waitpid(pid, { timeout: 20 }), TimeoutError);
  await assertRejects(() => waitpid(-1, { timeout: 20 }), TimeoutError);
  young.end(2);
  assertEquals(await waitpid(pid), { pid, exitCode: 2 });
});

test("waitpid() gives nobody an old child whose end is noticed after its pid was given again", async () => {
  const pid = 4_000_002;
  const [old, young] = [madeUp(pid), madeUp(pid)];
  await forkWith(old.child);
  await forkWith(young.child);
  const waiting = waitpid(pid);
  old.end(1);
  await turn();
  young.end(2);
  assertEquals(await waiting, { pid, exitCode: 2 });
});

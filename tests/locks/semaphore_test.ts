/** `Semaphore` and `BoundedSemaphore`: as many holders at a time as there are permits. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Semaphore } from "../../mod.ts";
import * as targets from "../fixtures/sync_targets.ts";
import { mp, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("Semaphore counts its free permits", async (note) => {
  const semaphore = new mp.Semaphore(2);
  const values = [semaphore.getValue(), await semaphore.acquire(), semaphore.getValue()];
  values.push(
    await semaphore.acquire(),
    semaphore.locked(),
    await semaphore.acquire({ timeout: 5 }),
  );
  semaphore.release();
  note([...values, semaphore.getValue(), new mp.Semaphore().getValue()]);
  assertEquals(values, [2, true, 1, true, true, false]);
});

conform("Semaphore may be released more often than it was acquired", async (note) => {
  const semaphore = new mp.Semaphore(0);
  semaphore.release();
  semaphore.release();
  note([semaphore.getValue(), await semaphore.acquire({ timeout: 0 }), semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 1);
});

conform("BoundedSemaphore refuses one release too many, and changes nothing", async (note) => {
  const semaphore = new mp.BoundedSemaphore(2);
  assert(semaphore instanceof Semaphore);
  await semaphore.acquire();
  semaphore.release();
  note(assertThrows(() => semaphore.release(), RangeError).message);
  assertThrows(() => new mp.BoundedSemaphore(0).release(), RangeError);
  note([semaphore.getValue(), await valueOf(targets.releaseOf, semaphore), semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 2);
});

conform("Semaphore refuses a value that is none", (note) => {
  for (const value of [-1, 1.5, 2 ** 31]) {
    note(assertThrows(() => new mp.Semaphore(value), RangeError).message);
  }
  note(assertThrows(() => new mp.Semaphore("1" as never), TypeError).message);
});

conform("Semaphore wakes a process that waits in another", async (note) => {
  const semaphore = new mp.Semaphore(0);
  const waiting = semaphore.acquire();
  assertEquals(await runToEnd(new mp.Process({ target: targets.signal, args: [semaphore] })), 0);
  note([await waiting, semaphore.getValue()]);
  assertEquals(semaphore.getValue(), 0);
});

conform("Semaphore gets the permits of a killed holder back", async (note) => {
  const semaphore = new mp.Semaphore(3);
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [semaphore, held, 2] });
  await child.start();
  await held.wait();
  const before = semaphore.getValue();
  child.kill();
  await child.join();
  // Some permits are free, so nobody has had to look for the dead.
  note([before, semaphore.getValue(), semaphore.abandoned]);
  assertEquals([before, semaphore.getValue()], [1, 3]);
});

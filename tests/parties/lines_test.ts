/** Lines to other processes that end as soon as they are begun: nobody is taken for dead, and no ring is lost. */

import { assertEquals } from "@std/assert";
import { setTimeout as sleep } from "node:timers/promises";
import { runtime } from "../../src/runtime/current.ts";
import { holdForEver, tellWait } from "../fixtures/sync_targets.ts";
import { freshPath, mp, readValue, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

/** Ends each line that this process begins, as at its limit of descriptors; threads have no lines. */
function endLines(): { begun: () => number; restore: () => void } {
  const { bells } = runtime;
  let begun = 0;
  bells.connect = (_, onEnd) => {
    begun++;
    queueMicrotask(onEnd);
    return { ring: () => {}, sent: () => Promise.resolve(), close: () => {} };
  };
  return {
    begun: () => begun,
    restore: () => void delete (bells as Partial<typeof bells>).connect,
  };
}

conform("a lock stays with who holds it though each line to it ends", async (note) => {
  const lines = endLines();
  const [lock, held] = [new mp.Lock(), new mp.Event()];
  const child = new mp.Process({ target: holdForEver, args: [lock, held] });
  try {
    await child.start();
    await until(() => held.isSet());
    const found = [await lock.acquire({ timeout: 800 }), lock.abandoned, child.isAlive()];
    note(found);
    assertEquals(found, [false, false, true]);
    assertEquals(lines.begun() > 0, method === "process");
  } finally {
    lines.restore();
    child.kill();
    await child.join();
  }
  assertEquals([await lock.acquire(), lock.abandoned], [true, true]);
});

conform("who sleeps is woken though the first lines to it have ended", async (note) => {
  const [event, near, path] = [new mp.Event(), new mp.Event(), freshPath()];
  const child = new mp.Process({ target: tellWait, args: [path, event, near] });
  const lines = endLines();
  try {
    await child.start();
    await until(() => near.isSet());
    // It sleeps by then.
    await sleep(300);
    event.set();
    await sleep(100);
    assertEquals(lines.begun() > 0, method === "process");
    lines.restore();
    const exitCode = await child.join({ timeout: 15_000 });
    note([exitCode, readValue(path)]);
    assertEquals([exitCode, readValue(path)], [0, true]);
  } finally {
    lines.restore();
    child.kill();
  }
});

/** `Event`: a flag that processes set and wait for. */

import { assertEquals, assertRejects } from "@std/assert";
import * as targets from "../fixtures/sync_targets.ts";
import { freshPath, mp, readValue, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("Event.set() and clear() change the flag", async (note) => {
  const event = new mp.Event();
  const states = [
    event.isSet(),
    await event.wait({ timeout: 0 }),
    await event.wait({ timeout: 10 }),
  ];
  event.set();
  event.set();
  states.push(event.isSet(), await event.wait(), await event.wait({ timeout: 0 }));
  event.clear();
  note([...states, event.isSet(), await event.wait({ timeout: 5 })]);
  assertEquals(states, [false, false, false, true, true, true]);
});

conform("Event.set() lets all go on, even if it is cleared at once", async (note) => {
  const event = new mp.Event();
  const waits = Array.from({ length: 40 }, () => event.wait());
  event.set();
  event.clear();
  const results = await Promise.all(waits);
  note([results.every((result) => result), event.isSet()]);
  assertEquals(results.every((result) => result), true);
});

conform("Event.wait() is ended by a signal", async () => {
  const event = new mp.Event();
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => event.wait({ signal }), Error, "enough");
  const controller = new AbortController();
  const waiting = event.wait({ signal: controller.signal });
  controller.abort(new Error("later"));
  await assertRejects(() => waiting, Error, "later");
  await assertRejects(() => event.wait({ timeout: "1" as never }), TypeError);
});

conform("Event wakes processes, and is set by processes", async (note) => {
  const event = new mp.Event();
  const paths = [freshPath(), freshPath()];
  const children = [];
  for (const path of paths) {
    const near = new mp.Event();
    const child = new mp.Process({ target: targets.tellWait, args: [path, event, near] });
    await child.start();
    await near.wait();
    children.push(child);
  }
  assertEquals(await runToEnd(new mp.Process({ target: targets.signal, args: [event] })), 0);
  for (const child of children) assertEquals(await child.join(), 0);
  note([...paths.map(readValue), event.isSet()]);
  assertEquals(paths.map(readValue), [true, true]);
});

conform("Event outlives those who die while they wait", async (note) => {
  const event = new mp.Event();
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [event, near] });
  await child.start();
  await near.wait();
  const waiting = event.wait();
  child.kill();
  await child.join();
  event.set();
  note(await waiting);
});

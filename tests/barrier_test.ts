/** `Barrier`: processes wait for each other. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BrokenBarrierError } from "../mod.ts";
import * as targets from "./fixtures/sync_targets.ts";
import { freshPath, mp, readValue, until } from "./support/children.ts";
import { conform } from "./support/conform.ts";

conform("Barrier gives each another number, round after round", async (note) => {
  const barrier = new mp.Barrier(3);
  const rounds = [];
  for (let i = 0; i < 3; i++) {
    rounds.push(await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]));
  }
  note([rounds, barrier.parties, barrier.nWaiting, barrier.broken]);
  assertEquals(rounds, [[0, 1, 2], [0, 1, 2], [0, 1, 2]]);
  assertEquals(await new mp.Barrier(1).wait(), 0);
});

conform("Barrier runs its action once a round, before all go on", async (note) => {
  const events: string[] = [];
  const action = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    events.push("action");
  };
  const barrier = new mp.Barrier(2, { action });
  await Promise.all([1, 2, 3, 4].map(async () => {
    await barrier.wait();
    events.push("go");
  }));
  note(events);
  assertEquals(events.filter((event) => event === "action").length, 2);
});

conform("Barrier breaks when its action fails", async (note) => {
  const barrier = new mp.Barrier(2, { action: () => Promise.reject(new TypeError("no")) });
  const first = assertRejects(() => barrier.wait(), BrokenBarrierError);
  await assertRejects(() => barrier.wait(), TypeError, "no");
  await first;
  note(barrier.broken);
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
});

conform("Barrier breaks for all when one gives up", async (note) => {
  const barrier = new mp.Barrier(3, { timeout: 20 });
  const waits = [barrier.wait({ timeout: 10_000 }), barrier.wait()];
  const results = await Promise.allSettled(waits);
  note(results.map((result) => (result as PromiseRejectedResult).reason.name));
  assertEquals([barrier.broken, barrier.nWaiting], [true, 0]);
  barrier.reset();
  const controller = new AbortController();
  const aborted = assertRejects(() => barrier.wait({ signal: controller.signal }), Error, "enough");
  const other = assertRejects(() => barrier.wait(), BrokenBarrierError);
  controller.abort(new Error("enough"));
  await Promise.all([aborted, other]);
});

conform("Barrier.reset() and abort() send away who waits", async (note) => {
  const barrier = new mp.Barrier(2);
  const first = assertRejects(() => barrier.wait(), BrokenBarrierError);
  await until(() => barrier.nWaiting === 1);
  barrier.reset();
  await first;
  note([barrier.broken, await Promise.all([barrier.wait(), barrier.wait()])]);
  const second = assertRejects(() => barrier.wait(), BrokenBarrierError);
  barrier.abort();
  await second;
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
  barrier.reset();
  note([barrier.broken, await Promise.all([barrier.wait(), barrier.wait()])]);
});

conform("Barrier joins processes", async (note) => {
  const barrier = new mp.Barrier(3, { action: () => undefined });
  const paths = [freshPath(), freshPath()];
  const children = paths.map((path) =>
    new mp.Process({ target: targets.tellWait, args: [path, barrier] })
  );
  for (const child of children) await child.start();
  const all = [await barrier.wait()];
  for (const child of children) assertEquals(await child.join(), 0);
  all.push(...paths.map(readValue) as number[]);
  note(all.sort());
  assertEquals(all.sort(), [0, 1, 2]);
});

conform("Barrier breaks for the others when one dies that waits", async (note) => {
  const barrier = new mp.Barrier(3);
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [barrier, near] });
  await child.start();
  await near.wait();
  await until(() => barrier.nWaiting === 1);
  const waiting = assertRejects(() => barrier.wait(), BrokenBarrierError);
  child.kill();
  note((await waiting).message);
  await child.join();
  barrier.reset();
  assertEquals(barrier.broken, false);
});

conform("Barrier refuses what makes no sense", (note) => {
  note(assertThrows(() => new mp.Barrier(0), RangeError).message);
  note(assertThrows(() => new mp.Barrier("2" as never), TypeError).message);
  note(assertThrows(() => new mp.Barrier(2, { action: 1 as never }), TypeError).message);
  note(assertThrows(() => new mp.Barrier(2, { timeout: "1" as never }), TypeError).message);
});

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { ServedPermits } from "../../src/manager/served/permits.ts";
import { Call, Client, Kept } from "../../src/manager/wire/call.ts";

const [ann, bob] = [new Client("ann", true), new Client("bob", true)];

test("ServedPermits are given to who came first, and to nobody past those who wait", async () => {
  const permits = new ServedPermits({ value: 1, largest: 1 });
  assertEquals(permits.acquire(new Call(ann), undefined), true);
  const waits = [bob, ann].map((client) => permits.acquire(new Call(client), undefined));
  assertEquals(permits.giveBack(ann), bob);
  assertEquals([permits.value, permits.heldBy(ann), permits.heldBy(bob)], [0, 0, 1]);
  assertEquals(permits.giveBack(bob), ann);
  assertEquals(await Promise.all(waits), [true, true]);
});

test("ServedPermits that are re-entrant grant all waits of the client that gets the permit", async () => {
  const permits = new ServedPermits({ value: 1, largest: 1, isReentrant: true });
  permits.acquire(new Call(ann), undefined);
  assertEquals(permits.acquire(new Call(ann), undefined), true);
  const waits = [bob, bob].map((client) => permits.acquire(new Call(client), undefined));
  assertEquals([permits.giveBack(ann), permits.heldBy(ann)], [null, 1]);
  assertEquals([permits.giveBack(ann), permits.heldBy(bob)], [bob, 2]);
  assertEquals(await Promise.all(waits), [true, true]);
  assertEquals([permits.giveAllBack(bob), permits.value], [2, 1]);
});

test("ServedPermits come back when their client ends, and say so until the next release", () => {
  const eve = new Client("eve", true);
  const permits = new ServedPermits({ value: 2, largest: 2 });
  permits.acquire(new Call(eve), undefined);
  permits.acquire(new Call(eve), undefined);
  eve.end();
  assertEquals([permits.value, permits.abandoned, permits.isFull], [2, true, true]);
  permits.acquire(new Call(ann), undefined);
  permits.giveBack(bob);
  assertEquals([permits.value, permits.abandoned, permits.heldBy(ann)], [2, false, 0]);
});

test("ServedPermits that belong to nobody stay taken, and go on if their answer does not arrive", async () => {
  const eve = new Client("eve", true);
  const permits = new ServedPermits({ value: 1, largest: 3 });
  assertEquals(permits.acquireUnowned(new Call(eve), undefined) instanceof Kept, true);
  const waits = [
    permits.acquireUnowned(new Call(eve), undefined),
    permits.acquire(new Call(eve), undefined),
    permits.acquire(new Call(bob), undefined),
  ];
  assertEquals([permits.add(), permits.add()], [eve, eve]);
  assertEquals([permits.heldBy(eve), permits.value], [1, 0]);
  (await waits[0] as Kept).giveBack();
  assertEquals([await waits[1], await waits[2], permits.heldBy(bob)], [true, true, 1]);
  eve.end();
  assertEquals([permits.value, permits.abandoned], [1, true]);
});

test("ServedPermits that come back by a death do not exceed the bound", () => {
  const eve = new Client("eve", true);
  const permits = new ServedPermits({ value: 1, largest: 1 });
  permits.acquire(new Call(eve), undefined);
  assertEquals([permits.add(), permits.isFull], [null, true]);
  eve.end();
  assertEquals(permits.value, 1);
});

/** The heap of threads: who has a block, and when its place is used again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ArenaHeap, type PartyLife } from "../../src/memory/arena_heap.ts";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import type { Share } from "../../src/memory/share.ts";
import { slotOf, SLOTS } from "../../src/parties/party_layout.ts";

const MAIN = 1024;
const CHILD = 2049;

const PLACES = { slotOf, slots: SLOTS };

/** All that is known of the parties is who is dead; who asks the system learns nothing. */
function knowing(dead: readonly number[] = []): PartyLife {
  return { isDead: (party) => dead.includes(party), probe: () => {}, ...PLACES };
}

test("ArenaHeap opens what another party sent, and nothing else", { timeout: 20_000 }, () => {
  const memory = new ArenaMemory(createArena());
  const main = new ArenaHeap(memory, MAIN, knowing());
  const child = new ArenaHeap(memory, CHILD, knowing());
  const share = main.allocate(16);
  new Uint8Array(share.buffer, share.start, 16).fill(5);
  const payload = share.send() as number[];
  const received = child.open(payload);
  assert.equal(received.start, share.start);
  assert.equal(received.size, 16);
  assert.equal(new Uint8Array(received.buffer, received.start, 1)[0], 5);
  const [offset, size, nonce, number] = payload;
  assert.throws(() => child.open([offset, size, nonce ^ 1, number]), /given it up/);
  assert.throws(() => child.open([2 ** 31, size, nonce, number]), /given it up/);
});

test("ArenaHeap knows that a piece has arrived when its number has turned round", {
  timeout: 20_000,
}, () => {
  const memory = new ArenaMemory(createArena());
  const main = new ArenaHeap(memory, MAIN, knowing());
  const child = new ArenaHeap(memory, CHILD, knowing());
  const share = main.allocate(16) as Share & { delivered(): boolean };
  const [offset] = share.send() as number[];
  // As after 2,147,483,646 sendings.
  const words = new Int32Array(memory.buffer, offset, 4);
  words[2] = words[3] = 2 ** 31 - 2;
  for (let i = 0; i < 4; i++) {
    const payload = share.send();
    assert.equal(share.delivered(), false, `sending ${i}`);
    child.open(payload);
    assert.equal(share.delivered(), true, `sending ${i}`);
  }
});

test("ArenaHeap gives pieces that do not overlap", { timeout: 20_000 }, () => {
  const heap = new ArenaHeap(new ArenaMemory(createArena()), MAIN, knowing());
  const shares = Array.from({ length: 100 }, (_, index) => heap.allocate(index * 7));
  shares.forEach(({ buffer, start, size }, index) =>
    new Uint8Array(buffer, start, size).fill(index)
  );
  for (const [index, { buffer, start, size }] of shares.entries()) {
    assert.equal(start % 16, 0);
    assert.ok(new Uint8Array(buffer, start, size).every((byte) => byte === index));
  }
});

test("ArenaHeap takes its latch over from a dead thread", { timeout: 20_000 }, () => {
  const memory = new ArenaMemory(createArena());
  const dead = new ArenaHeap(memory, CHILD, knowing());
  const payload = dead.allocate(8).send();
  const words = new Int32Array(memory.buffer);
  // As if it had been terminated while it held the latch, which word 8 points to.
  words[words[8] * 16] = CHILD;
  const main = new ArenaHeap(memory, MAIN, knowing([CHILD]));
  assert.equal(main.open(payload).size, 8);
  assert.equal(words[words[8] * 16], 0);
});

test("ArenaHeap leaves its latch to a thread that lives, however long", { timeout: 20_000 }, () => {
  const memory = new ArenaMemory(createArena());
  const child = new ArenaHeap(memory, CHILD, knowing());
  const payload = child.allocate(8).send();
  const words = new Int32Array(memory.buffer);
  const owner = words[8] * 16;
  // As if it stood at a breakpoint while it held the latch, and went on after an hour.
  words[owner] = CHILD;
  const { now } = performance;
  let hours = 0;
  let asked = 0;
  const probe = (party: number): void => {
    assert.equal(party, CHILD);
    assert.equal(words[owner], CHILD);
    hours++;
    if (++asked === 3) words[owner] = 0;
  };
  performance.now = () => now.call(performance) + hours * 3_600_000;
  try {
    const main = new ArenaHeap(memory, MAIN, { isDead: () => false, probe, ...PLACES });
    assert.equal(main.open(payload).size, 8);
    assert.equal(asked, 3);
  } finally {
    performance.now = now;
  }
});

/** Bytes of an arena that were never given out. */
function usedOf(memory: ArenaMemory): number {
  return new Int32Array(memory.buffer)[1] * 64;
}

/** Makes what a party may have: something small, something large, and a queue's worth of parts behind it. */
function makeAll(heap: ArenaHeap): Share[] {
  const queue = heap.allocate(20_000);
  const extension = queue.extension();
  for (const size of [65536, 131072, 65536]) extension.choose(size);
  extension.free(extension.choose(4096), 4096);
  return [heap.allocate(8), heap.allocate(100_000), queue];
}

test("ArenaHeap frees what a dead party made, with all that is behind it", {
  timeout: 20_000,
}, () => {
  const memory = new ArenaMemory(createArena());
  const dead: number[] = [];
  const main = new ArenaHeap(memory, MAIN, knowing(dead));
  let used = 0;
  for (let round = 0; round < 50; round++) {
    const child = CHILD + 1024 * round;
    makeAll(new ArenaHeap(memory, child, knowing(dead)));
    dead.push(child);
    main.bury(child);
    if (round === 0) used = usedOf(memory);
  }
  assert.equal(usedOf(memory), used);
});

test("ArenaHeap leaves what a dead party made to those who have it, and frees it after them", {
  timeout: 20_000,
}, () => {
  const memory = new ArenaMemory(createArena());
  const dead: number[] = [];
  const main = new ArenaHeap(memory, MAIN, knowing(dead));
  let used = 0;
  for (let round = 0; round < 50; round++) {
    const [maker, user] = [CHILD + 2048 * round, CHILD + 1 + 2048 * round];
    const shares = makeAll(new ArenaHeap(memory, maker, knowing(dead)));
    const other = new ArenaHeap(memory, user, knowing(dead));
    const payloads = shares.map((share) => share.send());
    for (const payload of payloads) other.open(payload);
    dead.push(maker);
    main.bury(maker);
    // Whoever has it can still give it to others.
    assert.equal(new ArenaHeap(memory, user, knowing(dead)).open(payloads[0]).size, 8);
    dead.push(user);
    main.bury(user);
    assert.throws(() => main.open(payloads[0]), /given it up/);
    if (round === 0) used = usedOf(memory);
  }
  assert.equal(usedOf(memory), used);
});

test("ArenaHeap keeps what a dead party had sent until it has arrived", { timeout: 20_000 }, () => {
  const memory = new ArenaMemory(createArena());
  const dead: number[] = [];
  const main = new ArenaHeap(memory, MAIN, knowing(dead));
  const share = new ArenaHeap(memory, CHILD, knowing(dead)).allocate(16);
  new Uint8Array(share.buffer, share.start, 16).fill(7);
  const payload = share.send();
  dead.push(CHILD);
  main.bury(CHILD);
  main.bury(CHILD);
  const found = new ArenaHeap(memory, CHILD + 1, knowing(dead)).open(payload);
  assert.ok(new Uint8Array(found.buffer, found.start, 16).every((byte) => byte === 7));
});

/** Who has a block of the arena, where more have it than its header has room for. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { ArenaHeap } from "../../src/memory/arena_heap.ts";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import { HEADER, Holders, initHolders } from "../../src/memory/holders.ts";
import { slotOf, SLOTS } from "../../src/parties/party_layout.ts";
import type { ArenaRef } from "../../src/sync/block.ts";
import { Latch, LATCH_WORDS } from "../../src/sync/latch.ts";
import { collectUntil } from "../support/collected.ts";
import { killAt } from "../support/death.ts";

const FIRST = 1000;

/** A block in an arena, and the parties that have it. */
class World {
  readonly memory = new ArenaMemory(createArena());
  readonly dead = new Set<number>();
  readonly at: number;
  readonly #latchAt: number;

  constructor() {
    this.#latchAt = this.#allocate(LATCH_WORDS * 4);
    this.at = this.#allocate(HEADER);
    initHolders(new Int32Array(this.memory.buffer), this.at, FIRST);
  }

  /** What a party does with the latch held. */
  enter<T>(party: number, section: (holders: Holders) => T): T {
    const isDead = (other: number) => this.dead.has(other);
    const latch = new Latch(new Int32Array(this.memory.buffer), this.#latchAt, party, isDead);
    assert(latch.tryEnter());
    const result = section(new Holders(this.memory, latch, party, isDead));
    latch.leave();
    return result;
  }

  add(party: number): void {
    this.enter(party, (holders) => holders.add(this.at));
  }

  remove(party: number): boolean {
    return this.enter(party, (holders) => holders.remove(this.at));
  }

  get lists(): number[] {
    return this.enter(FIRST, (holders) => holders.placesOf(this.at));
  }

  #allocate(size: number): number {
    return (this.memory.allocate(size).ref as ArenaRef).offset / 4;
  }
}

function parties(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

for (const count of [1, 22, 23, 70, 85, 86, 1000]) {
  test(`Holders knows who has a block: ${count} parties`, () => {
    const world = new World();
    const all = parties(FIRST, count);
    for (const party of [...all, ...all]) world.add(party);
    assertEquals(world.lists.length, Math.ceil(Math.max(0, count - 22) / 63));
    const last = all.pop()!;
    for (const party of all) assert(world.remove(party), `${party} is not the last one`);
    assert(!world.remove(last));
    assert(!world.remove(last));
  });
}

test("Holders counts dead parties no more, and uses their places again", () => {
  const world = new World();
  for (const party of parties(FIRST, 70)) world.add(party);
  for (let round = 1; round <= 10; round++) {
    for (const party of parties(FIRST + 100 * (round - 1) + 1, 69)) world.dead.add(party);
    for (const party of parties(FIRST + 100 * round + 1, 69)) world.add(party);
    assertEquals(world.lists.length, 1, `round ${round}`);
  }
  for (const party of parties(FIRST + 1001, 69)) world.dead.add(party);
  assert(!world.remove(FIRST));
});

test("Holders gives its lists back", () => {
  const world = new World();
  for (const party of parties(FIRST, 200)) world.add(party);
  const { lists } = world;
  assertEquals(lists.length, 3);
  world.enter(FIRST, (holders) => holders.free(lists));
  const again = lists.map(() => (world.memory.allocate(256).ref as ArenaRef).offset);
  assertEquals(again.toSorted(), lists.toSorted());
});

test("a thread may be terminated at any step of taking a block that many have", () => {
  const victim = FIRST + 500;
  let step = 0;
  for (;; step++) {
    const world = new World();
    const all = parties(FIRST, 22);
    for (const party of all) world.add(party);
    const wasKilled = killAt(step, () => world.add(victim));
    world.dead.add(victim);
    const others = parties(FIRST + 100, 70);
    for (const party of others) world.add(party);
    assert(world.lists.length <= 2, `step ${step}`);
    for (const party of [...all.slice(1), ...others]) assert(world.remove(party), `step ${step}`);
    assert(!world.remove(FIRST), `step ${step}`);
    if (!wasKilled) break;
  }
  assert(step > 22, "it has as many steps as places that it looks at");
});

/** Lets 70 open a block: some end with it in their hand, the others drop it. */
async function share(memory: ArenaMemory, dead: Set<number>, first: number): Promise<void> {
  const life = {
    isDead: (party: number) => dead.has(party),
    probe: () => {},
    slotOf,
    slots: SLOTS,
  };
  const heaps = parties(first, 70).map((party) => new ArenaHeap(memory, party, life));
  const payload = heaps[0].allocate(100_000).send() as number[];
  const held = heaps.slice(1).map((heap) => heap.open(payload)).slice(0, 30);
  for (const party of parties(first + 1, held.length)) dead.add(party);
  const nonce = new Int32Array(memory.buffer, payload[0], 1);
  const { now } = performance;
  let hours = 0;
  performance.now = () => now.call(performance) + hours * 3_600_000;
  try {
    await collectUntil(() => {
      // The sender keeps what it has sent for 30 seconds, and looks then after what others had when it dropped it.
      hours++;
      heaps[0].allocate(4);
      return nonce[0] === 0;
    });
  } finally {
    performance.now = now;
  }
  assertEquals(held.length, 30);
}

test("a block is free when the last of 70 parties has dropped it or ended", {
  timeout: 60_000,
}, async () => {
  const memory = new ArenaMemory(createArena());
  const dead = new Set<number>();
  const used = () => new Int32Array(memory.buffer)[1] * 64;
  await share(memory, dead, FIRST);
  const before = used();
  for (let round = 1; round <= 5; round++) await share(memory, dead, FIRST + 100 * round);
  assert(used() - before < 100_000, `${used() - before} bytes more`);
});

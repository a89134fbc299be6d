import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import { NotSupportedError } from "../../src/errors.ts";
import type { ArenaRef, Block } from "../../src/sync/block.ts";
import { Moment } from "../support/interleave.ts";

const SIZES = [1, 4, 8, 63, 64, 65, 100, 128, 129, 4095, 4096, 4097, 70_000];

function offsetOf(block: Block): number {
  return (block.ref as ArenaRef).offset;
}

function overlap(a: Block, b: Block): boolean {
  const [first, second] = offsetOf(a) < offsetOf(b) ? [a, b] : [b, a];
  return offsetOf(first) + first.bytes.length > offsetOf(second);
}

test("ArenaMemory gives blocks of zeros that do not overlap", () => {
  const memory = new ArenaMemory(createArena());
  const blocks = SIZES.map((size) => memory.allocate(size));
  blocks.forEach((block, i) => {
    assert(block.bytes.length >= SIZES[i]);
    assertEquals(block.words.length, block.bytes.length / 4);
    assertEquals(offsetOf(block) % 64, 0, "a cache line of its own");
    assertEquals(block.bytes.findIndex((byte) => byte !== 0), -1);
    for (const other of blocks.slice(0, i)) assert(!overlap(block, other));
    block.bytes.fill(255);
  });
});

test("ArenaMemory.open() gives the same memory", () => {
  const arena = createArena();
  const block = new ArenaMemory(arena).allocate(100);
  const again = new ArenaMemory(arena).open(structuredClone(block.ref));
  block.bytes[99] = 7;
  again.words[0] = -2;
  assertEquals([again.bytes[99], block.words[0]], [7, -2]);
  assertEquals(again.bytes.length, block.bytes.length);
});

test("a block that was freed is used again, and is all zeros", () => {
  const memory = new ArenaMemory(createArena());
  for (const size of SIZES) {
    const block = memory.allocate(size);
    block.bytes.fill(255);
    block.free();
    const again = memory.allocate(size);
    assertEquals(offsetOf(again), offsetOf(block), `size ${size}`);
    assertEquals(again.bytes.findIndex((byte) => byte !== 0), -1);
  }
});

test("a block that is freed twice is given out once", () => {
  const memory = new ArenaMemory(createArena());
  const block = memory.allocate(64);
  block.free();
  block.free();
  const [a, b] = [memory.allocate(64), memory.allocate(64)];
  assert(!overlap(a, b));
});

test("blocks come back from the free list in any number", () => {
  const memory = new ArenaMemory(createArena());
  const blocks = Array.from({ length: 50 }, () => memory.allocate(200));
  const offsets = new Set(blocks.map(offsetOf));
  for (const block of blocks) block.free();
  const again = Array.from({ length: 50 }, () => memory.allocate(200));
  assertEquals(new Set(again.map(offsetOf)), offsets);
  assert(!offsets.has(offsetOf(memory.allocate(200))));
});

test("ArenaMemory grows, and blocks that were given before stay good", () => {
  const arena = createArena();
  const before = arena.byteLength;
  const memory = new ArenaMemory(arena);
  const small = memory.allocate(64);
  small.words[0] = 42;
  const large = memory.allocate(3 * before);
  assert(arena.byteLength > before);
  large.bytes[large.bytes.length - 1] = 1;
  assertEquals(small.words[0], 42);
  small.words[1] = 43;
  assertEquals(memory.open(small.ref).words[1], 43);
});

test("ArenaMemory says that it is full, and goes on when something was freed", () => {
  const arena = new SharedArrayBuffer(1 << 16, { maxByteLength: 1 << 17 });
  new Int32Array(arena)[1] = 4096 / 64;
  const memory = new ArenaMemory(arena);
  const blocks: Block[] = [];
  const error = assertThrows(() => {
    for (;;) blocks.push(memory.allocate(1 << 13));
  }, NotSupportedError);
  assert(error.message.includes(`${1 << 17} bytes`), error.message);
  assert(blocks.length >= 14, `${blocks.length} blocks`);
  assertThrows(() => memory.allocate(2 ** 40), NotSupportedError);
  blocks.pop()!.free();
  memory.allocate(1 << 13);
  assertThrows(() => memory.allocate(1 << 13), NotSupportedError);
  memory.allocate(64);
});

test("blocks of more than 2 GiB fit, and do not take twice what they hold", () => {
  const arena = createArena();
  const memory = new ArenaMemory(arena);
  const size = 2 ** 31 + 5;
  const blocks = [memory.allocate(size)];
  if (arena.maxByteLength > 2 ** 32) blocks.push(memory.allocate(size));
  for (const block of blocks) {
    assert(block.bytes.length >= size);
    block.words[block.words.length - 1] = -2;
    assertEquals(memory.open(block.ref).bytes[block.bytes.length - 4], 254);
  }
  const error = assertThrows(() => {
    for (let i = 0; i < 3; i++) memory.allocate(size);
  }, NotSupportedError);
  assert(error.message.includes(`${size} bytes of shared memory`), error.message);
  blocks[0].bytes.subarray(-8).fill(0);
  memory.allocate(2 ** 20);
});

test("while a block that is too large is refused, others are given", () => {
  let steps = 0;
  for (let step = 0;; step++, steps++) {
    const arena = createArena();
    const [mine, theirs] = [new ArenaMemory(arena), new ArenaMemory(arena)];
    let given: Block | null = null;
    using moment = new Moment(step, () => given = theirs.allocate(4096));
    for (const size of [2 ** 34, 2 ** 36, 2 ** 37 - 2 ** 33]) {
      assertThrows(() => mine.allocate(size), NotSupportedError, `${size} bytes`);
    }
    if (!moment.reached) break;
    assert(offsetOf(given!) > 0 && offsetOf(given!) < arena.byteLength, `step ${step}`);
  }
  assert(steps >= 3, `${steps} steps`);
});

test("two threads that allocate and free at the same moment never get the same block", () => {
  let steps = 0;
  for (let step = 0;; step++, steps++) {
    const arena = createArena();
    const [mine, theirs] = [new ArenaMemory(arena), new ArenaMemory(arena)];
    const kept = Array.from({ length: 4 }, () => mine.allocate(64));
    for (const block of kept.slice(0, 3)) block.free();
    const blocks: Block[] = [kept[3]];
    using moment = new Moment(step, () => {
      const block = theirs.allocate(64);
      blocks.push(theirs.allocate(64));
      block.free();
    });
    blocks.push(mine.allocate(64));
    kept[3].free();
    blocks.shift();
    if (!moment.reached) break;
    for (let i = 0; i < 6; i++) blocks.push(mine.allocate(64));
    blocks.forEach((block, i) => {
      for (const other of blocks.slice(0, i)) assert(!overlap(block, other), `step ${step}`);
    });
  }
  assert(steps >= 4, `${steps} steps`);
});

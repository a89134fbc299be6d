/**
 * Messages: what is measured is what is written.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import test from "node:test";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import {
  encodeFor,
  readMessage,
  readSecond,
  writeMessage,
  writePair,
} from "../../src/messages/message.ts";
import type { Memory } from "../../src/sync/block.ts";
import { getContext, SerializationError } from "../../mod.ts";

for (const method of ["process", "thread"] as const) {
  test(`a handle takes as many bytes as were measured, however often it was sent: ${method}`, () => {
    const context = getContext(method);
    const value = [new context.Event(), context.RawArray("int8", 10), new context.Queue()];
    const bytes = new Uint8Array(10_000);
    for (let i = 0; i < 300; i++) {
      const size = encodeFor(null).measure(value, "value");
      assertEquals(encodeFor(null).encode(value, bytes, 0, bytes.length, "value"), size);
    }
  });
}

/** An object whose getter gives one text when it is read for the first time, and another one, or an error, later. */
function changing(first: string, later: () => string): { text: string } {
  let reads = 0;
  return {
    get text(): string {
      return reads++ === 0 ? first : later();
    },
  };
}

/** Memory that counts the blocks that are used. */
function counting(): { memory: Memory; used: () => number } {
  const arena = new ArenaMemory(createArena());
  let used = 0;
  const memory: Memory = {
    allocate(size) {
      used++;
      const block = arena.allocate(size);
      return { ...block, free: () => (used--, block.free()) };
    },
    open: (ref) => arena.open(ref),
  };
  return { memory, used: () => used };
}

const long = (): string => "y".repeat(1000);

test("a block is given back when its value cannot be written after it was measured", () => {
  const { memory, used } = counting();
  const fail = (): never => {
    throw new RangeError("read twice");
  };
  const larger = "larger whenever it is read";
  const write = (later: () => string) => writeMessage(memory, changing("x", later), "args");
  assertThrows(() => write(fail), SerializationError, "read twice");
  assertThrows(() => write(long), SerializationError, larger);
  const writeFirst = (later: () => string) => writePair(memory, changing("x", later), 1, 0);
  assertThrows(() => writeFirst(fail), SerializationError, "read twice");
  assertThrows(() => writeFirst(long), SerializationError, larger);
  const writeSecond = (later: () => string) => writePair(memory, 1, changing("x", later), 0);
  assertThrows(() => writeSecond(fail), SerializationError, "read twice");
  assertThrows(() => writeSecond(long), SerializationError, larger);
  assertEquals(used(), 0);
});

test("the second value of a pair is found where the first one has become shorter or longer", () => {
  const { memory } = counting();
  for (const [first, later] of [[long(), () => "x"], ["x", long]] as const) {
    const block = writePair(memory, changing(first, later), { second: 2 }, 10_000);
    assertEquals(readMessage(block), { text: later() });
    assertEquals(readSecond(block), { second: 2 });
    assert(block.bytes.length >= 10_000);
  }
});

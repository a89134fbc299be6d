/** Messages of more than 2 GiB, in memory of which only a few pages are touched. */

import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { SerializationError } from "../../src/errors.ts";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import { type MessageEncoder, Receiver, Sender } from "../../src/messages/channel.ts";
import { encoder, readMessage } from "../../src/messages/message.ts";
import { bytesFor, checkSize } from "../../src/messages/message_size.ts";
import { type Block, getSize, type Memory, putSize } from "../../src/sync/block.ts";
import { ringBytes } from "../../src/sync/ring.ts";

const SIZE = 2 ** 31 + 5;

/** Writes the last of so many bytes. */
const sparse: MessageEncoder = {
  measure: (value) => value as number,
  encode(value, bytes, start, end) {
    if (end - start < (value as number)) return -1;
    bytes[start + (value as number) - 1] = 7;
    return start + (value as number);
  },
};

function newChannel(memory: Memory): { sender: Sender; receiver: Receiver } {
  const block = memory.allocate(ringBytes(4096));
  const sender = new Sender(memory, block);
  return { sender, receiver: new Receiver(memory, memory.open(block.ref), true) };
}

test("a channel carries a message of more than 2 GiB, and its true size", () => {
  const { sender, receiver } = newChannel(new ArenaMemory(createArena()));
  assert(sender.send(3, 1, 0, SIZE, "args", sparse));
  const { bytes, start, end } = receiver.openLarge(receiver.ring.claim()!);
  assertEquals([end - start, bytes[end - 1]], [SIZE, 7]);
  receiver.ring.release();
  assert(sender.send(3, 2, 0, SIZE - 8, "args", sparse), "its block is used again");
  const again = receiver.openLarge(receiver.ring.claim()!);
  assertEquals(again.end - again.start, SIZE - 8);
});

test("a message that no buffer holds is refused before there is memory for it", () => {
  let allocated = 0;
  const arena = new ArenaMemory(createArena());
  const allocate = (size: number): Block => {
    allocated++;
    return arena.allocate(size);
  };
  const { sender, receiver } = newChannel({ allocate, open: (ref) => arena.open(ref) });
  allocated = 0;
  const error = assertThrows(
    () => sender.send(3, 1, 0, 2 ** 52, "args[0]", sparse),
    SerializationError,
    "Cannot send args[0]: it takes 4503599627370496 bytes; one message has ",
  );
  assertEquals([error.path, allocated, receiver.ring.claim()], ["args[0]", 0, null]);
  assert(sender.send(3, 1, 0, 5000, "args", sparse));
});

test("what this runtime can hold is not refused", () => {
  for (const size of [0, 2 ** 31 - 1, 2 ** 31, SIZE, 2 ** 32 - 4096]) checkSize(size, "value");
  assertThrows(() => bytesFor(2 ** 53, "value"), SerializationError, "9007199254740992 bytes");
});

test("a size crosses in two words", () => {
  const words = new Int32Array(4);
  for (const size of [0, 5, 2 ** 31 - 1, 2 ** 31, SIZE, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    putSize(words, 1, size);
    assertEquals([getSize(words, 1), words[0], words[3]], [size, 0, 0]);
  }
});

test("a value is read from the end that its message tells", () => {
  const bytes = new Uint8Array(SIZE + 64);
  const block = { bytes, words: new Int32Array(bytes.buffer, 0, 4) } as unknown as Block;
  const end = encoder.encode("text", bytes, 16, bytes.length, "value");
  putSize(block.words, 0, end);
  assertEquals(readMessage(block), "text");
  putSize(block.words, 0, SIZE);
  assertEquals(readMessage(block), "text", "an end beyond 2 GiB is no end before the value");
});

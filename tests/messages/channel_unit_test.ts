import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import { SerializationError } from "../../src/errors.ts";
import { copier, type Encoded, Outbox, Receiver, Sender } from "../../src/messages/channel.ts";
import type { Block, BlockRef, Memory } from "../../src/sync/block.ts";
import { ringBytes } from "../../src/sync/ring.ts";

const CAPACITY = 4096;
const LARGE_SIZE = 100_000;

/** An arena that counts its blocks. */
class CountingMemory implements Memory {
  readonly #arena = new ArenaMemory(createArena());
  allocated = 0;
  freed = 0;
  opened = 0;

  allocate(size: number): Block {
    this.allocated++;
    const block = this.#arena.allocate(size);
    const free = () => {
      this.freed++;
      block.free();
    };
    return { ...block, free };
  }

  open(ref: BlockRef): Block {
    this.opened++;
    return this.#arena.open(ref);
  }
}

function newChannel(): { memory: CountingMemory; sender: Sender; receiver: Receiver } {
  const memory = new CountingMemory();
  const block = memory.allocate(ringBytes(CAPACITY));
  const sender = new Sender(memory, block);
  const receiver = new Receiver(memory, memory.open(block.ref), true);
  memory.allocated = memory.freed = memory.opened = 0;
  return { memory, sender, receiver };
}

function receive(receiver: Receiver): unknown {
  const record = receiver.ring.claim();
  if (record === null) return "nothing";
  const value = receiver.read(record);
  receiver.ring.release();
  return value;
}

function large(fill: number, size = LARGE_SIZE): Uint8Array {
  return new Uint8Array(size).fill(fill);
}

test("a channel carries small values in its ring, and needs no other memory", () => {
  const { memory, sender, receiver } = newChannel();
  for (let i = 0; i < 1000; i++) {
    assert(sender.send(3, i, 0, { i, text: "x".repeat(i % 50) }, "args"));
    assertEquals(receive(receiver), { i, text: "x".repeat(i % 50) });
  }
  assertEquals([memory.allocated, memory.opened], [0, 0]);
});

test("a large value travels in a block, which is used again", () => {
  const { memory, sender, receiver } = newChannel();
  for (let i = 0; i < 20; i++) {
    assert(sender.send(3, i, 0, large(i), "args"));
    assertEquals(receive(receiver), large(i));
  }
  assertEquals([memory.allocated, memory.opened, memory.freed], [1, 1, 0]);
  sender.close();
  assertEquals(memory.freed, 1);
});

test("a block is not used again before its record was released", () => {
  const { memory, sender, receiver } = newChannel();
  for (let i = 1; i <= 4; i++) assert(sender.send(3, i, 0, large(i), "args"));
  assertEquals(memory.allocated, 4);
  const record = receiver.ring.claim()!;
  assert(sender.send(3, 5, 0, large(5), "args"));
  assertEquals(memory.allocated, 5);
  assertEquals(receiver.read(record), large(1));
  receiver.ring.release();
  for (let i = 2; i <= 5; i++) assertEquals(receive(receiver), large(i));
  for (let i = 6; i < 12; i++) {
    sender.send(3, i, 0, large(i), "args");
    assertEquals(receive(receiver), large(i));
  }
  assertEquals(memory.allocated, 5);
  assertEquals(memory.freed, 3, "only a few blocks are kept");
});

test("a block that is too small is replaced", () => {
  const { memory, sender, receiver } = newChannel();
  for (const size of [50_000, 100_000, 200_000, 150_000, 400_000, 60_000]) {
    sender.send(3, 1, 0, large(7, size), "args");
    assertEquals(receive(receiver), large(7, size));
  }
  assert(memory.allocated - memory.freed <= 3, `${memory.allocated} - ${memory.freed}`);
});

test("what does not fit into the ring is sent when there is room, also in a block", () => {
  const { memory, sender, receiver } = newChannel();
  let small = 0;
  while (sender.send(3, small, 0, "x".repeat(500), "args")) small++;
  let blocks = 0;
  while (sender.send(3, blocks, 0, large(1), "args")) blocks++;
  const { allocated } = memory;
  for (let i = 0; i < 10; i++) assertEquals(sender.send(3, i, 0, large(2), "args"), false);
  assertEquals(memory.allocated, allocated, "each try takes the block of the one before");
  for (let i = 0; i < small; i++) assertEquals(receive(receiver), "x".repeat(500));
  for (let i = 0; i < blocks; i++) assertEquals(receive(receiver), large(1));
  assertEquals(receive(receiver), "nothing");
  assert(sender.send(3, 1, 0, large(3), "args"));
  assertEquals(receive(receiver), large(3));
});

test("copyOf() gives what was taken back, small and large", () => {
  const { sender, receiver } = newChannel();
  sender.send(3, 1, 0, { small: [1.5, "ü"] }, "args");
  sender.send(3, 2, 0, large(9), "args");
  const copies: Encoded[] = [];
  assertEquals(sender.ring.revoke((record) => copies.push(sender.copyOf(record))), 2);
  assertEquals(receive(receiver), "nothing");
  for (const [i, copy] of copies.entries()) assert(sender.send(3, i, 0, copy, "args", copier));
  assertEquals(receive(receiver), { small: [1.5, "ü"] });
  assertEquals(receive(receiver), large(9));
});

test("Sender.isRead tells whether all large values have been read", () => {
  const { sender, receiver } = newChannel();
  sender.send(3, 1, 0, "small", "args");
  assertEquals(sender.isRead, true);
  sender.send(3, 2, 0, large(1), "args");
  assertEquals(sender.isRead, false);
  receive(receiver);
  assertEquals(sender.isRead, false);
  receive(receiver);
  assertEquals(sender.isRead, true);
});

test("a value that cannot be sent leaves the channel as it was", () => {
  const { memory, sender, receiver } = newChannel();
  sender.send(3, 1, 0, "before", "args");
  const { tail } = sender.ring;
  const error = assertThrows(
    () => sender.send(3, 2, 0, [{ socket: () => {} }], "args"),
    SerializationError,
  );
  assertEquals(error.path, "args[0].socket");
  assertThrows(() => sender.send(3, 2, 0, [large(1), Symbol("s")], "args"), SerializationError);
  assertEquals([sender.ring.tail, memory.allocated], [tail, 0]);
  sender.send(3, 3, 0, "after", "args");
  assertEquals([receive(receiver), receive(receiver), receive(receiver)], [
    "before",
    "after",
    "nothing",
  ]);
});

test("Outbox keeps values of any size, whatever becomes of the originals", () => {
  const { sender, receiver } = newChannel();
  const outbox = new Outbox();
  const values = Array.from(
    { length: 300 },
    (_, i) => ({ i, bytes: large(i, (i * 331) % 30_000) }),
  );
  const kept = values.map((value) => outbox.encode(value, "args"));
  for (const value of values) value.bytes.fill(255), value.i = -1;
  kept.forEach((encoded, i) => {
    assert(sender.send(3, i, 0, encoded, "args", copier));
    assertEquals(receive(receiver), { i, bytes: large(i, (i * 331) % 30_000) });
  });
  const error = assertThrows(() => outbox.encode([() => {}], "args"), SerializationError);
  assertEquals(error.path, "args[0]");
  const encoded = outbox.encode("next", "args");
  assert(sender.send(3, 1, 0, encoded, "args", copier));
  assertEquals(receive(receiver), "next");
});

/** A large value with a getter that is read so often, and then does something else. */
function fickle(reads: number, then: () => string): object {
  return Object.defineProperty({ large: large(1) }, "text", {
    enumerable: true,
    get: () => reads-- > 0 ? "x" : then(),
  });
}

function fail(): never {
  throw new RangeError("read too often");
}

/** How often a value is read at most before it is sent. */
const MOST_READS = 5;

/** Sends values that change at each of the times when they are read; tells how many blocks were there when it failed. */
function sendFickle(then: () => string, message: string): number[] {
  const found: number[] = [];
  for (let reads = 0; reads < MOST_READS; reads++) {
    const { memory, sender, receiver } = newChannel();
    try {
      sender.send(1, 0, 0, fickle(reads, then), "args");
      receive(receiver);
    } catch (error) {
      assert((error as Error).message.includes(message));
      found.push(memory.allocated);
      assertEquals([memory.freed, receive(receiver)], [memory.allocated, "nothing"]);
      assert(sender.send(1, 0, 0, large(3), "args"));
      assertEquals(receive(receiver), large(3));
    }
  }
  return found;
}

test("the block of a large value that cannot be written after all is given back", () => {
  assert(sendFickle(fail, "read too often").includes(1));
  assertEquals(sendFickle(() => "x".repeat(1000), "larger whenever it is read"), [1]);
});

test("a value that grows between measuring and writing is not kept for later", () => {
  const grow = (): string => "x".repeat(1000);
  const encode = (reads: number): unknown => new Outbox().encode(fickle(reads, grow), "args");
  assertThrows(() => encode(2), SerializationError, "larger whenever it is read");
});

test("Outbox keeps a value behind those that a getter in it has put there", () => {
  const { sender, receiver } = newChannel();
  const outbox = new Outbox();
  let inner: Encoded | undefined;
  const value = {
    get name(): string {
      inner ??= outbox.encode("inner", "value");
      return "outer";
    },
  };
  const outer = outbox.encode(value, "value");
  assert(sender.send(1, 0, 0, outer, "value", copier));
  assert(sender.send(1, 0, 0, inner, "value", copier));
  assertEquals([receive(receiver), receive(receiver)], [{ name: "outer" }, "inner"]);
});

import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Block } from "../../src/sync/block.ts";
import {
  type PayloadEncoder,
  ringBytes,
  RingReader,
  type RingRecord,
  RingWriter,
} from "../../src/sync/ring.ts";
import { Moment } from "../support/interleave.ts";
import { plainBlock } from "../support/plain_block.ts";

const CAPACITY = 256;
const HEADER = 16;
const UNIT = 8;
/** The positions of the three counters, which are known to nobody but the ring itself. */
const COUNTERS = [0, 16, 32];

/** Payloads are bytes. */
const plain: PayloadEncoder = {
  encode(value, bytes, start, end) {
    const payload = value as Uint8Array;
    if (payload.length > end - start) return -1;
    bytes.set(payload, start);
    return start + payload.length;
  },
};

function newRing(at = 0): { block: Block; writer: RingWriter; reader: RingReader } {
  const block = plainBlock(ringBytes(CAPACITY));
  for (const counter of COUNTERS) block.words[counter] = at;
  return { block, writer: new RingWriter(block), reader: new RingReader(block, true) };
}

function payload(size: number, fill: number): Uint8Array {
  return new Uint8Array(size).fill(fill);
}

function write(writer: RingWriter, number: number, size = 0): string {
  return writer.write(1, number, -number, plain, payload(size, number));
}

/** The number of a record, after a check that the record is whole. */
function check(bytes: Uint8Array, record: RingRecord, size?: number): number {
  const { kind, a, b, start, end } = record;
  assertEquals([kind, b], [1, -a]);
  const content = bytes.subarray(start, size === undefined ? end : start + size);
  const wrong = content.findIndex((byte, i) => byte !== (a & 255) && (size !== undefined || i < 0));
  assertEquals(wrong, -1);
  return a;
}

function readAll(reader: RingReader, sizes?: Map<number, number>): number[] {
  const numbers: number[] = [];
  for (let record = reader.claim(); record !== null; record = reader.claim()) {
    numbers.push(check(reader.bytes, record, sizes?.get(record.a)));
    reader.release();
  }
  return numbers;
}

test("RingReader claims records in the order in which they were written", () => {
  const { writer, reader } = newRing();
  assertEquals(reader.claim(), null);
  for (let i = 1; i <= 5; i++) assertEquals(write(writer, i, i), "written");
  assertEquals(readAll(reader), [1, 2, 3, 4, 5]);
  assertEquals(reader.claim(), null);
});

test("RingWriter says that the ring is full, and goes on when the reader has released", () => {
  const { writer, reader } = newRing();
  const fitting = CAPACITY / HEADER;
  for (let i = 1; i <= fitting; i++) assertEquals(write(writer, i), "written", `record ${i}`);
  assertEquals(write(writer, 99), "full");
  const record = reader.claim()!;
  assertEquals(record.a, 1);
  assertEquals(write(writer, 99), "full", "claimed bytes are not free yet");
  reader.release();
  assertEquals(write(writer, 99), "written");
  assertEquals(write(writer, 100), "full");
  const rest = Array.from({ length: fitting - 1 }, (_, i) => i + 2);
  assertEquals(readAll(reader), [...rest, 99]);
});

test("RingWriter tells a payload that is too large from a full ring", () => {
  const { writer, reader } = newRing();
  const limit = writer.payloadLimit;
  assertEquals(limit, CAPACITY / 4 - HEADER);
  assertEquals(write(writer, 1, limit + 1), "large");
  assertEquals(write(writer, 1, limit), "written");
  assertEquals(write(writer, 2, limit + 1), "large");
  while (write(writer, 3, limit) === "written");
  assertEquals(write(writer, 4, limit), "full");
  readAll(reader);
  assertEquals(write(writer, 4, limit + 1), "large");
  assertEquals(write(writer, 5, limit), "written");
});

test("RingWriter leaves the ring as it was when the encoder throws", () => {
  const { writer, reader } = newRing();
  write(writer, 1, 3);
  const { tail } = writer;
  const failing: PayloadEncoder = {
    encode(_value, bytes, start) {
      bytes.fill(255, start, start + 8);
      throw new RangeError("cannot be sent");
    },
  };
  assertThrows(() => writer.write(1, 2, -2, failing, null), RangeError, "cannot be sent");
  assertEquals(writer.tail, tail);
  write(writer, 3, 4);
  assertEquals(readAll(reader), [1, 3]);
});

test("RingWriter writes every record in one piece, across the end of the ring", () => {
  for (let offset = 0; offset < CAPACITY / UNIT; offset++) {
    const { writer, reader } = newRing(offset);
    for (let number = 1; number <= 100; number++) {
      const size = (number * 7 + offset) % (writer.payloadLimit + 1);
      assertEquals(write(writer, number, size), "written", `record ${number} from ${offset}`);
      const record = reader.claim()!;
      assertEquals(check(reader.bytes, record, size), number);
      assert(record.end <= ringBytes(CAPACITY));
      reader.release();
    }
  }
});

test("a ring goes on when its counters overflow", () => {
  for (const start of [2 ** 31 - 40, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 40, 2 ** 32 - 1]) {
    const { writer, reader } = newRing(start | 0);
    const sizes = new Map<number, number>();
    const read: number[] = [];
    for (let number = 1; number <= 300;) {
      const size = (number * 5) % 40;
      sizes.set(number, size);
      if (write(writer, number, size) === "written") number++;
      else read.push(...readAll(reader, sizes));
    }
    read.push(...readAll(reader, sizes));
    assertEquals(read, Array.from({ length: 300 }, (_, i) => i + 1));
    assert(writer.isReleased(writer.tail));
    write(writer, 1);
    assert(!writer.isReleased(writer.tail));
    assertEquals(writer.revoke(() => {}), 1);
  }
});

test("RingWriter.revoke() takes back what was not claimed, and nothing else", () => {
  const { writer, reader } = newRing();
  for (let i = 1; i <= 4; i++) write(writer, i, i);
  const claimed = reader.claim()!;
  assertEquals(claimed.a, 1);
  const revoked: number[] = [];
  assertEquals(writer.revoke((record) => revoked.push(check(writer.bytes, record))), 3);
  assertEquals(revoked, [2, 3, 4]);
  assertEquals(check(reader.bytes, claimed, 1), 1, "the claimed record stays readable");
  reader.release();
  assertEquals(reader.claim(), null);
  write(writer, 5);
  assertEquals(readAll(reader), [5]);
  assertEquals(writer.revoke(() => {}), 0);
});

test("what was taken back is free again once the reader has looked", () => {
  const { writer, reader } = newRing();
  while (write(writer, 1, 8) === "written");
  writer.revoke(() => {});
  assertEquals(write(writer, 2, 8), "full");
  assertEquals(reader.claim(), null);
  assertEquals(write(writer, 2, 8), "written");
  assertEquals(readAll(reader), [2]);
});

test("RingWriter.revoke() passes over the gap at the end of the ring", () => {
  const { writer, reader } = newRing();
  for (let i = 1; i <= 4; i++) write(writer, i, 40);
  readAll(reader);
  assertEquals(write(writer, 5, 40), "written", "behind a gap");
  assertEquals(write(writer, 6, 0), "written");
  const revoked: number[] = [];
  writer.revoke((record) => revoked.push(record.a));
  assertEquals(revoked, [5, 6]);
  assertEquals(readAll(reader), []);
});

test("a record is claimed or taken back, whenever the two meet", () => {
  let steps = 0;
  for (const start of [0, 28, 31, 2 ** 31 - 2 | 0, -2]) {
    for (let step = 0;; step++, steps++) {
      const { writer, reader } = newRing(start);
      for (let i = 1; i <= 3; i++) write(writer, i, i * 10);
      const revoked: number[] = [];
      using moment = new Moment(step, () => {
        writer.revoke((record) => revoked.push(record.a));
        write(writer, 4, 8);
      });
      const claimed = readAll(reader);
      if (!moment.reached) break;
      assertEquals(claimed.filter((a) => a < 4).length + revoked.length, 3, `step ${step}`);
      assertEquals([...claimed.filter((a) => a < 4), ...revoked], [1, 2, 3], `step ${step}`);
      claimed.push(...readAll(reader));
      assertEquals(claimed.at(-1), 4, `step ${step}`);
      assert(writer.isReleased(writer.tail));
    }
  }
  assert(steps > 20, `${steps} steps`);
});

test("a record is claimed or taken back when the reader comes in between", () => {
  let steps = 0;
  for (let step = 0;; step++, steps++) {
    const { writer, reader } = newRing();
    for (let i = 1; i <= 3; i++) write(writer, i, i * 10);
    const claimed: number[] = [];
    const revoked: number[] = [];
    using moment = new Moment(step, () => {
      claimed.push(check(reader.bytes, reader.claim()!));
      reader.release();
    });
    writer.revoke((record) => revoked.push(record.a));
    if (!moment.reached) break;
    assertEquals([...claimed, ...revoked], [1, 2, 3], `step ${step}`);
    assertEquals(readAll(reader), []);
  }
  assert(steps >= 2, `${steps} steps`);
});

test("a reader that comes in at any moment of a write sees all of the record or nothing", () => {
  let steps = 0;
  for (let step = 0;; step++, steps++) {
    const { writer, reader } = newRing(20);
    write(writer, 1, 40);
    const seen: number[] = [];
    using moment = new Moment(step, () => seen.push(...readAll(reader, new Map([[1, 40]]))));
    write(writer, 2, 30);
    if (!moment.reached) break;
    const all = [...seen, ...readAll(reader, new Map([[1, 40], [2, 30]]))];
    assertEquals(all, [1, 2], `step ${step}`);
  }
  assert(steps >= 1, `${steps} steps`);
});

test("a writer that waits for room is told of it, whenever it asks", () => {
  let steps = 0;
  for (let step = 0;; step++, steps++) {
    const { writer, reader } = newRing();
    while (write(writer, 1) === "written");
    let told = false;
    using moment = new Moment(step, () => {
      readAll(reader);
      told = reader.takeWanted();
    });
    // What the writer does by the ring's contract: ask, then look once more.
    writer.wantRoom();
    const isWritten = write(writer, 2) === "written";
    if (!moment.reached) break;
    assert(isWritten || told, `step ${step}: neither room nor a ring`);
  }
  assert(steps >= 1, `${steps} steps`);
  const { writer, reader } = newRing();
  assertEquals(reader.takeWanted(), false);
  writer.wantRoom();
  assertEquals([reader.takeWanted(), reader.takeWanted()], [true, false]);
});

test("a writer and a reader that are made over a used ring go on where it stands", () => {
  const { block, writer, reader } = newRing(7);
  for (let i = 1; i <= 4; i++) write(writer, i, 9);
  reader.claim();
  reader.release();
  const again = new RingWriter(block);
  assertEquals(again.tail, writer.tail);
  write(again, 5, 9);
  assertEquals(readAll(new RingReader(block, true)), [2, 3, 4, 5]);
});

test("random reads, writes and revokes agree with a plain list", () => {
  let seed = 12345;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
  for (let round = 0; round < 50; round++) {
    const { writer, reader } = newRing(random(64) - 32);
    const model: { number: number; size: number }[] = [];
    let number = 0;
    for (let i = 0; i < 400; i++) {
      const choice = random(10);
      if (choice < 6) {
        const size = random(writer.payloadLimit + 1);
        if (write(writer, number + 1, size) === "written") model.push({ number: ++number, size });
        else assert(model.length > 0 || reader.claim() === null, "full without records");
      } else if (choice < 9) {
        const record = reader.claim();
        const expected = model.shift();
        assertEquals(record?.a, expected?.number);
        if (record !== null) check(reader.bytes, record, expected!.size), reader.release();
      } else {
        const revoked: number[] = [];
        writer.revoke((record) => revoked.push(record.a));
        assertEquals(revoked, model.splice(0).map((entry) => entry.number));
      }
    }
  }
});

test("RingReader.peek() gives the record that claim() takes next, across the end of the ring", () => {
  for (let offset = 0; offset < CAPACITY / UNIT; offset++) {
    const { writer, reader } = newRing(offset);
    assertEquals(reader.peek(), null);
    for (let number = 1; number <= 40; number++) {
      const size = (number * 7 + offset) % (writer.payloadLimit + 1);
      assertEquals(write(writer, number, size), "written");
      assertEquals(check(reader.bytes, reader.peek()!, size), number);
      assertEquals(check(reader.bytes, reader.peek()!, size), number);
      assertEquals(check(reader.bytes, reader.claim()!, size), number);
      reader.release();
      assertEquals(reader.peek(), null);
    }
  }
});

/** The memory of a queue: what goes in comes out, whatever the sizes are, and segments come and go. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { Extension, Views } from "../../src/sync/block.ts";
import { Deque } from "../../src/support/deque.ts";
import { ITEM_RING_WORDS, ItemRing, RECORD_LIMIT } from "../../src/sync/item_ring.ts";
import { Latch, LATCH_WORDS } from "../../src/sync/latch.ts";

class Segments implements Extension {
  readonly canFreeTwice: boolean = false;
  readonly rooms = new Map<number, Views>();
  #last = 0;

  choose(size: number): number {
    const buffer = new SharedArrayBuffer(size);
    this.rooms.set(++this.#last, { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) });
    return this.#last;
  }

  create(place: number): Views {
    return this.open(place);
  }

  open(place: number): Views {
    return this.rooms.get(place)!;
  }

  free(place: number): void {
    assert(this.rooms.delete(place));
  }

  get bytes(): number {
    return [...this.rooms.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

class Tester {
  readonly extension = new Segments();
  readonly latch: Latch;
  readonly ring: ItemRing;
  /** Sizes and first bytes of what is in the ring. */
  readonly expected = new Deque<[size: number, mark: number]>();
  #mark = 0;

  constructor() {
    const words = new Int32Array(new SharedArrayBuffer((LATCH_WORDS + ITEM_RING_WORDS) * 4));
    this.latch = new Latch(words, 0, 1, () => false);
    this.latch.tryEnter();
    this.ring = new ItemRing(this.latch, LATCH_WORDS, this.extension);
  }

  put(size: number): void {
    const mark = this.#mark = (this.#mark + 1) % 251;
    const bytes = new Uint8Array(size).fill(mark);
    if (!this.ring.write(mark, bytes, size)) {
      const wanted = this.ring.wanted(size);
      this.ring.link({ place: this.extension.choose(wanted), size: wanted });
      assert(this.ring.write(mark, bytes, size));
    }
    this.latch.commit();
    this.expected.push([size, mark]);
  }

  takeAll(): void {
    while (this.expected.length > 0) this.take();
  }

  take(): void {
    const [size, mark] = this.expected.shift()!;
    const record = this.ring.first();
    if (record.size !== size || record.kind !== mark) {
      assertEquals([record.size, record.kind], [size, mark]);
    }
    const { bytes, start } = record;
    for (const at of size === 0 ? [] : [0, size >> 1, size - 1]) {
      assert(bytes[start + at] === mark, "the payload");
    }
    const left = this.ring.drop();
    this.latch.commit();
    if (left !== null) this.extension.free(left.place);
  }
}

test("ItemRing gives back records of any sizes in order", () => {
  const tester = new Tester();
  let state = 1;
  const random = (n: number) => (state = (state * 48271) % 2147483647) % n;
  for (let i = 0; i < 20_000; i++) {
    const isFilling = Math.floor(i / 700) % 2 === 0;
    if (tester.expected.length > 0 && random(10) < (isFilling ? 4 : 6)) tester.take();
    else tester.put(random(20) === 0 ? random(RECORD_LIMIT) : random(100));
  }
  tester.takeAll();
  assertEquals(tester.extension.rooms.size, 1);
});

test("ItemRing takes records that fill a segment to the last byte", () => {
  for (let size = 32_700; size < 32_780; size += 1) {
    const tester = new Tester();
    for (let i = 0; i < 12; i++) {
      tester.put(size);
      if (i % 3 === 2) tester.take();
    }
    tester.takeAll();
  }
});

test("ItemRing needs little more than its records, and gives back what it does not need", () => {
  const tester = new Tester();
  for (let i = 0; i < 1_000_000; i++) tester.put(2);
  const needed = 16 * 1_000_000;
  assert(tester.extension.bytes < needed + 2 ** 21, `${tester.extension.bytes} bytes`);
  tester.takeAll();
  assert(tester.extension.bytes <= 2 ** 20);
});

test("ItemRing stays in one segment while little is in it", () => {
  const tester = new Tester();
  for (let i = 0; i < 100_000; i++) {
    tester.put(i % 3000);
    tester.put(1);
    tester.take();
    tester.take();
  }
  assertEquals(tester.extension.bytes, 2 ** 12);
});

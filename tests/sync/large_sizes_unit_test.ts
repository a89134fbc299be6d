/** Sizes that a signed word cannot hold. Places only have their sizes here: no test takes memory. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { Extension, Views } from "../../src/sync/block.ts";
import type { Taken } from "../../src/sync/item_store.ts";
import { NO_HAND } from "../../src/sync/hands.ts";
import { initQueue, Outcome, QUEUE_BYTES, SharedQueue } from "../../src/sync/shared_queue.ts";

const PAGE = 4096;
const SIZES = [2 ** 31, 2 ** 31 + PAGE, 2 ** 32 + PAGE, 2 ** 43 - PAGE];
const NOTHING = new Uint8Array(0);

/** Places that have memory only where the queue itself writes to them. */
class SparseExtension implements Extension {
  readonly canFreeTwice: boolean;
  readonly freed: number[] = [];
  #segment: Views | null = null;
  #last = 0;

  constructor(canFreeTwice: boolean) {
    this.canFreeTwice = canFreeTwice;
  }

  choose(): number {
    return ++this.#last;
  }

  create(_: number, size: number): Views {
    assert(size <= 2 ** 20, "only segments are written to");
    const buffer = new SharedArrayBuffer(size);
    return this.#segment = { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
  }

  open(): Views {
    return this.#segment!;
  }

  free(_: number, size: number): void {
    this.freed.push(size);
  }
}

for (const canFreeTwice of [true, false]) {
  const newQueue = (extension: Extension): SharedQueue => {
    const words = new Int32Array(new SharedArrayBuffer(QUEUE_BYTES));
    initQueue(words, 0, false);
    return new SharedQueue(words, extension, 1, () => false);
  };
  const enter = <T>(queue: SharedQueue, section: (member: number) => T): T => {
    assert(queue.latch.tryEnter());
    const result = section(queue.members.enter(1));
    queue.latch.leave();
    return result;
  };
  const put = (queue: SharedQueue, extension: Extension, size: number): void => {
    const piece = { place: extension.choose(size), size };
    const claim = enter(queue, (member) => queue.claim(member, piece));
    enter(
      queue,
      (member) =>
        queue.put({ bytes: NOTHING, size, claim, carries: false }, member, false, () => {}),
    );
  };

  test(`a queue tells the true sizes of items of 2 GiB and more: free twice ${canFreeTwice}`, () => {
    const extension = new SparseExtension(canFreeTwice);
    const queue = newQueue(extension);
    for (const size of SIZES) put(queue, extension, size);
    for (const size of SIZES) {
      const taken: Taken = { bytes: NOTHING, size: 0, claim: null, hand: NO_HAND };
      assertEquals(
        enter(queue, (member) => queue.take(taken, member, false, () => {})),
        Outcome.done,
      );
      assertEquals([taken.size, taken.claim?.size], [size, size]);
      queue.discard([taken.claim!], (section) => enter(queue, section));
    }
    assertEquals(extension.freed, SIZES);
  });

  test(`places of 2 GiB and more are freed whole for who has died: free twice ${canFreeTwice}`, () => {
    for (const size of SIZES) {
      const extension = new SparseExtension(canFreeTwice);
      const queue = newQueue(extension);
      const member = enter(queue, (member) => {
        queue.claim(member, { place: extension.choose(), size });
        return member;
      });
      enter(queue, () => queue.bury(member, () => {}));
      assertEquals(extension.freed, [size]);
    }
  });

  test(`items of 2 GiB and more are freed whole when they are dropped: free twice ${canFreeTwice}`, () => {
    const extension = new SparseExtension(canFreeTwice);
    const queue = newQueue(extension);
    for (const size of SIZES) put(queue, extension, size);
    enter(queue, () => queue.shutDown(true, () => {}));
    assertEquals(extension.freed, SIZES);
  });
}

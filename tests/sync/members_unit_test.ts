import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../src/errors.ts";
import { MOST_MEMBERS } from "../../src/sync/members.ts";
import { initSemaphore, SEMAPHORE_BYTES, SharedSemaphore } from "../../src/sync/semaphore.ts";
import { plainBlock } from "../support/plain_block.ts";

test("a party too many is refused with what to do, and comes in when another one holds nothing", () => {
  const { words } = plainBlock(SEMAPHORE_BYTES);
  initSemaphore(words, 1_000, 1_000);
  const hold = (party: number, count: number): void => {
    const { latch, members } = new SharedSemaphore(words, party, () => false);
    latch.tryEnter();
    try {
      members.setHolds(members.enter(party), count);
      latch.commit();
    } finally {
      latch.abandon();
    }
  };
  for (let party = 1; party <= MOST_MEMBERS; party++) hold(party, 1);
  const error = assertThrows(() => hold(MOST_MEMBERS + 1, 1), NotSupportedError);
  assertEquals(error.message.includes(`${MOST_MEMBERS} processes`), true);
  assertEquals(error.message.includes("Let fewer share one"), true);
  hold(7, 0);
  hold(MOST_MEMBERS + 1, 1);
});

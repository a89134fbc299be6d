/** Segments on their way between processes are counted by numbers that turn round. */

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { Segments } from "../../src/memory/segments.ts";
import { runtime } from "../../src/runtime/current.ts";

/** Bytes of a file's header; words in front of its slots, and of each slot. */
const HEADER = 4096;
const FIRST = 4;
const SLOT_WORDS = 4;

test("a segment is known to have arrived when its number has turned round", {
  timeout: 20_000,
}, () => {
  const sent = new Segments(null).create(16);
  const received = new Segments(null).open(sent.ref);
  const [[path], , , slot] = sent.ref;
  const file = runtime.memory.openFile(path);
  const words = new Int32Array(file.open(0, HEADER).buffer);
  const at = FIRST + slot * SLOT_WORDS;
  // As after 2,147,483,646 sendings.
  assertEquals([words[at + 1], words[at + 2]], [0, 0]);
  words[at + 1] = words[at + 2] = 2 ** 31 - 2;
  for (let i = 0; i < 4; i++) {
    const number = sent.send();
    assertEquals(sent.delivered(), false, `sending ${i}`);
    received.arrive(number);
    assertEquals([sent.delivered(), words[at + 2]], [true, number], `sending ${i}`);
  }
  // No sending has the number 0, and one that arrives late says nothing of those that came after it.
  words[at + 1] = words[at + 2] = -2;
  const numbers = [sent.send(), sent.send(), sent.send()];
  assertEquals(numbers, [-1, 1, 2]);
  received.arrive(numbers[2]);
  received.arrive(numbers[0]);
  assertEquals([sent.delivered(), words[at + 2]], [true, 2]);
  file.close();
});

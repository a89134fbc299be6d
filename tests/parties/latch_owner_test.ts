/** Who owns a latch: a party that lives, however long it stands still; nobody, as soon as it has ended. */

import { assert, assertEquals } from "@std/assert";
import { programOf } from "../../src/parties/program.ts";
import { LATCH_WORDS } from "../../src/sync/latch.ts";
import { takeLatch } from "../../src/sync/take_latch.ts";
import { latchOf, standStill, stay } from "../fixtures/latch_targets.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

/** Longer than any number of naps that a thread was once believed to be dead after. */
const LONG = 4_000;

const { probe } = programOf(method);

/** Starts a child that takes a latch. */
async function begin(target: typeof standStill | typeof stay) {
  const words = mp.RawArray("int32", LATCH_WORDS + 1) as unknown as Int32Array;
  const child = new mp.Process({ target: target as typeof standStill, args: [words, LONG] });
  child.start();
  const latch = latchOf(words);
  while (latch.owner === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { words, child, latch };
}

conform("a latch stays with a party that stands still for seconds", async (note) => {
  const { words, child, latch } = await begin(standStill);
  const start = performance.now();
  takeLatch(latch, probe);
  assert(performance.now() - start > LONG / 2);
  note([latch.isInherited, words[LATCH_WORDS]]);
  assertEquals([latch.isInherited, words[LATCH_WORDS]], [false, 1]);
  latch.leave();
  await child.join();
  assertEquals(child.exitCode, 0);
});

conform("a latch is taken from a party that was killed, also by who never yields", async (note) => {
  const { words, child, latch } = await begin(stay);
  child.kill();
  // No event can tell this thread of the end: it stands still until the system says so.
  takeLatch(latch, probe);
  note([latch.isInherited, words[LATCH_WORDS]]);
  assertEquals([latch.isInherited, words[LATCH_WORDS]], [true, 0]);
  latch.leave();
  await child.join();
}, { skip: mp.capabilities.hardStop ? false : "no hardStop: a thread that never yields goes on" });

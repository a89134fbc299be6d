/** What is known to live, without being kept alive. */

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { LiveSet } from "../../src/support/live_set.ts";
import { collectUntil } from "./collected.ts";

test("those that are there are given in order, with numbers that stay", () => {
  const set = new LiveSet<{ name: string }>();
  const [a, b] = [{ name: "a" }, { name: "b" }];
  set.add(a);
  set.add(b);
  assertEquals([...set], [[1, a], [2, b]]);
});

test("those that are gone are not kept, and not given", { timeout: 60_000 }, async () => {
  const set = new LiveSet<object>();
  let gone = 0;
  const registry = new FinalizationRegistry<null>(() => gone++);
  const fill = (): void => {
    for (let i = 0; i < 1000; i++) {
      const value = { i };
      registry.register(value, null);
      set.add(value);
    }
  };
  fill();
  const kept = { name: "kept" };
  set.add(kept);
  await collectUntil(() => gone >= 900);
  const left = [...set];
  assertEquals(left.at(-1), [1001, kept]);
  assertEquals(left.length <= 101, true);
});

/** Where the items of a list stand. */

import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { layOut } from "../../src/shared/list_layout.ts";

test("items stand behind each other at multiples of 8, with room for more", () => {
  assertEquals(layOut([0, 7, 8, 20], 12), {
    places: [16, 24, 32, 48],
    rooms: [8, 8, 16, 24],
    size: 72,
  });
  assertEquals(layOut([], 8), { places: [], rooms: [], size: 8 });
});

test("items of 2 GiB have their true places, and 4 GiB of them are refused", () => {
  const GIB = 2 ** 30;
  const { places, size } = layOut([2 * GIB, 2 * GIB - 64], 8);
  assertEquals([places, size], [[8, 2 * GIB + 16], 4 * GIB - 40]);
  assertThrows(() => layOut([2 * GIB, 2 * GIB], 8), RangeError, "these items take 4294967320");
});

/** Arguments in words, and the slowest of many. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { argumentText } from "../../src/pool/worker/argument_text.ts";
import { Slowest } from "../../src/pool/schedule/slowest.ts";

class Point {
  x = 1;
  y = 2;
}

test("argumentText() shows every kind of value", () => {
  const values: [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [-0, "-0"],
    [12n, "12n"],
    [Symbol.for("s"), "Symbol(s)"],
    ['say "x"', '"say \\"x\\""'],
    [[], "[]"],
    [[1, [2, [3]], {}, 4], "[1, [2, Array(1)], {}, …]"],
    [{ a: 1, b: { c: { d: 1 } } }, "{ a: 1, b: { c: {…} } }"],
    [new Point(), "Point { x: 1, y: 2 }"],
    [new Float64Array(3), "Float64Array(24 bytes)"],
    [new Map([[1, 2]]), "Map(1)"],
    [new Set(), "Set(0)"],
    [/a b/g, "/a b/g"],
    [new RangeError("far"), 'RangeError("far")'],
    [Object.create(null), "{}"],
    [function named() {}, "function named"],
  ];
  for (const [value, text] of values) assertEquals(argumentText([value]), text);
  assertEquals(argumentText([]), "");
  assertEquals(argumentText([1, "a"]), '1, "a"');
});

test("argumentText() is short, whatever it is given", () => {
  const long = "z".repeat(1_000_000);
  assertEquals(argumentText([long]), `"${"z".repeat(39)}…"`);
  assertEquals(argumentText([long, long, long, long, long]).length < 200, true);
  assert(argumentText(Array.from({ length: 100_000 }, (_, i) => i)).endsWith(" more"));
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [long + i, long]));
  assert(argumentText([wide]).length < 200);
});

test("argumentText() runs nothing of its values' own that throws", () => {
  const trap = Object.defineProperty({}, "x", {
    enumerable: true,
    get: () => {
      throw new Error("a trap");
    },
  });
  assertEquals(argumentText([1, trap]), "…");
});

test("Slowest keeps the five that took longest", () => {
  const slowest = new Slowest<string>();
  const add = (ms: number): void => {
    if (ms > slowest.least) slowest.add(ms, `${ms}`);
  };
  for (const ms of [3, 1]) add(ms);
  assertEquals([slowest.all, slowest.least], [["3", "1"], -1]);
  for (const ms of [9, 2, 7, 0, 4, 4, 8]) add(ms);
  assertEquals([slowest.all, slowest.least], [["9", "8", "7", "4", "4"], 4]);
});

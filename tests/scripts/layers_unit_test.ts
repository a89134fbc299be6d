import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { layOut, type Thing, withoutDetours } from "../../scripts/support/layers.ts";

/** A house of six things, in which "roof" stands on "base" also by way of others. */
const HOUSE: Thing[] = [
  { name: "base", on: [], width: 60 },
  { name: "left", on: ["base"], width: 80 },
  { name: "right", on: ["base"], width: 80 },
  { name: "beam", on: ["left", "right"], width: 200 },
  { name: "lamp", on: ["base"], width: 40 },
  { name: "roof", on: ["base", "beam", "lamp"], width: 100 },
];

test("withoutDetours leaves out what other things imply, and nothing else", () => {
  const left = withoutDetours(HOUSE).map(({ name, on }) => `${name}: ${on.join(" ")}`);
  assertEquals(left, [
    "base: ",
    "left: base",
    "right: base",
    "beam: left right",
    "lamp: base",
    "roof: beam lamp",
  ]);
});

test("layOut has each thing above what it stands on, and no two places of a row overlap", () => {
  const rows = layOut(withoutDetours(HOUSE), 400, 10);
  const places = rows.flat();
  const rowOf = (name: string) => places.find((place) => place.name === name)!.row;
  for (const { name, on } of HOUSE) for (const other of on) assert(rowOf(name) > rowOf(other));
  for (const row of rows) {
    row.forEach(({ x, width }, i) => {
      const left = i === 0 ? 0 : row[i - 1].x + row[i - 1].width / 2 + 10;
      assert(x - width / 2 >= left - 1e-6 && x + width / 2 <= 400 + 1e-6);
    });
  }
  assertEquals(rows.map((row) => row.length), [1, 3, 2, 1]);
});

test("layOut gives the same for the same", () => {
  const positions = () => layOut(withoutDetours(HOUSE), 400, 10).flat().map(({ x }) => x);
  assertEquals(positions(), positions());
});

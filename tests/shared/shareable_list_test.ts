/** `ShareableList`. */

import assert from "node:assert/strict";
import type { ShareableItem } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const ITEMS: ShareableItem[] = [
  "bob",
  1.5,
  -0,
  7n,
  true,
  false,
  null,
  new Uint8Array([1, 0]),
  "end\0",
  "\ud800",
  "",
];

conform("ShareableList gives back what it was given", (note) => {
  const list = new mp.ShareableList(ITEMS);
  assert.deepEqual([...list], ITEMS);
  assert.equal(list.length, ITEMS.length);
  assert.equal(list.at(-1), "");
  note([list.index(true), list.count(null), list.index(7n)]);
  list.shm.unlink();
});

conform("ShareableList.set() keeps the old item when the new one needs more room", (note) => {
  const list = new mp.ShareableList(["äöü", 1]);
  assert.throws(() => list.set(0, "x".repeat(9)), /exceeds available storage/);
  assert.equal(list.at(0), "äöü");
  list.set(0, "12345678");
  list.set(1, "text");
  assert.throws(() => list.at(2), RangeError);
  assert.throws(() => list.at(-3), RangeError);
  assert.throws(() => list.set(0, {} as never), TypeError);
  assert.throws(() => list.index("none"), RangeError);
  assert.throws(() => new mp.ShareableList([2n ** 63n]), RangeError);
  assert.throws(() => new mp.ShareableList(), TypeError);
  note([...list]);
  list.shm.unlink();
});

conform(
  "ShareableList is opened by its name, and arrives in a worker as the same list",
  async (note) => {
    const list = new mp.ShareableList([1, "two"]);
    const other = new mp.ShareableList(null, { name: list.shm.name });
    await using pool = new mp.Pool(1);
    await pool.apply((given: { set(index: number, item: unknown): void }) => given.set(0, "one"), [
      list as never,
    ]);
    note([...other]);
    assert.deepEqual([...other], ["one", "two"]);
    const { name } = list.shm;
    assert.throws(() => new mp.ShareableList([1], { name }), { code: "EEXIST" });
    assert.throws(() => new mp.ShareableList(null, { name: `${name}-none` }), { code: "ENOENT" });
    assert.throws(() => new mp.ShareableList(null, { name: 5 as never }), TypeError);
    assert.throws(() => new mp.ShareableList([{} as never]), TypeError);
    for (const options of [null, "x", 5, { nane: "x" }]) {
      assert.throws(() => new mp.ShareableList([1], options as never), /^TypeError: A list /);
    }
    assert.deepEqual([...other], ["one", "two"]);
    list.shm.close();
    assert.throws(() => list.at(0), /it is closed/);
    other.shm.unlink();
  },
);

conform("ShareableList closes its memory at the end of its scope, and keeps the name", (note) => {
  let name: string;
  {
    using list = new mp.ShareableList([1]);
    name = list.shm.name;
  }
  const other = new mp.ShareableList(null, { name });
  note([...other]);
  other[Symbol.dispose]();
  assert.throws(() => other.at(0), mp.MultiprocessingError);
  other.shm.unlink();
});

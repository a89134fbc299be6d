import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { PARTY_TABLE_BYTES, PartyState, PartyTable } from "../../src/parties/party_table.ts";
import { NotSupportedError } from "../../src/errors.ts";
import { Moment } from "../support/interleave.ts";
import { plainBlock } from "../support/plain_block.ts";

function newTable(): PartyTable {
  return new PartyTable(plainBlock(PARTY_TABLE_BYTES));
}

test("PartyTable never gives an id twice", () => {
  const table = newTable();
  const ids = new Set<number>();
  for (let i = 0; i < 3000; i++) {
    const id = table.claim();
    assert(id > 0 && !ids.has(id));
    ids.add(id);
    if (i % 3 !== 0 || ids.size > 900) table.release(id);
  }
});

test("PartyTable refuses more parties than it has slots, and takes new ones after a release", () => {
  const table = newTable();
  const ids: number[] = [];
  const error = assertThrows(
    () => {
      for (;;) ids.push(table.claim());
    },
    NotSupportedError,
  );
  assert(ids.length >= 1000, `${ids.length} parties`);
  assert(error.message.includes(String(ids.length)));
  table.release(ids[500]);
  const next = table.claim();
  assert(!ids.includes(next));
  assert(table.exists(next) && !table.exists(ids[500]));
});

test("a released party's slot is clean, and its former owner cannot touch it", () => {
  const table = newTable();
  const first = table.claim();
  table.setPid(first, 42);
  table.setState(first, PartyState.running);
  table.countAwake(first, true);
  table.lieDown(first);
  table.release(first);
  assertEquals(table.exists(first), false);
  const second = table.claim();
  assertEquals(
    [table.pid(second), table.state(second), table.takeRing(second), table.awake],
    [0, PartyState.starting, false, 0],
  );
  table.release(first);
  assert(table.exists(second), "a late release of the former owner does nothing");
  table.lieDown(second);
  assertEquals([table.takeRing(first), table.takeRing(second)], [false, true]);
});

test("exactly one of those who ask must ring for a party that sleeps", () => {
  const table = newTable();
  const id = table.claim();
  assertEquals(table.takeRing(id), false);
  table.lieDown(id);
  assertEquals([table.takeRing(id), table.takeRing(id)], [true, false]);
  assertEquals(table.isRung(id), true);
  table.getUp(id);
  assertEquals(table.isRung(id), false);
  table.lieDown(id);
  assertEquals(table.isRung(id), false);
  table.getUp(id);
  assertEquals(table.takeRing(id), false);
  for (let step = 0;; step++) {
    table.lieDown(id);
    let other = false;
    using moment = new Moment(step, () => other = table.takeRing(id));
    const own = table.takeRing(id);
    if (!moment.reached) break;
    assertEquals(Number(own) + Number(other), 1, `step ${step}`);
  }
});

test("PartyTable counts each party as awake once", () => {
  const table = newTable();
  const [a, b] = [table.claim(), table.claim()];
  table.countAwake(a, true);
  table.countAwake(a, true);
  table.countAwake(b, true);
  assertEquals(table.awake, 2);
  table.lieDown(a);
  table.lieDown(a);
  assertEquals(table.awake, 1);
  table.getUp(a);
  assertEquals(table.awake, 2);
  table.release(b);
  table.release(b);
  assertEquals(table.awake, 1);
});

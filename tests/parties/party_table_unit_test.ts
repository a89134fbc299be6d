import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { PARTY_TABLE_BYTES, PartyTable } from "../../src/parties/party_table.ts";
import { PartyState } from "../../src/parties/party_state.ts";
import { NotSupportedError } from "../../src/errors.ts";
import { Moment } from "../support/interleave.ts";
import { plainBlock } from "../support/plain_block.ts";

function newTable(): PartyTable {
  return new PartyTable(plainBlock(PARTY_TABLE_BYTES));
}

/** A table with a single slot left. */
function fullTable(): PartyTable {
  const table = newTable();
  for (let slot = 0; slot < 1023; slot++) table.claim(0);
  return table;
}

test("PartyTable never gives an id twice", () => {
  const table = newTable();
  const ids = new Set<number>();
  for (let i = 0; i < 3000; i++) {
    const id = table.claim(0);
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
      for (;;) ids.push(table.claim(0));
    },
    NotSupportedError,
  );
  assert(ids.length >= 1000, `${ids.length} parties`);
  assert(error.message.includes(String(ids.length)));
  table.release(ids[500]);
  const next = table.claim(0);
  assert(!ids.includes(next));
  assert(table.exists(next) && !table.exists(ids[500]));
});

test("a released party's slot is clean, and its former owner cannot touch it", () => {
  const table = fullTable();
  const first = table.claim(0);
  table.setProcess(first, 42, 7);
  table.setState(first, PartyState.running);
  table.countAwake(first, true);
  table.lieDown(first);
  table.release(first);
  assertEquals(table.exists(first), false);
  const second = table.claim(0);
  assertEquals(
    [
      table.pid(second),
      table.started(second),
      table.state(second),
      table.takeRing(second),
      table.awake,
    ],
    [0, 0, PartyState.starting, false, 0],
  );
  table.release(first);
  assert(table.exists(second), "a late release of the former owner does nothing");
  table.lieDown(second);
  assertEquals([table.takeRing(first), table.takeRing(second)], [false, true]);
});

test("exactly one of those who ask must ring for a party that sleeps", () => {
  const table = newTable();
  const id = table.claim(0);
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
  const [a, b] = [table.claim(0), table.claim(0)];
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

test("PartyTable counts a child as awake before it says anything: to start takes a core", () => {
  const table = newTable();
  const main = table.claim(0);
  assertEquals(table.awake, 0);
  const [joined, lost] = [table.claim(main), table.claim(main)];
  assertEquals(table.awake, 2);
  table.countAwake(joined, true);
  assertEquals(table.awake, 2);
  table.lieDown(joined);
  assertEquals(table.awake, 1);
  table.release(lost);
  assertEquals(table.awake, 0);
});

test("ids of parties stay positive, and a slot whose generations are used up is passed over", () => {
  const block = plainBlock(PARTY_TABLE_BYTES);
  const table = new PartyTable(block);
  const first = table.claim(0);
  // Slot after slot had 2,097,150 parties before: ids of one counter would be negative by now.
  for (let slot = 1; slot < 1024; slot++) block.words[slotWord(slot)] = -(2 ** 21 - 2);
  const ids = new Set<number>();
  for (let i = 0; i < 1023; i++) ids.add(table.claim(first));
  assertEquals([ids.size, [...ids].every((id) => id > 0 && table.exists(id))], [1023, true]);
  assertEquals(Math.max(...ids), 2 ** 31 - 1);
  for (const id of ids) table.release(id);
  assertThrows(() => table.claim(first), NotSupportedError);
});

/** The place of the word that holds the id of a slot's party. */
function slotWord(slot: number): number {
  return 16 + slot * 16;
}

test("a slot is taken again only when all others were", () => {
  const table = newTable();
  table.claim(0);
  const slots = new Set<number>();
  for (let i = 0; i < 1023; i++) {
    const id = table.claim(0);
    slots.add(id % 1024);
    table.release(id);
  }
  assertEquals(slots.size, 1023);
});

test("what a former owner of a slot does is not taken for its successor's, and destroys nothing", () => {
  const deeds: ((table: PartyTable, id: number) => void)[] = [
    (table, id) => table.markDead(id),
    (table, id) => table.markAbandoned(id),
    (table, id) => table.lieDown(id),
    (table, id) => table.getUp(id),
    (table, id) => table.countAwake(id, true),
    (table, id) => table.countAwake(id, false),
    (table, id) => table.setState(id, PartyState.refused),
    (table, id) => table.release(id),
  ];
  for (const [i, deed] of deeds.entries()) {
    for (let step = 0;; step++) {
      const table = fullTable();
      const former = table.claim(0);
      table.countAwake(former, true);
      let successor = 0;
      {
        using moment = new Moment(step, () => {
          table.release(former);
          successor = table.claim(0);
          table.countAwake(successor, true);
          table.setState(successor, PartyState.running);
          table.lieDown(successor);
        });
        deed(table, former);
        if (!moment.reached) break;
      }
      const what = `deed ${i}, step ${step}`;
      assertEquals([successor % 1024, table.isLost(successor)], [former % 1024, false], what);
      assertEquals([table.state(successor), table.takeRing(successor)], [PartyState.running, true]);
      table.getUp(successor);
      table.countAwake(successor, true);
      assertEquals(table.awake, 1, what);
      table.markDead(successor);
      assertEquals(table.isDead(successor), true, what);
    }
  }
});

test("a former owner of a slot does not say which process or thread its successor is", () => {
  const table = fullTable();
  const former = table.claim(0);
  table.release(former);
  const party = table.claim(0);
  table.notePid(former, 1);
  table.setProcess(former, 2, 3);
  table.setThread(former, 4);
  assertEquals([table.pid(party), table.started(party), table.thread(party)], [0, 0, 0]);
  table.notePid(party, 5);
  table.setProcess(party, 5, 6);
  table.setThread(party, 7);
  assertEquals([table.pid(party), table.started(party), table.thread(party)], [5, 6, 7]);
});

test("orphans are the parties whose creator's slot is free", () => {
  const table = newTable();
  const main = table.claim(0);
  const child = table.claim(main);
  const grandchild = table.claim(child);
  assertEquals([...table.orphans()], []);
  table.release(child);
  assertEquals([...table.orphans()], [grandchild]);
});

test("PartyTable tells which processes may go on when the others have ended", () => {
  const table = newTable();
  const [main, daemon, child] = [
    table.claim(0, true),
    table.claim(1),
    table.claim(1, true),
  ];
  table.setProcess(main, 10, 0);
  table.setProcess(daemon, 11, 0);
  assertEquals([...table.lasting()], [main, child]);
  assertEquals([...table.lastingPids()], [10]);
  table.setProcess(child, 12, 0);
  assertEquals([...table.lastingPids()], [10, 12]);
  table.lastNoMore(main);
  table.lastNoMore(daemon);
  assertEquals([...table.lasting()], [child]);
  assert(!table.isLasting(main) && !table.isLasting(daemon) && table.isLasting(child));
});

test("PartyTable does not take a former owner's end for that of who has its slot now", () => {
  const table = fullTable();
  const former = table.claim(0, true);
  table.release(former);
  assertEquals(table.isLasting(former), false);
  const present = table.claim(0, true);
  assertEquals(present % 1024, former % 1024);
  table.lastNoMore(former);
  assertEquals([...table.lasting()], [present]);
});

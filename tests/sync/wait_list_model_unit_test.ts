/** The list of waits under conditions, events and barriers, with a death at every step of those who grant and dismiss. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { WAIT_LIST_BYTES, WaitList } from "../../src/sync/wait_list.ts";
import { Schedule } from "../support/schedule.ts";

const DEAD = 6;

/** Four parties wait, once to four times each; parties 5 and 6 do something. */
function newList(): { words: Int32Array; dead: Int32Array; open(party: number): WaitList } {
  const words = new Int32Array(new SharedArrayBuffer(WAIT_LIST_BYTES));
  const dead = new Int32Array(new SharedArrayBuffer(32));
  const open = (party: number) =>
    new WaitList(words, party, (id) => Atomics.load(dead, id) === 1, true);
  for (let party = 1; party <= 4; party++) {
    const list = open(party);
    list.latch.tryEnter();
    const member = list.members.enter(party);
    for (let i = 0; i < party; i++) list.queue.join(member);
    list.latch.leave();
  }
  return { words, dead, open };
}

/** Does something as a monitor does it: what a dead party has begun is finished first. */
function section(list: WaitList, party: number, action: () => void): void {
  while (!list.latch.tryEnter());
  if (list.latch.isInherited) list.queue.settleDebts(() => {});
  list.members.enter(party);
  action();
  list.latch.leave();
}

function granted(list: WaitList): number {
  return [...list.members].reduce((sum, member) => sum + list.queue.granted(member), 0);
}

for (const count of [1, 3, 7, Infinity]) {
  test(`WaitList.grant(${count}) is done wholly or not at all`, () => {
    let steps = 0;
    for (let step = 0;; step++, steps++) {
      const { dead, open } = newList();
      const grant = () => {
        const list = open(5);
        section(list, 5, () => list.grant(count, () => {}));
      };
      const schedule = new Schedule([grant]);
      schedule.run(0, step);
      const isDone = schedule.isDone(0);
      dead[5] = 1;
      const list = open(DEAD);
      section(list, DEAD, () => {});
      const all = Math.min(10, count);
      assert([0, all].includes(granted(list)), `step ${step}: ${granted(list)} of ${all}`);
      assertEquals(granted(list) + list.queue.length, 10, `step ${step}`);
      if (isDone) {
        assertEquals(granted(list), all);
        break;
      }
    }
    assert(steps > 10);
  });
}

test("WaitList.grant() serves first come, first served", () => {
  const { open } = newList();
  const list = open(5);
  const woken: number[] = [];
  section(list, 5, () => list.grant(6, (member) => woken.push(list.members.party(member))));
  assertEquals(woken, [1, 2, 3, 4, 2, 3]);
});

test("WaitList.bury() passes on what the dead member had not taken, whoever dies meanwhile", () => {
  for (let step = 0;; step++) {
    const { dead, open } = newList();
    const list = open(DEAD);
    section(list, DEAD, () => list.grant(2, () => {}));
    dead[2] = 1;
    const reap = (party: number) => () => {
      const own = open(party);
      section(own, party, () => {
        for (const member of [...own.members]) {
          if (Atomics.load(dead, own.members.party(member)) === 1) own.bury(member, () => {});
        }
      });
    };
    const schedule = new Schedule([reap(5)]);
    schedule.run(0, step);
    dead[5] = 1;
    reap(DEAD)();
    assertEquals(granted(list), 2, `step ${step}`);
    assertEquals(list.queue.length, 6, `step ${step}`);
    if (schedule.isDone(0)) break;
  }
});

test("WaitList.dismissAll() ends all waits, and grants stay what they are", () => {
  const { open } = newList();
  const list = open(5);
  section(list, 5, () => {
    list.grant(3, () => {});
    list.dismissAll(() => {});
  });
  assertEquals([list.queue.length, granted(list)], [0, 3]);
});

test("WaitList.dismissAll() is finished by the next party, whenever the first one dies", () => {
  for (let step = 0;; step++) {
    const { dead, open } = newList();
    const schedule = new Schedule([() => {
      const list = open(5);
      section(list, 5, () => list.dismissAll(() => {}));
    }]);
    schedule.run(0, step);
    dead[5] = 1;
    const list = open(DEAD);
    // As a barrier does that finds itself broken.
    section(list, DEAD, () => list.dismissAll(() => {}));
    assertEquals([list.queue.length, granted(list)], [0, 0], `step ${step}`);
    section(list, DEAD, () => list.queue.join(list.members.enter(DEAD)));
    assertEquals(list.queue.length, 1, `step ${step}`);
    if (schedule.isDone(0)) break;
  }
});

test("WaitList: who joins or leaves is in it or is not, whenever it dies", () => {
  for (const leaves of [false, true]) {
    for (let step = 0;; step++) {
      const { dead, open } = newList();
      const schedule = new Schedule([() => {
        const list = open(5);
        section(list, 5, () => {
          const member = list.members.enter(5);
          list.queue.join(member);
          if (leaves) list.queue.leave(member);
        });
      }]);
      schedule.run(0, step);
      dead[5] = 1;
      const list = open(DEAD);
      section(list, DEAD, () => {
        for (const member of [...list.members]) {
          if (list.members.party(member) === 5) list.bury(member, () => {});
        }
      });
      assertEquals([list.queue.length, granted(list)], [10, 0], `step ${step}`);
      section(list, DEAD, () => list.grant(10, () => {}));
      assertEquals([list.queue.length, granted(list)], [0, 10], `step ${step}`);
      if (schedule.isDone(0)) break;
    }
  }
});

/** The ends of a pipe, with a death at every step: between any two atomic operations. */

import { test } from "node:test";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArenaHeap } from "../../src/memory/arena_heap.ts";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import { slotOf, SLOTS } from "../../src/parties/party_layout.ts";
import type { Program } from "../../src/parties/program.ts";
import type { Poller } from "../../src/parties/waker.ts";
import { EOFError } from "../../src/errors.ts";
import { createPipe, PipeEnd } from "../../src/connection/pipe/pipe_end.ts";
import { MessageKind } from "../../src/connection/transport.ts";
import { PipeEndWords } from "../../src/sync/pipe_end.ts";
import { Moment } from "../support/interleave.ts";

const A = 1024;
const B = 1025;
const C = 1026;
const ROOM = 64 * 1024;

class Died extends Error {}

/** Runs something that is killed before an atomic operation. Returns whether there were so many. */
function runUntil(step: number, action: () => void): boolean {
  using moment = new Moment(step, () => {
    throw new Died();
  });
  try {
    action();
  } catch (error) {
    if (!(error instanceof Died)) throw error;
  }
  return moment.reached;
}

function newWords(dead: Set<number>): { mine: PipeEndWords; words: Int32Array } {
  const words = new Int32Array(new SharedArrayBuffer(64));
  const mine = new PipeEndWords(words, 0, (party) => dead.has(party));
  mine.init(A);
  return { mine, words };
}

/** Parties that see the same memory, without a wait loop: a test looks when it wants. */
class Parties {
  readonly dead = new Set<number>();
  readonly memory = new ArenaMemory(createArena());
  readonly pollers = new Map<number, Set<Poller>>();

  program(self: number): Program {
    const pollers = new Set<Poller>();
    this.pollers.set(self, pollers);
    const life = {
      isDead: (party: number) => this.dead.has(party),
      probe: () => {},
      slotOf,
      slots: SLOTS,
    };
    return {
      method: "thread",
      self,
      memory: this.memory,
      heap: new ArenaHeap(this.memory, self, life),
      parties: {
        isLost: (party: number) => this.dead.has(party),
        isDead: (party: number) => this.dead.has(party),
        markDead: (party: number) => this.dead.add(party),
      },
      isAlive: (party: number) => !this.dead.has(party),
      waker: {
        add: (poller: Poller) => pollers.add(poller),
        remove: (poller: Poller) => pollers.delete(poller),
        notify: () => {},
        expect: () => {},
        watch: () => {},
      },
    } as unknown as Program;
  }

  look(party: number): void {
    for (const poller of [...this.pollers.get(party)!]) poller.poll();
  }
}

/** A pipe from A, which created it, to B. */
function newPipe(): { parties: Parties; from: PipeEnd; to: PipeEnd } {
  const parties = new Parties();
  const [from, there] = createPipe(parties.program(A), true);
  const { piece, side, duplex } = there.place;
  const ticket = there.nextTicket;
  there.leave();
  const to = new PipeEnd({ piece: { ...piece, program: parties.program(B) }, side, duplex });
  to.arrive(ticket);
  assert(!to.ended);
  return { parties, from, to };
}

/** All that an end has received. */
function receiveAll(end: PipeEnd): unknown[] {
  const values: unknown[] = [];
  for (let message = end.first(); message !== null; message = end.first()) {
    values.push(end.decode(message));
    end.release();
  }
  return values;
}

function send(end: PipeEnd, value: unknown): Promise<void> {
  const sent = end.send(MessageKind.value, value, "value");
  sent.catch(() => {});
  return sent;
}

test("an end on its way is claimed or given up, whatever the order", () => {
  for (let step = 0, reached = true; reached; step++) {
    const { mine } = newWords(new Set());
    const ticket = mine.send(A);
    using moment = new Moment(step, () => mine.giveUp(ticket));
    const claimed = mine.claim(ticket, B);
    assertEquals([mine.isGone, mine.holder], claimed ? [false, B] : [true, 0]);
    reached = moment.reached;
  }
});

test("an end that is sent goes to one of those that have the ticket", () => {
  for (let step = 0, reached = true; reached; step++) {
    const { mine } = newWords(new Set());
    const ticket = mine.send(A);
    let second = false;
    using moment = new Moment(step, () => {
      second = mine.claim(ticket, C);
    });
    const first = mine.claim(ticket, B);
    second ||= !first && mine.holder === C;
    assertEquals([first, second].filter(Boolean).length, 1);
    reached = moment.reached;
  }
});

test("an end whose holder dies while it sends it is gone, or arrives", () => {
  for (let step = 0, reached = true; reached; step++) {
    const dead = new Set<number>();
    const { mine } = newWords(dead);
    const ticket = mine.nextTicket;
    reached = runUntil(step, () => void mine.send(A));
    const arrives = mine.claim(ticket, B);
    dead.add(A);
    assertEquals([mine.isGone, mine.holder === B], arrives ? [false, true] : [true, false]);
  }
});

test("an end on its way is gone when its keeper dies, and its ticket is worth nothing", () => {
  const dead = new Set<number>();
  const { mine } = newWords(dead);
  const ticket = mine.send(A);
  assertEquals([mine.isGone, mine.keeper, mine.isOnItsWay(ticket)], [false, A, true]);
  dead.add(A);
  assertEquals([mine.isGone, mine.claim(ticket, B)], [true, false]);
});

test("an old ticket of an end that has come back claims nothing", () => {
  const { mine } = newWords(new Set());
  const first = mine.send(A);
  assert(mine.claim(first, B));
  const second = mine.send(B);
  assert(!mine.claim(first, C));
  assert(mine.claim(second, A));
  assertEquals(mine.holder, A);
  mine.close(B);
  assertEquals(mine.isGone, false);
  mine.close(A);
  assertEquals([mine.isGone, mine.keeper], [true, 0]);
});

test("what was sent is received whenever the sender dies, and nothing half", () => {
  for (let step = 0, reached = true; reached; step++) {
    const { parties, from, to } = newPipe();
    let sent = 0;
    reached = runUntil(step, () => {
      for (; sent < 4; sent++) send(from, { sent, text: "x".repeat(sent * 10) });
    });
    parties.dead.add(A);
    assert(to.ended);
    const values = receiveAll(to) as { sent: number; text: string }[];
    assert(values.length === sent || values.length === sent + 1, `step ${step}`);
    values.forEach((value, i) => assertEquals(value, { sent: i, text: "x".repeat(i * 10) }));
    assertEquals(to.first(), null);
  }
});

test("a sender that waits for room ends with its receiver, whenever that dies", async () => {
  for (let step = 0, reached = true; reached; step++) {
    const { parties, from, to } = newPipe();
    const all = Array.from({ length: 8 }, () => send(from, "x".repeat(ROOM - 100)));
    reached = runUntil(step, () => void receiveAll(to));
    parties.look(A);
    parties.dead.add(B);
    parties.look(A);
    const ends = await Promise.allSettled(all);
    if (step === 0) assertEquals(ends.at(-1)!.status, "rejected");
    assertEquals(from.waiting, false);
    await assertRejects(() => send(from, 1), EOFError);
  }
});

test("a large message is whole or not there, whenever its sender dies", () => {
  for (let step = 0, reached = true; reached; step++) {
    const { parties, from, to } = newPipe();
    reached = runUntil(step, () => void send(from, new Uint8Array(200_000).fill(5)));
    parties.dead.add(A);
    const [bytes] = receiveAll(to) as Uint8Array[];
    if (bytes !== undefined) {
      assertEquals([bytes.length, bytes.every((byte) => byte === 5)], [200_000, true]);
    } else {
      assert(reached);
    }
    assert(to.ended);
  }
});

test("a close is seen after what was sent, whenever the receiver looks", () => {
  for (let step = 0, reached = true; reached; step++) {
    const { from, to } = newPipe();
    send(from, 1);
    const values: unknown[] = [];
    using moment = new Moment(step, () => {
      const { ended } = to;
      values.push(...receiveAll(to));
      if (ended) assertEquals(values, [1, 2]);
    });
    send(from, 2);
    from.close();
    reached = moment.reached;
    values.push(...receiveAll(to));
    assertEquals([values, to.ended], [[1, 2], true]);
  }
});

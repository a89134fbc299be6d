import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Deadline, Deadlines } from "../../src/pool/jobs/deadlines.ts";

/** Timers that fire when they are told. */
class FakeTimers {
  readonly #real = { set: globalThis.setTimeout, clear: globalThis.clearTimeout };
  readonly live = new Map<number, () => void>();
  started = 0;

  install(): void {
    const fake = globalThis as unknown as Record<string, unknown>;
    fake.setTimeout = (action: () => void) => {
      this.live.set(++this.started, action);
      return this.started;
    };
    fake.clearTimeout = (timer: number) => void this.live.delete(timer);
  }

  remove(): void {
    globalThis.setTimeout = this.#real.set;
    globalThis.clearTimeout = this.#real.clear;
  }

  fire(): void {
    const actions = [...this.live.values()];
    this.live.clear();
    for (const action of actions) action();
  }
}

function withTimers(body: (timers: FakeTimers) => void): void {
  const timers = new FakeTimers();
  timers.install();
  try {
    body(timers);
  } finally {
    timers.remove();
  }
}

test("Deadlines happen in order of their time, on one timer", () => {
  withTimers((timers) => {
    const deadlines = new Deadlines();
    const happened: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const at = -((i * 7919) % 1000) - 1;
      deadlines.add(new Deadline(at, () => happened.push(at)));
      assertEquals(timers.live.size, 1);
    }
    assertEquals(deadlines.size, 1000);
    timers.fire();
    assertEquals(happened, [...happened].sort((a, b) => a - b));
    assertEquals([happened.length, deadlines.size, timers.live.size], [1000, 0, 0]);
  });
});

test("Deadlines that are removed do not happen, and the last one takes the timer along", () => {
  withTimers((timers) => {
    const deadlines = new Deadlines();
    const happened: number[] = [];
    const all = Array.from({ length: 500 }, (_, i) => new Deadline(-i, () => happened.push(i)));
    for (const deadline of all) deadlines.add(deadline);
    for (const [i, deadline] of all.entries()) if (i % 5 !== 0) deadlines.remove(deadline);
    deadlines.remove(all[1]);
    assertEquals(deadlines.size, 100);
    timers.fire();
    assertEquals(happened, Array.from({ length: 100 }, (_, i) => 495 - i * 5));
    const later = new Deadline(performance.now() + 1e6, () => happened.push(-1));
    deadlines.add(later);
    assertEquals([deadlines.size, timers.live.size], [1, 1]);
    deadlines.remove(later);
    assertEquals([deadlines.size, timers.live.size], [0, 0]);
    deadlines.remove(later);
    assertEquals(deadlines.size, 0);
  });
});

test("Deadlines that have not come yet get another timer, and an earlier one takes over", () => {
  withTimers((timers) => {
    const deadlines = new Deadlines();
    const happened: string[] = [];
    const now = performance.now();
    deadlines.add(new Deadline(now + 1e6, () => happened.push("late")));
    deadlines.add(new Deadline(now - 1, () => happened.push("early")));
    assertEquals([timers.started, timers.live.size], [2, 1]);
    timers.fire();
    assertEquals(happened, ["early"]);
    assertEquals([deadlines.size, timers.live.size], [1, 1]);
    timers.fire();
    assertEquals(happened, ["early"], "a timer that fires too soon changes nothing");
    deadlines.clear();
    assertEquals([deadlines.size, timers.live.size], [0, 0]);
  });
});

test("Deadlines may be added and removed while others happen", () => {
  withTimers((timers) => {
    const deadlines = new Deadlines();
    const happened: string[] = [];
    const victim = new Deadline(-1, () => happened.push("victim"));
    deadlines.add(
      new Deadline(-2, () => {
        happened.push("first");
        deadlines.remove(victim);
        deadlines.add(new Deadline(-3, () => happened.push("added")));
      }),
    );
    deadlines.add(victim);
    timers.fire();
    timers.fire();
    assertEquals(happened, ["first", "added"]);
    assert(victim.isOver);
    assertEquals([deadlines.size, timers.live.size], [0, 0]);
  });
});

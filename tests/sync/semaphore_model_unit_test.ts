/**
 * The semaphore under all interleavings with few switches, and with a death at every step.
 *
 * Parties hold a permit, are inside for a moment, and release; one variant gives up waiting, one takes a permit that belongs to
 * nobody then, and a stranger adds one. Who waits sleeps until it is woken, so a wake-up that is lost is a party that never ends.
 */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { initSemaphore, SEMAPHORE_BYTES, SharedSemaphore } from "../../src/sync/semaphore.ts";
import { Schedule } from "../support/schedule.ts";

const MOST_PARTIES = 4;
const ENOUGH = 2_000;

/** Words of the test: each party has one of each kind; the last word counts events. `TAKEN`: took a permit, or added one. */
const DEAD = 0;
const AWAKE = MOST_PARTIES;
const INSIDE = 2 * MOST_PARTIES;
const JOINED = 3 * MOST_PARTIES;
const ENTERED = 4 * MOST_PARTIES;
const TAKEN = 5 * MOST_PARTIES;
const CLOCK = 6 * MOST_PARTIES;

type Manner = "wait" | "give up" | "take" | "stranger";

interface Setting {
  readonly permits: number;
  readonly reentrant?: boolean;
  readonly manners: readonly Manner[];
}

class Model {
  readonly words: Int32Array = new Int32Array(new SharedArrayBuffer(SEMAPHORE_BYTES));
  readonly notes: Int32Array = new Int32Array(new SharedArrayBuffer((CLOCK + 1) * 4));
  readonly schedule: Schedule;
  readonly setting: Setting;

  constructor(setting: Setting) {
    this.setting = setting;
    initSemaphore(this.words, setting.permits, 100, setting.reentrant);
    this.schedule = new Schedule(setting.manners.map((manner, p) => () => this.#live(p, manner)));
  }

  kill(party: number): void {
    this.schedule.kill(party);
    this.notes[INSIDE + party] = 0;
    this.notes[DEAD + party] = 1;
    // As the creator of a party does that has ended.
    this.notes.fill(1, AWAKE, AWAKE + MOST_PARTIES);
  }

  /** Lets all come to their end, and checks what is left. */
  finish(context: string): void {
    const { manners, permits } = this.setting;
    for (let round = 0; round < 40; round++) {
      for (const p of manners.keys()) this.schedule.run(p, 150);
    }
    const stuck = [...manners.keys()].filter((p) => this.schedule.isRunning(p));
    assertEquals(stuck, [], `${context}: these never ended`);
    const reaper = this.semaphore(MOST_PARTIES - 1);
    this.#section(reaper, MOST_PARTIES - 1, () => {});
    assertEquals(reaper.queue.length, 0, `${context}: nobody waits`);
    const [least, most] = this.#expected();
    const { value } = reaper;
    assert(value >= least && value <= most, `${context}: ${value}, not ${least} to ${most}`);
    const isOrdered = manners.every((manner) => manner === "wait" || manner === "give up");
    if (permits === 1 && isOrdered && !this.setting.reentrant) this.#checkOrder(context);
  }

  /** How many permits are free in the end, at least and at most: of who was killed it may be unknown how far it came. */
  #expected(): [number, number] {
    let [least, most] = [this.setting.permits, this.setting.permits];
    for (const [p, manner] of this.setting.manners.entries()) {
      const isDone = this.notes[TAKEN + p] === 1 || this.notes[DEAD + p] === 0;
      if (manner === "take") {
        least--;
        if (isDone) most--;
      } else if (manner === "stranger") {
        most++;
        if (isDone) least++;
      }
    }
    return [least, most];
  }

  semaphore(party: number): SharedSemaphore {
    const isDead = (id: number) => Atomics.load(this.notes, DEAD + id - 1) === 1;
    return new SharedSemaphore(this.words, party + 1, isDead);
  }

  /** First come, first served. */
  #checkOrder(context: string): void {
    const waited = [...this.setting.manners.keys()].filter((p) =>
      this.notes[JOINED + p] > 0 && this.notes[ENTERED + p] > 0
    );
    const by = (at: number) => [...waited].sort((a, b) => this.notes[at + a] - this.notes[at + b]);
    assertEquals(by(ENTERED), by(JOINED), `${context}: the order`);
  }

  #live(party: number, manner: Manner): void {
    const semaphore = this.semaphore(party);
    if (manner === "stranger") return this.#add(semaphore, party);
    if (!this.#acquire(semaphore, party, manner)) return;
    if (manner === "take") return void Atomics.store(this.notes, TAKEN + party, 1);
    this.#enter(party);
    this.#release(semaphore, party);
  }

  #acquire(semaphore: SharedSemaphore, party: number, manner: Manner): boolean {
    const isIn = this.#section(semaphore, party, (member) => {
      if (manner === "take" ? semaphore.tryTakeUnowned() : semaphore.tryTake(member)) return true;
      semaphore.queue.join(member);
      return false;
    });
    if (isIn) return true;
    Atomics.store(this.notes, JOINED + party, Atomics.add(this.notes, CLOCK, 1) + 1);
    if (manner === "give up") {
      const left = this.#section(semaphore, party, (member) => semaphore.queue.leave(member));
      if (left) return false;
    }
    for (;;) {
      const granted = this.#section(semaphore, party, (member) => {
        const count = semaphore.queue.take(member);
        if (manner === "take" && count > 0) semaphore.disown(member);
        return count;
      });
      if (granted > 0) return true;
      while (Atomics.exchange(this.notes, AWAKE + party, 0) === 0);
    }
  }

  #enter(party: number): void {
    const { permits, manners } = this.setting;
    Atomics.store(this.notes, INSIDE + party, 1);
    let inside = 0;
    for (const p of manners.keys()) inside += Atomics.load(this.notes, INSIDE + p);
    const strangers = manners.filter((manner) => manner === "stranger").length;
    assert(inside <= permits + strangers, `${inside} inside`);
    Atomics.store(this.notes, ENTERED + party, Atomics.add(this.notes, CLOCK, 1) + 1);
    Atomics.store(this.notes, INSIDE + party, 0);
  }

  #release(semaphore: SharedSemaphore, party: number): void {
    this.#section(semaphore, party, (member, wake) => {
      const next = semaphore.giveBack(member);
      if (next !== null) wake(next);
    });
  }

  #add(semaphore: SharedSemaphore, party: number): void {
    this.#section(semaphore, party, (_member, wake) => {
      const next = semaphore.add();
      if (next !== null) wake(next);
    });
    Atomics.store(this.notes, TAKEN + party, 1);
  }

  /** What a monitor does. */
  #section<T>(
    semaphore: SharedSemaphore,
    party: number,
    action: (member: number, wake: (member: number) => void) => T,
  ): T {
    const { latch, members } = semaphore;
    while (!latch.tryEnter());
    const woken: number[] = [];
    const wake = (member: number) => void woken.push(members.party(member));
    for (const member of [...members]) {
      const dead = members.party(member);
      if (Atomics.load(this.notes, DEAD + dead - 1) === 1) semaphore.bury(member, wake);
    }
    const result = action(members.enter(party + 1), wake);
    latch.leave();
    for (const id of woken) Atomics.store(this.notes, AWAKE + id - 1, 1);
    return result;
  }
}

/** How many operations a party does alone. */
function lengthOf(setting: Setting): number {
  return new Model(setting).schedule.run(0, ENOUGH);
}

const SETTINGS: Record<string, Setting> = {
  "a lock, two parties": { permits: 1, manners: ["wait", "wait"] },
  "a lock, three parties": { permits: 1, manners: ["wait", "wait", "wait"] },
  "a lock, one gives up": { permits: 1, manners: ["wait", "give up", "wait"] },
  "a re-entrant lock": { permits: 1, reentrant: true, manners: ["wait", "wait", "wait"] },
  "two permits": { permits: 2, manners: ["wait", "wait", "wait"] },
  "no permit at first": { permits: 0, manners: ["stranger", "give up", "stranger"] },
  "one held, one that belongs to nobody": { permits: 1, manners: ["wait", "take", "stranger"] },
};

for (const [name, setting] of Object.entries(SETTINGS)) {
  test(
    `SharedSemaphore goes on whenever parties are switched: ${name}`,
    { timeout: 60_000 },
    () => {
      const length = lengthOf(setting);
      for (let first = 0; first <= length; first++) {
        for (let second = 0; second <= length; second += 3) {
          const model = new Model(setting);
          model.schedule.run(0, first);
          model.schedule.run(1, second);
          if (setting.manners.length > 2) model.schedule.run(2, first);
          model.finish(`after ${first} and ${second} steps`);
        }
      }
    },
  );

  test(`SharedSemaphore goes on whenever a party is killed: ${name}`, { timeout: 60_000 }, () => {
    const length = lengthOf(setting);
    for (let first = 0; first <= length; first++) {
      for (let second = 0; second <= 2 * length; second += 7) {
        for (const victim of [0, 1]) {
          const model = new Model(setting);
          model.schedule.run(0, first);
          model.schedule.run(1, second);
          model.kill(victim);
          model.finish(`${victim} killed after ${first} and ${second} steps`);
        }
      }
    }
  });
}

test("SharedSemaphore goes on when a party dies that buries another", { timeout: 60_000 }, () => {
  const setting: Setting = { permits: 1, manners: ["wait", "wait", "wait"] };
  const length = lengthOf(setting);
  for (let first = 0; first <= length; first += 2) {
    for (let second = 0; second <= 2 * length; second++) {
      const model = new Model(setting);
      model.schedule.run(2, first % 50);
      model.schedule.run(0, first);
      model.kill(0);
      model.schedule.run(1, second);
      model.kill(1);
      model.finish(`killed after ${first} and ${second} steps`);
    }
  }
});

for (const manner of ["wait", "take"] as const) {
  test(`SharedSemaphore passes on what a party had not taken that dies: ${manner}`, {
    timeout: 60_000,
  }, () => {
    const setting: Setting = { permits: 0, manners: [manner, "take", "stranger", "stranger"] };
    const length = new Model(setting).schedule.run(2, ENOUGH);
    for (let first = 0; first <= 4 * length; first++) {
      for (let second = 0; second <= 4 * length; second++) {
        const model = new Model(setting);
        // Both wait by then.
        model.schedule.run(0, 3 * length);
        model.schedule.run(1, 3 * length);
        model.schedule.run(2, first);
        model.schedule.run(0, second);
        model.kill(0);
        model.finish(`killed after ${first} and ${second} steps`);
      }
    }
  });
}

/** The waits of one party at shared structures, and how it hears of the end of others. */

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { Monitor } from "../../src/parties/monitor.ts";
import { PARTY_TABLE_BYTES, PartyTable } from "../../src/parties/party_table.ts";
import type { Program } from "../../src/parties/program.ts";
import type { Poller } from "../../src/parties/waker.ts";
import { initSemaphore, SEMAPHORE_BYTES, SharedSemaphore } from "../../src/sync/semaphore.ts";
import { plainBlock } from "../support/plain_block.ts";

/** A program of two parties, as the first one sees it, whose waker notes who is watched. */
class Scene {
  readonly parties = new PartyTable(plainBlock(PARTY_TABLE_BYTES));
  readonly self = this.parties.claim(0);
  readonly other = this.parties.claim(0);
  readonly pollers = new Set<Poller>();
  /** Whom to tell that the other party has ended. */
  readonly watchers: (() => void)[] = [];
  readonly program = {
    method: "process",
    self: this.self,
    parties: this.parties,
    probe: () => {},
    waker: {
      isGone: false,
      add: (poller: Poller) => this.pollers.add(poller),
      remove: (poller: Poller) => this.pollers.delete(poller),
      expect: () => queueMicrotask(() => this.pollers.forEach((poller) => poller.poll())),
      notify: () => {},
      watch: (party: number, onEnd: () => void) => {
        assertEquals(party, this.other);
        this.watchers.push(onEnd);
      },
    },
  } as unknown as Program;

  /** A lock that the other party has, and a wait for it. */
  contend(options?: { timeout: number }): Promise<boolean> {
    const { words } = plainBlock(SEMAPHORE_BYTES);
    initSemaphore(words, 1, 1);
    const isDead = (party: number) => this.parties.isDead(party);
    const theirs = new SharedSemaphore(words, this.other, isDead);
    theirs.latch.tryEnter();
    theirs.tryTake(theirs.members.enter(this.other));
    theirs.latch.leave();
    const mine = new SharedSemaphore(words, this.self, isDead);
    const { latch, members, queue } = mine;
    const bury = (member: number, wake: (member: number) => void) => mine.bury(member, wake);
    const monitor = new Monitor(this.program, { latch, members, queue, bury });
    return monitor.wait((member) => mine.tryTake(member), options);
  }

  endOther(): void {
    this.parties.markDead(this.other);
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}

test("Monitor has another party watched once, however many locks are contended", async () => {
  const scene = new Scene();
  for (let i = 0; i < 20; i++) assertEquals(await scene.contend({ timeout: 1 }), false);
  assertEquals(scene.watchers.length, 1);
  assertEquals(scene.pollers.size, 0);
});

test("Monitor gives the locks of a party that has ended to those who wait here", async () => {
  const scene = new Scene();
  const waits = [scene.contend(), scene.contend()];
  scene.endOther();
  assertEquals(await Promise.all(waits), [true, true]);
  assertEquals(scene.pollers.size, 0);
});

/** The workers of a pool as their set sees them, one step at a time. */

import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { WorkerSet, type WorkerSetOwner } from "../../src/pool/schedule/worker_set.ts";
import type { PoolWorker } from "../../src/pool/schedule/worker.ts";
import { ProcessError } from "../../src/errors.ts";

/** A worker that does what it is told. */
class FakeWorker {
  readonly name: string;
  ready = false;
  leaving = false;
  idleAt = -1;
  lifetime = 1;
  readonly pid = 1;
  readonly startTimes = { startMs: 1, initMs: 1 };
  readonly lane = { load: 0, answered: 0 };
  accept!: (initMs?: number) => void;
  refuse!: (error: unknown) => void;
  end!: (exitCode: number) => void;
  readonly ended: Promise<number> = new Promise((resolve) => this.end = resolve);
  readonly child = {
    handle: { pid: null, kill: () => {} },
    acceptance: {
      accepted: new Promise<number>((resolve, reject) => {
        this.accept = (initMs = 1) => resolve(initMs);
        this.refuse = reject;
      }),
    },
  };

  constructor(number: number) {
    this.name = `Fake-${number}`;
  }

  becameReady(): void {
    this.ready = true;
  }
}

class FakeOwner implements WorkerSetOwner {
  number = 1;
  wantsWorkers = true;
  isOver = false;
  hasWork = false;
  readonly said: string[] = [];

  ready(worker: PoolWorker): void {
    this.said.push(`ready ${worker.name}`);
  }
  buried(worker: PoolWorker): boolean {
    this.said.push(`buried ${worker.name}`);
    return false;
  }
  retire(worker: PoolWorker): void {
    this.said.push(`retire ${worker.name}`);
  }
  filled(): void {}
  broken(what: string, cause: unknown): void {
    this.wantsWorkers = false;
    this.isOver = true;
    this.said.push(`broken: ${what}: ${(cause as Error).message}`);
  }
}

function newSet(least: number, most: number, patience?: number): {
  set: WorkerSet;
  owner: FakeOwner;
  started: FakeWorker[];
  fail: { next: number };
} {
  const owner = new FakeOwner();
  const started: FakeWorker[] = [];
  const fail = { next: 0 };
  const start = (): PoolWorker => {
    if (fail.next-- > 0) throw new ProcessError("no room for a process");
    started.push(new FakeWorker(started.length + 1));
    return started[started.length - 1] as unknown as PoolWorker;
  };
  const life = { least, most, tasks: Infinity, memory: null };
  return { set: new WorkerSet(life, start, owner, patience), owner, started, fail };
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

test("WorkerSet starts the least, grows for what waits, and never above the most", () => {
  const { set, started } = newSet(1, 3);
  set.fill();
  assertEquals(started.length, 1);
  set.growFor(0);
  set.growFor(1);
  assertEquals(started.length, 1);
  started[0].lane.load = 2;
  set.growFor(1);
  assertEquals(started.length, 2);
  set.growFor(100);
  assertEquals(started.length, 3);
  assertEquals(set.canGrow, false);
  set.stop();
});

test("WorkerSet replaces a worker when it has ended, and not before", async () => {
  const { set, owner, started } = newSet(1, 1);
  set.fill();
  started[0].accept();
  await settle();
  started[0].leaving = true;
  set.fill();
  assertEquals(started.length, 1);
  started[0].end(0);
  await settle();
  assertEquals(owner.said, ["ready Fake-1", "buried Fake-1"]);
  assertEquals(started.length, 2);
});

test("WorkerSet replaces workers that end in vain more and more slowly", async () => {
  const { set, started } = newSet(1, 1);
  set.fill();
  started[0].end(1);
  await settle();
  assertEquals(started.length, 2);
  started[1].end(1);
  await settle();
  assertEquals(started.length, 2);
  while (started.length < 3) await sleep(5);
  let ended = false;
  void set.ended().then(() => ended = true);
  started[2].end(1);
  await settle();
  assertEquals([started.length, ended], [3, false]);
  set.stop();
  await settle();
  assertEquals(ended, true);
});

test("WorkerSet does not hold a long life against anybody", async () => {
  const { set, started } = newSet(1, 1);
  set.fill();
  for (let i = 0; i < 20; i++) {
    started[i].accept();
    await settle();
    started[i].lifetime = 60_000;
    started[i].end(1);
    await settle();
    assertEquals(started.length, i + 2);
  }
});

test("WorkerSet gives up when workers end before they do anything although there is work", async () => {
  const { set, owner, started } = newSet(8, 8);
  set.fill();
  owner.hasWork = true;
  for (const worker of started.slice()) {
    worker.accept();
    await settle();
    worker.end(3);
    await settle();
  }
  const last = owner.said[owner.said.length - 1];
  assertStringIncludes(last, "broken: its workers end before they do anything");
  assertStringIncludes(last, "Fake-8 ended by exit code 3");
  set.stop();
});

test("WorkerSet gives up when none could start three times in a row, and at once at an initializer's error", async () => {
  const deaths = newSet(3, 3);
  deaths.set.fill();
  for (const worker of deaths.started) worker.refuse(new ProcessError("it ended"));
  await settle();
  assert(deaths.owner.said.includes("broken: its workers cannot start: it ended"));
  const failing = newSet(3, 3);
  failing.set.fill();
  failing.started[0].refuse(new RangeError("no initialization"));
  await settle();
  assertEquals(failing.owner.said, ["broken: its workers cannot start: no initialization"]);
});

test("WorkerSet that worked gets another chance when no worker can be started for a while", async () => {
  const fresh = newSet(1, 1);
  fresh.fail.next = 1;
  fresh.set.fill();
  assertEquals(fresh.owner.said, ["broken: a worker cannot be started: no room for a process"]);
  const { set, owner, started, fail } = newSet(2, 2);
  set.fill();
  started[0].accept();
  await settle();
  fail.next = 4;
  started[1].lane.answered = 1;
  started[1].end(1);
  while (started.length < 3) await sleep(5);
  assertEquals(owner.said.filter((line) => line.startsWith("broken")), []);
  set.stop();
});

test("WorkerSet that worked waits for a shortage to pass that its new workers meet, and not for ever", async () => {
  const { set, owner, started } = newSet(4, 4, 100);
  owner.hasWork = true;
  set.fill();
  started[0].accept();
  await settle();
  const full = Object.assign(new Error("open"), { code: "EMFILE" });
  const refuseAll = async (): Promise<void> => {
    for (const worker of started.filter(({ ready, leaving }) => !ready && !leaving)) {
      worker.refuse(full);
      await settle();
      worker.end(1);
      await settle();
    }
  };
  for (let round = 0; round < 3; round++) await refuseAll();
  const broken = (): string[] => owner.said.filter((line) => line.startsWith("broken"));
  assertEquals(broken(), []);
  while (broken().length === 0) {
    await sleep(5);
    await refuseAll();
  }
  assertEquals(broken(), ["broken: its workers cannot start: open"]);
  set.stop();
});

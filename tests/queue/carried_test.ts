/** What comes with an item stays good for as long as somebody has the item in hand, and is lost with the last who had. */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { assertEquals, assertRejects } from "@std/assert";
import { type Connection, EOFError, type Process, type Queue } from "../../mod.ts";
import * as targets from "../fixtures/queue_targets.ts";
import { Slow } from "../fixtures/slow_class.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";

interface Scene {
  readonly queue: Queue<[Slow, Connection]>;
  readonly here: Connection;
  readonly child: Process;
  /** Lets the child load what it needs for the item. */
  open(): void;
}

/** A child that has taken an item with a connection, and loads what it needs to rebuild it. */
async function withItemInHand(neverLoads: boolean = false): Promise<Scene> {
  const queue = new mp.Queue<[Slow, Connection]>();
  const [here, there] = mp.Pipe();
  const gate = freshPath();
  const args = [queue, gate, neverLoads];
  const child = new mp.Process({ target: targets.getSlowly as never, args, daemon: true });
  await child.start();
  await queue.put([new Slow(), there]);
  await until(() => existsSync(`${gate}.begun`));
  return { queue, here, child, open: () => writeFileSync(gate, "") };
}

/** Lets an hour pass by the clock, and looks before and after. */
async function lookAgainLater(here: Connection): Promise<boolean[]> {
  const { now } = performance;
  const seen = [await here.poll({ timeout: 20 })];
  performance.now = () => now.call(performance) + 3_600_000;
  try {
    seen.push(await here.poll({ timeout: 20 }));
    seen.push(await here.poll({ timeout: 20 }));
  } finally {
    performance.now = now;
  }
  return seen;
}

conform("a connection waits for a receiver that loads modules for an hour", async (note) => {
  const { here, child, open } = await withItemInHand();
  note(await lookAgainLater(here));
  open();
  note(await here.recv());
  note(await child.join());
});

conform("a connection waits for a receiver that stands still", async (note) => {
  const { here, child, open } = await withItemInHand();
  process.kill(child.pid!, "SIGSTOP");
  try {
    note(await lookAgainLater(here));
  } finally {
    process.kill(child.pid!, "SIGCONT");
  }
  open();
  note(await here.recv());
  note(await child.join());
}, { skip: ownPid });

conform(
  "a connection arrives with an item that was taken before all were dropped",
  async (note) => {
    const { queue, here, child, open } = await withItemInHand();
    const [other, end] = mp.Pipe();
    await queue.put([new Slow(), end]);
    await queue.shutdown({ immediate: true });
    note((await assertRejects(() => other.recv(), EOFError)).name);
    note(await here.poll({ timeout: 20 }));
    open();
    note(await here.recv());
    note(await child.join());
  },
);

conform("a connection is closed when the receiver dies that had the item in hand", async (note) => {
  const { here, child } = await withItemInHand();
  const received = assertRejects(() => here.recv(), EOFError);
  child.terminate();
  note((await received).name);
  await child.join();
});

conform("a connection is closed when the item cannot be rebuilt", async (note) => {
  const { here, child, open } = await withItemInHand(true);
  open();
  note((await assertRejects(() => here.recv(), EOFError)).name);
  assertEquals(child.isAlive(), true);
  child.terminate();
  await child.join();
});

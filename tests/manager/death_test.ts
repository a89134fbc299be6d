/**
 * What the others see when a client or the server ends or is killed, and what becomes of the
 * objects.
 */

import { existsSync } from "node:fs";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { EOFError, ProcessError, SyncManager } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { freshPath, mp, readValue, until, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";
import { method } from "../support/method.ts";
import { isRunning, startProgram } from "../support/programs.ts";

const noKill = method === "thread"
  ? "the server of a thread manager is a thread of this very process (no own pid to kill)"
  : false;

for (const kind of ["Lock", "RLock", "Semaphore"] as const) {
  managed(`a ${kind} of a killed process comes free`, async (manager, note) => {
    const lock = await manager[kind]();
    const held = await manager.Event();
    const manner = kind === "Semaphore" ? "hold" : "acquire";
    const child = new mp.Process({ target: targets.holdForEver, args: [lock, held, 1, manner] });
    await child.start();
    await held.wait();
    note([await lock.locked(), await lock.acquire({ timeout: 0 })]);
    const waiting = lock.acquire();
    child.kill();
    note([await waiting, await lock.abandoned()]);
    await child.join();
    await lock.release();
    assertEquals(await lock.abandoned(), false);
  });
}

managed("a process that is killed while it waits for an item loses none", async (manager, note) => {
  const queue = await manager.Queue<number>();
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [queue, near] });
  await child.start();
  await near.wait();
  child.kill();
  await child.join();
  let { clients } = await manager.stats();
  while (clients > 1) ({ clients } = await manager.stats());
  await queue.put(1);
  note([await queue.get({ timeout: 5_000 }), clients]);
});

managed("a barrier breaks when one who waits at it is killed", async (manager, note) => {
  const barrier = await manager.Barrier(3);
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [barrier, near] });
  await child.start();
  await near.wait();
  const mine = failure(barrier.wait());
  child.kill();
  note(await mine);
  await child.join();
});

managed("when the server is killed every call is told, in all processes", async (manager, note) => {
  const queue = await manager.Queue();
  const near = await manager.Event();
  const lost = valueOf(targets.tellLoss, queue, near);
  await near.wait();
  const mine = queue.get().then(() => "an item", (error: Error) => error.name);
  await queue.qsize();
  process.kill(manager.pid!, "SIGKILL");
  note([await mine, await lost]);
  await assertRejects(() => manager.dict(), EOFError);
  await manager.shutdown();
}, { skip: noKill });

/** A text without what is different in each run. */
function withoutNumbers(text: string, pid: number | null): string {
  return text.replaceAll(`pid ${pid}`, "pid P").replace(/(server \w+)-[\d.:-]+/, "$1-N");
}

managed("who calls a server that was killed is told who has died, and of what", async (
  manager,
  note,
) => {
  const queue = await manager.Queue();
  const near = await manager.Event();
  const lost = valueOf(targets.tellLossText, queue, near);
  await near.wait();
  const { pid } = manager;
  const mine = [queue.get(), queue.get()].map(failure);
  await queue.qsize();
  process.kill(pid!, "SIGKILL");
  const told = [...await Promise.all(mine), await failure(queue.put(1)), await lost as string];
  note(told.map((text) => withoutNumbers(text, pid)));
  assertEquals(
    withoutNumbers(told[2], pid),
    "EOFError: The manager's server SyncManager-N (pid P) ended by SIGKILL",
  );
  assertEquals(withoutNumbers(told[3], pid), "EOFError: The manager's server (pid P) has ended");
}, { skip: noKill });

conform("who calls a server that ends itself is told its exit code", async (note) => {
  const manager = new targets.MixedManager();
  await manager.start();
  const { pid } = manager;
  const bomb = await manager.Bomb();
  const waiting = failure((await manager.Queue()).get());
  const told = [await failure(bomb.explode()), await waiting, await failure(manager.stats())];
  note(told.map((text) => withoutNumbers(text, pid)));
  for (const text of told) assert(text.includes("ended by exit code 3"), text);
  await manager.shutdown();
});

conform("whoever waits when its manager is shut down is told just that", async (note) => {
  const manager = await mp.Manager();
  const waiting = failure((await manager.Queue()).get());
  await manager.stats();
  await manager.shutdown();
  note([await waiting, await failure(manager.list())]);
});

conform(
  "whatever waits is told when the server ends, and so is all that comes later",
  async (note) => {
    const manager = new targets.MixedManager();
    await manager.start();
    const [queue, tasks] = [
      await manager.Queue<number>({ maxSize: 1 }),
      await manager.JoinableQueue(),
    ];
    const [lock, semaphore] = [await manager.RLock(), await manager.Semaphore(0)];
    const [event, barrier] = [await manager.Event(), await manager.Barrier(2)];
    const condition = await manager.Condition();
    const taken = await manager.Lock();
    const bomb = await manager.Bomb();
    const numbers = await bomb.toldAt(freshPath());
    await lock.acquire();
    await taken.acquire();
    await tasks.put(1);
    await condition.acquire();
    const get = queue.get();
    const later = [
      get,
      tasks.join(),
      taken.acquire(),
      semaphore.acquire(),
      event.wait(),
      barrier.wait(),
      condition.wait(),
      condition.waitFor(() => false),
      queue.get({ timeout: 60_000 }),
    ].map(failure);
    const bang = failure(bomb.explode());
    note([await bang, ...await Promise.all(later)].map((text) => text.split(":")[0]));
    const after: Promise<unknown>[] = [
      queue.put(1),
      queue.get({ timeout: 0 }),
      lock.release(),
      event.isSet(),
      numbers.next(),
      manager.dict(),
      manager.stats(),
      lock.hold(),
    ];
    note((await Promise.all(after.map(failure))).map((text) => text.split(":")[0]));
    for (const proxy of [queue, tasks, lock, numbers]) proxy.dispose();
    await manager.shutdown();
    await assertRejects(() => manager.list(), EOFError);
  },
);

conform(
  "when its parent is killed the server ends by itself, and its pool with it",
  async (note) => {
    const [address, path] = [freshPath(), freshPath()];
    const program = startProgram("manager_parent.ts", address, path);
    await until(() => readValue(path) !== undefined);
    const { server, worker } = readValue(path) as { server: number; worker: number };
    {
      await using client = new SyncManager({ address });
      await client.connect();
      note(await (await client.list([1])).copy());
      const waiting = failure((await client.Queue()).get());
      process.kill(program.pid, "SIGKILL");
      note((await waiting).split(":")[0]);
    }
    await program.ended;
    await until(() => ![program.pid, server, worker].some(isRunning));
    await assertRejects(() => new SyncManager({ address }).connect(), ProcessError);
    // A process that is killed with its parent leaves its socket's file, which is in nobody's way.
    await using again = new mp.SyncManager({ address });
    await again.start();
    note(await (await again.list([2])).copy());
    await again.shutdown();
    assertEquals(existsSync(address), false);
  },
);

conform("an object goes with its last holder, however that ends", async (note) => {
  await using manager = await mp.Manager();
  const list = await manager.list<string>();
  const over = await manager.Event();
  const [first, second] = [await manager.Event(), await manager.Event()];
  const children = [first, second].map((near) =>
    new mp.Process({ target: targets.keepUntil, args: [list, near, over] })
  );
  for (const child of children) await child.start();
  await first.wait();
  await second.wait();
  note(await list.copy());
  list.dispose();
  const objects = async () => (await manager.stats()).objects;
  note(await objects());
  children[0].kill();
  await children[0].join();
  let { clients } = await manager.stats();
  while (clients > 2) ({ clients } = await manager.stats());
  note(await objects());
  await over.set();
  await children[1].join();
  while (await objects() > 3) await Promise.resolve();
  note(await objects());
});

conform("an iterator from afar that its last holder gives up is closed", async (note) => {
  await using manager = new targets.MixedManager();
  await manager.start();
  const bomb = await manager.Bomb();
  const paths = [freshPath(), freshPath(), freshPath()];
  for await (const n of await bomb.toldAt(paths[0])) if (n === 2) break;
  note(readValue(paths[0]));
  const dropped = await bomb.toldAt(paths[1]);
  note(await dropped.next());
  dropped.dispose();
  await until(() => readValue(paths[1]) !== undefined);
  note([await dropped.next(), await dropped.return()]);
  const shared = await bomb.toldAt(paths[2]);
  const near = await manager.Event();
  const child = new mp.Process({ target: targets.stepAndStay, args: [shared, near] });
  await child.start();
  await near.wait();
  note([(await shared.next()).value, readValue(paths[2])]);
  shared.dispose();
  await manager.stats();
  note(readValue(paths[2]));
  child.kill();
  await child.join();
  await until(() => readValue(paths[2]) !== undefined);
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});

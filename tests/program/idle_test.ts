/** Who waits sleeps: however long a wait is, nobody looks again and again meanwhile. */

import { setTimeout as sleep } from "node:timers/promises";
import { wait } from "../../mod.ts";
import { programOf } from "../../src/parties/program.ts";
import * as targets from "../fixtures/idle_targets.ts";
import { endAfterChild } from "../fixtures/sync_targets.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const { parties } = programOf(method);

/** Looks, one after the other, at which nobody may be awake: one alone could lie between two wake-ups. */
const LOOKS = 5;

/** Resolves when this party and all others sleep on; the test's limit ends it otherwise. */
async function everybodySleeps(): Promise<void> {
  let asleep = 0;
  while (asleep < LOOKS) {
    await sleep(2);
    asleep = parties.awake > 0 ? 0 : asleep + 1;
  }
}

/** Lets something wait until everybody sleeps, and then end. */
async function sleepsIn<T>(waiting: Promise<T>, end: () => unknown): Promise<T> {
  await everybodySleeps();
  await end();
  return await waiting;
}

conform(
  "connections: who waits for a message, or for several connections, sleeps",
  async (note) => {
    const [a, b] = mp.Pipe<number>();
    note(await sleepsIn(a.recv(), () => b.send(1)));
    note(await sleepsIn(a.recvBytes(), () => b.sendBytes(new Uint8Array(2))));
    note(await sleepsIn(a.poll({ timeout: 20_000 }), () => b.send(3)));
    note(await sleepsIn(wait([a, b]), () => a.send(4)).then((ready) => ready.length));
    for await (const message of a) {
      note(message);
      if (message === 5) break;
      await everybodySleeps();
      await b.send(5);
    }
  },
);

conform("connections: who waits until a message is read sleeps", async (note) => {
  const [a, b] = mp.Pipe<Uint8Array>();
  const large = new Uint8Array(1 << 20);
  const sent = [b.send(large), b.send(large)];
  note(
    await sleepsIn(Promise.all(sent), async () => {
      await a.recv();
      await a.recv();
    }),
  );
});

conform("connections: two sides that wait for each other's process sleep", async (note) => {
  const [a, b] = mp.Pipe<number>();
  const child = new mp.Process({ target: targets.answer, args: [b] });
  await child.start();
  for (const value of [1, 2]) {
    await everybodySleeps();
    await a.send(value);
    note(await a.recv());
  }
  note(await sleepsIn(child.join(), () => a.send(0)));
});

conform(
  "queues: who waits for an item, for room or for the tasks to be done sleeps",
  async (note) => {
    const queue = new mp.JoinableQueue<number>({ maxSize: 1 });
    note(await sleepsIn(queue.get(), () => queue.put(1)));
    await queue.put(2);
    note(await sleepsIn(queue.put(3), () => queue.get()));
    await queue.get();
    for (let task = 0; task < 2; task++) queue.taskDone();
    note(await sleepsIn(queue.join(), () => queue.taskDone()));
    const simple = new mp.SimpleQueue<number>();
    note(await sleepsIn(simple.get(), () => simple.put(4)));
    note(await sleepsIn(wait([queue]), () => queue.put(5)).then((ready) => ready.length));
  },
);

conform("locks and the like: who waits sleeps", async (note) => {
  const lock = new mp.Lock();
  await lock.acquire();
  note(await sleepsIn(lock.acquire(), () => lock.release()));
  const semaphore = new mp.Semaphore(0);
  note(await sleepsIn(semaphore.acquire({ timeout: 20_000 }), () => semaphore.release()));
  const event = new mp.Event();
  note(await sleepsIn(event.wait(), () => event.set()));
  const barrier = new mp.Barrier(2);
  const other = sleepsIn(barrier.wait(), () => barrier.wait());
  note(await other < 2);
  const condition = new mp.Condition();
  await condition.acquire();
  const waiting = condition.wait();
  note(await sleepsIn(waiting, () => condition.withLock(() => condition.notify())));
  condition.release();
});

conform(
  "processes and pools: who waits for an end or a result sleeps, and so do idle workers",
  async (note) => {
    const event = new mp.Event();
    const child = new mp.Process({ target: targets.waitFor, args: [event] });
    await child.start();
    note(await sleepsIn(child.join(), () => event.set()));
    event.clear();
    await using pool = new mp.Pool(2);
    note(await pool.map(targets.double, [1, 2, 3]));
    await everybodySleeps();
    note(await sleepsIn(pool.apply(targets.waitFor, [event]), () => event.set()));
    const results = pool.imap(targets.double, [4, 5]);
    note((await results.next()).value ?? null);
    await everybodySleeps();
    note((await results.next()).value ?? null);
  },
);

conform("managers: servers and clients sleep between and in calls", async (note) => {
  await using manager = await mp.Manager();
  const dict = await manager.dict<string, number>();
  await dict.set("a", 1);
  await everybodySleeps();
  note(await dict.get("a"));
  const queue = await manager.Queue<number>();
  note(await sleepsIn(queue.get(), () => queue.put(2)));
});

for (const ending of ["exit", "throw"] as const) {
  conform(
    `who sleeps is woken, though somebody who rang for it has ended by ${ending}`,
    async (note) => {
      const [here, there] = mp.Pipe<number>();
      const sleeper = new mp.Process({ target: targets.answer, args: [there] });
      await sleeper.start();
      for (let round = 0; round < 3; round++) {
        await everybodySleeps();
        const child = new mp.Process({ target: endAfterChild, args: [ending], stderr: "null" });
        await child.start();
        await child.join();
        await here.send(round + 1);
        note(await here.recv());
      }
      await here.send(0);
      note(await sleeper.join());
    },
  );
}

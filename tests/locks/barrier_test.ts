/** `Barrier`: processes wait for each other. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Barrier,
  type BarrierOptions,
  BrokenBarrierError,
  capture,
  FreeVariableError,
  ref,
} from "../../mod.ts";
import * as targets from "../fixtures/sync_targets.ts";
import { freshPath, mp, readValue, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("Barrier gives each another number, round after round", async (note) => {
  const barrier = new mp.Barrier(3);
  const rounds = [];
  for (let i = 0; i < 3; i++) {
    rounds.push(await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]));
  }
  note([rounds, barrier.parties, barrier.nWaiting, barrier.broken]);
  assertEquals(rounds, [[0, 1, 2], [0, 1, 2], [0, 1, 2]]);
  assertEquals(await new mp.Barrier(1).wait(), 0);
});

conform("Barrier runs its action once a round, before all go on", async (note) => {
  const events: string[] = [];
  const action = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    events.push("action");
  };
  const barrier = new mp.Barrier(2, { action });
  await Promise.all([1, 2, 3, 4].map(async () => {
    await barrier.wait();
    events.push("go");
  }));
  note(events);
  assertEquals(events.filter((event) => event === "action").length, 2);
});

conform("Barrier breaks when its action fails", async (note) => {
  const barrier = new mp.Barrier(2, { action: () => Promise.reject(new TypeError("no")) });
  const first = assertRejects(() => barrier.wait(), BrokenBarrierError);
  await assertRejects(() => barrier.wait(), TypeError, "no");
  await first;
  note(barrier.broken);
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
});

conform("Barrier breaks for all when one gives up", async (note) => {
  const barrier = new mp.Barrier(3, { timeout: 20 });
  const waits = [barrier.wait({ timeout: 10_000 }), barrier.wait()];
  const results = await Promise.allSettled(waits);
  note(results.map((result) => (result as PromiseRejectedResult).reason.name));
  assertEquals([barrier.broken, barrier.nWaiting], [true, 0]);
  barrier.reset();
  const controller = new AbortController();
  const aborted = assertRejects(() => barrier.wait({ signal: controller.signal }), Error, "enough");
  const other = assertRejects(() => barrier.wait(), BrokenBarrierError);
  controller.abort(new Error("enough"));
  await Promise.all([aborted, other]);
});

conform("Barrier.reset() and abort() send away who waits", async (note) => {
  const barrier = new mp.Barrier(2);
  const first = assertRejects(() => barrier.wait(), BrokenBarrierError);
  await until(() => barrier.nWaiting === 1);
  barrier.reset();
  await first;
  note([barrier.broken, await Promise.all([barrier.wait(), barrier.wait()])]);
  const second = assertRejects(() => barrier.wait(), BrokenBarrierError);
  barrier.abort();
  await second;
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
  barrier.reset();
  note([barrier.broken, await Promise.all([barrier.wait(), barrier.wait()])]);
});

conform("Barrier joins processes", async (note) => {
  const barrier = new mp.Barrier(3, { action: () => undefined });
  const paths = [freshPath(), freshPath()];
  const children = paths.map((path) =>
    new mp.Process({ target: targets.tellWait, args: [path, barrier] })
  );
  for (const child of children) await child.start();
  const all = [await barrier.wait()];
  for (const child of children) assertEquals(await child.join(), 0);
  all.push(...paths.map(readValue) as number[]);
  note(all.sort());
  assertEquals(all.sort(), [0, 1, 2]);
});

conform("Barrier breaks for the others when one dies that waits", async (note) => {
  const barrier = new mp.Barrier(3);
  const near = new mp.Event();
  const child = new mp.Process({ target: targets.waitForEver, args: [barrier, near] });
  await child.start();
  await near.wait();
  await until(() => barrier.nWaiting === 1);
  const waiting = assertRejects(() => barrier.wait(), BrokenBarrierError);
  child.kill();
  note((await waiting).message);
  await child.join();
  barrier.reset();
  assertEquals(barrier.broken, false);
});

/** Every way in which a function can be named. */
function actions(): Required<BarrierOptions>["action"][] {
  const key = "acts of a barrier";
  const { act } = targets;
  return [
    targets.act,
    () => {
      const counts = globalThis as unknown as Record<symbol, number>;
      counts[Symbol.for("acts of a barrier")]++;
    },
    capture({ key }, () => {
      const counts = globalThis as unknown as Record<symbol, number>;
      counts[Symbol.for(key)]++;
    }),
    capture({ act }, () => act()),
    ref(new URL("../fixtures/sync_targets.ts", import.meta.url), "act"),
  ];
}

conform("Barrier can be sent in the moment in which it was made, with any action", async (note) => {
  const seen: unknown[] = [];
  const [near, far] = mp.Pipe<Barrier, never>();
  const queue = new mp.Queue<Barrier>();
  await using pool = new mp.Pool(1);
  await pool.apply(() => {});
  const ways: ((path: string, barrier: Barrier) => Promise<void>)[] = [
    async (path, barrier) => {
      const child = new mp.Process({ target: targets.tellComeLast, args: [path, barrier] });
      await child.start();
      await child.join();
    },
    async (path, barrier) => {
      await queue.put(barrier);
      const child = new mp.Process({ target: targets.comeLastTo, args: [path, queue] });
      await child.start();
      await child.join();
    },
    async (path, barrier) => {
      await pool.apply(targets.tellComeLast, [path, barrier]);
    },
    async (path, barrier) => {
      await near.send(barrier);
      const child = new mp.Process({ target: targets.comeLastTo, args: [path, far] });
      await child.start();
      await child.join();
    },
  ];
  for (const [index, send] of ways.entries()) {
    for (const action of index % 2 === 0 ? actions() : actions().slice(0, 1)) {
      const path = freshPath();
      const barrier = new mp.Barrier(2, { action });
      const came = barrier.wait();
      await send(path, barrier);
      seen.push(readValue(path), await came);
    }
  }
  note(seen);
  assertEquals(seen, Array(12).fill([1, 0]).flat());
});

conform("Barrier runs an action of any kind here as well", async () => {
  for (const action of actions()) {
    const barrier = new mp.Barrier(1, { action });
    assertEquals(await targets.comeLast(barrier), 1);
  }
  const globals = globalThis as unknown as { roundsOfBarrier?: number };
  let round = 0;
  const keeping = capture({ round }, () => {
    round++;
    (globalThis as unknown as { roundsOfBarrier?: number }).roundsOfBarrier = round;
  });
  const barrier = new mp.Barrier(1, { action: keeping });
  await barrier.wait();
  await barrier.wait();
  assertEquals([globals.roundsOfBarrier, round], [2, 0]);
});

conform(
  "Barrier with an action that uses outer variables runs it here, and is not sent",
  async (note) => {
    const found: number[] = [];
    const action = () => found.push(1);
    const barrier = new mp.Barrier(1, { action });
    const child = new mp.Process({ target: targets.comeLast, args: [barrier] });
    const error = await assertRejects(() => child.start(), FreeVariableError);
    note([error.name, error.variables]);
    await barrier.wait();
    assertEquals(found, [1]);
    const queue = new mp.Queue<unknown>();
    await assertRejects(() => queue.put([barrier]), FreeVariableError, "found");
    assertEquals(await queue.empty(), true);
    const lacking = capture({ other: 1 }, () => found.push(2));
    const second = new mp.Barrier(1, { action: lacking });
    await assertRejects(() => second.wait(), FreeVariableError, "found");
  },
);

conform(
  "Barrier whose action cannot be named tells who runs it, where it was sent at once",
  async (note) => {
    const found: number[] = [];
    await using pool = new mp.Pool(1);
    await pool.apply(() => {});
    const barrier = new mp.Barrier(2, { action: () => found.push(1) });
    const broken = assertRejects(() => barrier.wait(), BrokenBarrierError);
    const error = await assertRejects(
      () => pool.apply(targets.comeLast, [barrier]),
      FreeVariableError,
    );
    await broken;
    note([error.name, error.variables, found]);
  },
);

conform("Barrier refuses what makes no sense", (note) => {
  note(assertThrows(() => new mp.Barrier(0), RangeError).message);
  note(assertThrows(() => new mp.Barrier("2" as never), TypeError).message);
  for (const options of [null, 5, "x", [], { parties: 2 }]) {
    note(assertThrows(() => new mp.Barrier(2, options as never), TypeError).message);
  }
  note(assertThrows(() => new mp.Barrier(2, { action: 1 as never }), TypeError).message);
  note(assertThrows(() => new mp.Barrier(2, { action: null as never }), TypeError).message);
  note(assertThrows(() => new mp.Barrier(2, { action: class {} as never }), TypeError).message);
  note(assertThrows(() => new mp.Barrier(2, { timeout: "1" as never }), TypeError).message);
});

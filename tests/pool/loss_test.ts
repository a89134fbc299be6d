/** `Pool`: workers that die. */

import process from "node:process";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Callable, capture, type Pool, WorkerLostError } from "../../mod.ts";
import {
  burn,
  bytes,
  complainAndLeave,
  computeUntil,
  create,
  failLater,
  getState,
  identity,
  killSelf,
  leave,
  leaveByProcess,
  pid,
  setState,
  square,
  waitUntil,
  whoAmI,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform, type ConformOptions } from "../support/conform.ts";

const { ownPid } = mp.capabilities;
const needsSignals: ConformOptions = {
  skip: ownPid ? false : "no ownPid: a thread gets no signals of its own",
};
const ten = Array.from({ length: 10 }, (_, i) => i);

async function lostBy(call: PromiseLike<unknown>): Promise<WorkerLostError> {
  return await assertRejects(() => call, WorkerLostError);
}

/** What of the error is the same on every run. */
function shown({ worker, exitCode, signal, task, stderr }: WorkerLostError): unknown {
  return { worker, exitCode, signal, task, stderr };
}

async function worksAgain(pool: Pool, size: number): Promise<void> {
  assertEquals(await pool.map(square, ten), ten.map((x) => x * x));
  await until(() => pool.stats.processes === size);
}

conform("a worker that calls exit() fails only its own task", async (note) => {
  await using pool = new mp.Pool(2);
  for (const code of [0, 3, 255]) {
    const others = ten.map((x) => pool.applyAsync(square, [x]));
    const error = await lostBy(pool.apply(leave, [code]));
    assertEquals([error.exitCode, error.signal, error.task], [code, null, "leave(…)"]);
    assertEquals(await Promise.all(others.map((other) => other.get())), ten.map((x) => x * x));
  }
  await worksAgain(pool, 2);
  assertEquals([pool.stats.lost, pool.stats.failed], [3, 0]);
  note("only its own");
});

conform(
  "exit() with a text, process.exit() and an uncaught error end a worker alike",
  async (note) => {
    await using pool = new mp.Pool(1);
    const errors = [
      await lostBy(pool.apply(leave, [7])),
      await lostBy(pool.apply(leaveByProcess, [8])),
      await lostBy(pool.apply(leave, [])),
    ];
    note(errors.map(shown));
    const [text, uncaught] = [
      await lostBy(pool.apply(leave, ["a last word"])),
      await lostBy(pool.apply(failLater)),
    ];
    note([text, uncaught].map(({ worker, exitCode, task }) => ({ worker, exitCode, task })));
    note(text.stderr);
    assert(
      uncaught.stderr.some((line) => line.includes("nobody catches this")),
      `${uncaught.stderr}`,
    );
    await worksAgain(pool, 1);
  },
);

conform("a worker that is killed fails only its own task", async () => {
  await using pool = new mp.Pool(2);
  for (const [signal, code] of [["SIGKILL", -9], ["SIGTERM", -15]] as const) {
    const queued = ten.map((x) => pool.applyAsync(square, [x]));
    const error = await lostBy(pool.apply(killSelf, [signal]));
    assertEquals([error.exitCode, error.signal], [code, signal]);
    assertStringIncludes(
      error.message,
      `(pid ${error.pid}) ended by ${signal} while it ran killSelf(…)`,
    );
    assert(error.pid !== null && error.pid !== process.pid);
    assertEquals(await Promise.all(queued.map((call) => call.get())), ten.map((x) => x * x));
  }
  await worksAgain(pool, 2);
  assertEquals([pool.stats.lost, pool.stats.failed], [2, 0]);
}, needsSignals);

conform("the error of a lost worker tells which error nobody caught", async (note) => {
  await using pool = new mp.Pool(1);
  const messages: string[] = [];
  for (const how of ["throw", "reject", "object"]) {
    const error = await lostBy(pool.apply(burn, [how]));
    assertEquals([error.likelyCause, error.exitCode], ["uncaught error", 1]);
    messages.push(error.message.slice(error.message.indexOf("while")));
  }
  const start = "while it ran burn(…): an error was not caught: ";
  const [thrown, rejected, object] = messages;
  assertEquals([thrown, rejected], Array(2).fill(`${start}RangeError: the disk is on fire`));
  // Bun's test runner takes it from the thread, and shows it in its own way.
  assertStringIncludes(object, "disk");
  note([thrown, rejected]);
});

conform("the error of a lost worker tells its pid and its last words", async (note) => {
  await using pool = new mp.Pool(1);
  const own = await pool.apply(pid);
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
  const error = await lostBy(pool.apply(complainAndLeave, [lines, 5]));
  assertEquals(error.pid, own);
  assertEquals(error.stderr, lines.slice(-20));
  assertStringIncludes(error.message, "line 29");
  note(shown(error));
});

conform("a lost worker is replaced by one that was initialized", async () => {
  await using pool = new mp.Pool({ processes: 1, initializer: setState, initArgs: ["ready"] });
  const before = await pool.apply(whoAmI);
  await lostBy(pool.apply(leave, [1]));
  assertEquals(await pool.apply(getState), ["ready"]);
  const after = await pool.apply(whoAmI);
  assertEquals([before.name, after.name], ["PoolWorker-1", "PoolWorker-2"]);
  assert(before.ident !== after.ident);
});

type Load = { x: number; bytes: Uint8Array };

conform("what was given ahead to a lost worker is done by another one", async () => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const first = pool.applyAsync(
    capture({ waitUntil, leave }, async (path: string) => {
      await waitUntil(path);
      leave(2);
    }),
    [path],
  );
  const behind = ten.map((x) =>
    pool.applyAsync(identity<Load>, [{ x, bytes: new Uint8Array(50_000).fill(x) }])
  );
  create(path);
  await lostBy(first);
  const values = await Promise.all(behind.map((call) => call.get()));
  assertEquals(
    values.map(({ x, bytes }) => [x, bytes.length, bytes[49_999]]),
    ten.map((x) => [x, 50_000, x]),
  );
});

conform("results that a worker gave before it ended itself are not lost", async () => {
  await using pool = new mp.Pool(1);
  for (let round = 0; round < 4; round++) {
    const path = freshPath();
    const first = pool.applyAsync(waitUntil, [path]);
    const results = ten.map((x) => pool.applyAsync(bytes, [300_000 + x, x]));
    const last = pool.applyAsync(leave, [1]);
    create(path);
    await first;
    // The results are not looked at for a while.
    for (const end = performance.now() + 30; performance.now() < end;);
    const values = await Promise.all(results.map((result) => result.get()));
    assertEquals(
      values.map((value) => [value.length, value[1000]]),
      ten.map((x) => [300_000 + x, x]),
    );
    await lostBy(last);
  }
});

conform("a map loses the chunk of a lost worker, and tells which item it ran", async (note) => {
  await using pool = new mp.Pool(1);
  const fn = capture({ leave }, (x: number) => x === 5 ? leave(6) : x);
  const error = await lostBy(pool.map(fn, ten, { chunkSize: 2 }));
  note([shown(error), (error as { itemIndex?: number }).itemIndex]);
  const all = await lostBy(pool.map(fn, ten, { chunkSize: 2, failFast: false }));
  assertInstanceOf(all, WorkerLostError);
  assertEquals(pool.stats.lost, 4);
  await worksAgain(pool, 1);
});

conform("all workers may die, again and again", async () => {
  await using pool = new mp.Pool(2);
  for (let round = 0; round < 3; round++) {
    const calls = ten.map((x) =>
      x % 3 === 0 ? pool.applyAsync(leave, [1]) : pool.applyAsync(square, [x])
    );
    const settled = await Promise.allSettled(calls.map((call) => call.get()));
    settled.forEach((outcome, x) => {
      assertEquals(
        outcome.status,
        x % 3 === 0 ? "rejected" : "fulfilled",
        `call ${x} of round ${round}`,
      );
    });
  }
  await worksAgain(pool, 2);
  assertEquals(pool.stats.lost, 12);
});

conform("an idle worker that dies is replaced", async () => {
  await using pool = new mp.Pool(1);
  const { ident } = await pool.apply(whoAmI);
  await pool.apply(capture({ leave }, () => void setTimeout(() => leave(3), 1)));
  await until(() => pool.stats.processes === 1);
  for (let name = "PoolWorker-1"; name === "PoolWorker-1";) {
    ({ name } = await pool.apply(whoAmI).catch(() => ({ name: "PoolWorker-1" })));
  }
  const after = await pool.apply(whoAmI);
  assert(after.ident !== ident);
});

conform("a closed pool replaces a lost worker as long as there is work", async () => {
  const pool = new mp.Pool(1);
  const results = [
    pool.applyAsync(leave, [1]),
    pool.applyAsync(square, [2]),
    pool.applyAsync(leave, [1]),
    pool.applyAsync(square, [3]),
    pool.applyAsync(leave, [1]),
  ];
  pool.close();
  await pool.join();
  const settled = await Promise.allSettled(results.map((result) => result.get()));
  assertEquals(settled.map(({ status }) => status), [
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
  ]);
});

conform("a worker that is lost while the pool ends is nobody's loss", async () => {
  const pool = new mp.Pool(2);
  const path = freshPath();
  const calls = [pool.applyAsync(computeUntil, [path]), pool.applyAsync(leave, [1])];
  await calls[1].wait();
  create(path);
  await calls[0];
  const last = pool.applyAsync(waitUntil, [freshPath()]);
  await pool.terminate();
  await assertRejects(() => last.get());
  assertEquals(pool.stats.lost, 1);
});

conform("the error of a lost worker tells which item of a chunk it ran", async (note) => {
  await using pool = new mp.Pool(1);
  const at = capture({ leave }, (x: number, last: number) => x === last ? leave(9) : x);
  const atLater = capture({ leave }, async (x: number, last: number) => {
    await null;
    return x === last ? leave(9) : x;
  });
  const five = ten.slice(0, 5);
  const chunkSize = 5;
  const fns: Callable<[x: number, last: number], unknown>[] = [at, atLater];
  for (const fn of fns) {
    const starred = (last: number) => five.map((x): [number, number] => [x, last]);
    for (
      const call of [
        () => pool.map(fn, five, Array(5).fill(3), { chunkSize }),
        () => pool.map(fn, ten, Array(10).fill(9), { chunkSize, maxInFlight: 10 }),
        () => pool.starmap(fn, starred(4), { chunkSize }),
        // Nothing of what was in its place before is left.
        () => pool.starmap(fn, starred(0), { chunkSize }),
      ]
    ) {
      assertEquals(await pool.starmap(fn, starred(-1), { chunkSize }), five);
      const error = await lostBy(call()) as WorkerLostError & { itemIndex?: number };
      note([error.itemIndex, shown(error)]);
    }
    const failures: (WorkerLostError & { itemIndex?: number })[] = [];
    const results = pool.imap(fn, five, Array(5).fill(2), { chunkSize });
    for (const _ of five) failures.push(await lostBy(results.next()));
    note(failures.map((error) => [error.itemIndex, shown(error)]));
    assertEquals(new Set(failures).size, 5);
    assertStringIncludes(failures[0].stack!, failures[0].message);
  }
});

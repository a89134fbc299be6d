/** `Pool`: failures of tasks and workers at every moment, and what their callers are told. */

import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  BrokenPoolError,
  capture,
  type Pool,
  ref,
  RemoteError,
  SerializationError,
  setExecutable,
  WorkerLostError,
} from "../../mod.ts";
import {
  bytes,
  failLater,
  fillMemory,
  insistOnKillingSelf,
  killSelf,
  leave,
  leaveByProcess,
  pid,
  square,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import {
  Fatal,
  giveFatal,
  giveFragile,
  giveThenable,
  poolThatWrites,
  strangers,
  throwFragile,
  throwStrange,
  throwWithSocket,
} from "../fixtures/pool_strangers.ts";
import { mp, until } from "../support/children.ts";
import { conform, type ConformOptions } from "../support/conform.ts";
import { runProgram } from "../support/programs.ts";

const { ownPid, otherRuntime } = mp.capabilities;
const needsSignals: ConformOptions = {
  skip: ownPid ? false : "no ownPid: a thread gets no signals of its own",
};
/** What limits the heap of a child; `null` where nothing does. */
const smallHeap = "deno" in process.versions
  ? ["--v8-flags=--max-old-space-size=48"]
  : "bun" in process.versions
  ? null
  : ["--max-old-space-size=48"];
const ten = Array.from({ length: 10 }, (_, i) => i);

async function lostBy(call: PromiseLike<unknown>): Promise<WorkerLostError> {
  return await assertRejects(() => call, WorkerLostError);
}

/** The pool goes on as if nothing had been, with as many workers as before. */
async function goesOn(pool: Pool, size: number): Promise<void> {
  assertEquals(await pool.map(square, ten), ten.map((x) => x * x));
  await until(() => pool.stats.processes === size);
}

// What tasks throw and give

conform("whatever a task throws reaches its caller, and nobody else", async (note) => {
  await using pool = new mp.Pool(1);
  const text = capture({}, () => {
    throw new Proxy({}, {
      getPrototypeOf: () => {
        throw new EvalError("a trap");
      },
    });
  });
  for (const name of strangers) {
    const thrown = await pool.apply(throwStrange, [name]).then(
      () => ["nothing was thrown"],
      (reason) => [describe(reason)],
    );
    note([name, thrown]);
  }
  assertInstanceOf(await pool.apply(text).catch((error) => error), RemoteError);
  let { cause, message } = await assertRejects(
    () => pool.apply(throwStrange, ["a deep cause"]),
    Error,
  );
  for (let i = 49; i >= 0; i--) ({ cause, message } = cause as Error);
  assertEquals([cause, message], [undefined, "cause 0"]);
  const ring = await assertRejects(() => pool.apply(throwStrange, [strangers[9]]), Error);
  assertEquals(ring.cause, ring);
  assertEquals([pool.stats.lost, pool.stats.failed], [0, strangers.length + 3]);
  await goesOn(pool, 1);
});

function describe(thrown: unknown): unknown {
  if (thrown instanceof Error) return [thrown.constructor.name, thrown.message.split(" (")[0]];
  return typeof thrown === "string" ? thrown.length : [typeof thrown, JSON.stringify(thrown)];
}

conform("a promise-like result that fails fails its call", async (note) => {
  await using pool = new mp.Pool(1);
  for (const kind of ["rejects", "throws"] as const) {
    note([kind, await pool.apply(giveThenable, [kind]).then(() => "none", describe)]);
  }
  await goesOn(pool, 1);
});

conform("an error that cannot be rebuilt here is told by a RemoteError", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await assertRejects(() => pool.apply(throwFragile), RemoteError);
  note(error.message);
  assertStringIncludes(error.message, "Fragile: do not drop");
  assertInstanceOf(error.cause, SerializationError);
  assertStringIncludes(error.stack!, "throwFragile");
  assertStringIncludes(error.stack!, "in PoolWorker-1 (pid ");
  note((await assertRejects(() => pool.apply(giveFragile), SerializationError)).message);
  assertEquals(pool.stats.failed, 2);
  await goesOn(pool, 1);
});

conform("an error arrives without its field that cannot be sent, which it names", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await assertRejects(() => pool.apply(throwWithSocket), RangeError, "no line");
  note(Object.entries(error));
  assertEquals(Object.entries(error), [["code", "E_LINE"]]);
  assertStringIncludes(error.stack!, "incomplete: Cannot send error.socket.close");
  await goesOn(pool, 1);
});

conform("an error of a class that only the worker knows is told by a RemoteError", async () => {
  await using pool = new mp.Pool(1);
  const url = new URL("../fixtures/pool_unknown.ts", import.meta.url);
  const call = pool.apply(ref<() => void>(url, "throwUnknown"));
  const error = await assertRejects(() => call, RemoteError);
  assertStringIncludes(error.message, "OnlyThere: nobody here knows me");
  assertInstanceOf(error.cause, SerializationError);
  await goesOn(pool, 1);
});

conform("a pool is nothing to send", async () => {
  await using pool = new mp.Pool(1);
  const error = await assertRejects(
    () => pool.apply((value: unknown) => typeof value, [pool as unknown]),
    SerializationError,
  );
  assertStringIncludes(error.message, "Pool");
  await goesOn(pool, 1);
});

// When a worker dies

conform(
  "a worker may die while it reads its task, and while it writes its answer",
  async (note) => {
    await using pool = new mp.Pool(2);
    for (
      const [fn, args, code] of [[square, [new Fatal("read")], 6], [giveFatal, [], 5]] as const
    ) {
      const others = ten.map((x) => pool.applyAsync(square, [x]));
      const { exitCode, task, likelyCause } = await lostBy(pool.apply(fn as never, args as never));
      assertEquals(exitCode, code);
      note({ exitCode, task, likelyCause });
      assertEquals(await Promise.all(others.map((other) => other.get())), ten.map((x) => x * x));
    }
    assertEquals([pool.stats.lost, pool.stats.failed], [2, 0]);
    await goesOn(pool, 2);
  },
);

conform("a worker that is killed while it starts is replaced, and its calls are done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "starting-"));
  const initializer = capture({ folder, waitUntil }, async () => {
    const { readdirSync, writeFileSync } = await import("node:fs");
    const { pid } = await import("node:process");
    if (readdirSync(folder).length > 0) return;
    writeFileSync(`${folder}/${pid}`, "");
    await waitUntil(`${folder}/never`);
  });
  await using pool = new mp.Pool({ processes: 1, initializer });
  const result = pool.applyAsync(square, [5]);
  await until(() => readdirSync(folder).length > 0);
  process.kill(Number(readdirSync(folder)[0]), "SIGKILL");
  assertEquals(await result, 25);
  assertEquals(pool.stats.lost, 0);
}, needsSignals);

conform("idle workers that are killed are replaced, again and again", async () => {
  await using pool = new mp.Pool(1);
  const seen = new Set<number>();
  for (let round = 0; round < 4; round++) {
    const own = await pool.apply(pid);
    assert(!seen.has(own));
    seen.add(own);
    process.kill(own, "SIGKILL");
    await until(() => !isAlive(own));
    await until(() => pool.stats.processes === 1);
    // The pool may hear of it only now: then the call ends with the worker that it was given to.
    await pool.apply(square, [1]).catch((error) => assertInstanceOf(error, WorkerLostError));
  }
  await goesOn(pool, 1);
}, needsSignals);

function isAlive(pid: number): boolean {
  if (!existsSync("/proc")) return false;
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

conform("a lost worker's error tells what probably happened", async (note) => {
  await using pool = new mp.Pool(1);
  for (
    const call of [
      () => pool.apply(leave, [3]),
      () => pool.apply(leaveByProcess, [4]),
      () => pool.apply(failLater),
    ]
  ) {
    const { likelyCause, message } = await lostBy(call());
    note([likelyCause, message.replace(/\(pid \d+\)/, "(pid N)").split(". It last wrote")[0]]);
  }
  await goesOn(pool, 1);
});

conform("a signal that ends a worker tells what probably happened", async (note) => {
  await using pool = new mp.Pool(1);
  const causes: unknown[] = [];
  for (const signal of ["SIGKILL", "SIGTERM", "SIGABRT"]) {
    causes.push([signal, (await lostBy(pool.apply(killSelf, [signal]))).likelyCause]);
  }
  assertEquals(causes, [["SIGKILL", "killed"], ["SIGTERM", "killed"], ["SIGABRT", "crash"]]);
  note(causes);
  // Each runtime has its own way to die of it.
  assertEquals((await lostBy(pool.apply(insistOnKillingSelf, ["SIGSEGV"]))).likelyCause, "crash");
  await goesOn(pool, 1);
}, needsSignals);

conform(
  "a worker that has no memory left fails only its own task, and its error says so",
  async (note) => {
    await using pool = new mp.Pool({ processes: 1, execArgv: smallHeap! });
    const error = await lostBy(pool.apply(fillMemory));
    note(error.likelyCause);
    assertEquals(error.likelyCause, "out of memory");
    await goesOn(pool, 1);
  },
  {
    skip: smallHeap === null
      ? "no flag of this runtime limits the heap of a child"
      : mp.capabilities.execArgv
      ? false
      : "no execArgv: a thread shares its process's flags",
  },
);

// The standard error stream

conform(
  "the end of a long line is kept, and the whole of it goes where it should",
  async (note) => {
    const { code, stderr, stdout } = await runProgram("pool.ts", "noisy");
    assertEquals([code, stderr.length], [0, 3_000_000]);
    assert(/^x+$/.test(stderr));
    note(stdout);
  },
);

conform("bytes that are no text go where they should as they are", async () => {
  await using child = new mp.Process({
    target: poolThatWrites,
    args: [[0xff, 0x41]],
    stderr: "pipe",
  });
  await child.start();
  const bytes = new Uint8Array(await new Response(child.stderr).arrayBuffer());
  assertEquals(await child.join(), 0);
  assertEquals([...bytes], [0xff, 0x41]);
});

// Workers that are ended

conform("workers that were terminated write nowhere any more", async () => {
  const sizes = [10, 1_000, 140_000, 300_000, 600_000];
  for (let round = 0; round < 5; round++) {
    const ended = new mp.Pool(2);
    const flood = Array.from({ length: 60 }, (_, i) => ended.applyAsync(bytes, [sizes[i % 5], 99]));
    await flood[4];
    await ended.terminate();
    await using pool = new mp.Pool(1);
    const echoed = await pool.map(bytes as (x: number) => Uint8Array, sizes);
    echoed.forEach((value, i) => {
      assertEquals([value.length, value.findIndex((byte) => byte !== 0)], [sizes[i], -1]);
    });
  }
});

// Workers that cannot be

conform("a worker that cannot be started breaks the pool", async () => {
  setExecutable("/nonexistent/runtime");
  let pool: Pool;
  try {
    pool = new mp.Pool(2);
  } finally {
    setExecutable(process.execPath);
  }
  const error = await assertRejects(() => pool.apply(square, [1]), BrokenPoolError);
  assertStringIncludes(error.message, "/nonexistent/runtime");
  await pool.terminate();
  await pool.join();
  await using another = new mp.Pool(1);
  assertEquals(await another.apply(square, [3]), 9);
}, { skip: otherRuntime ? false : "no otherRuntime: a thread runs no executable" });

conform("a function whose module cannot be loaded fails its calls, and nothing else", async () => {
  await using pool = new mp.Pool(1);
  const missing = new URL("../fixtures/there_is_no_such_file.ts", import.meta.url);
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => pool.apply(ref<() => void>(missing, "nothing")));
  }
  await goesOn(pool, 1);
});

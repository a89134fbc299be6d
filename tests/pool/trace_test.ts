/** `trace()` and `pool.trace()`: what workers do is told in the Trace Event Format. */

import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  MultiprocessingError,
  type Pool,
  type RetryPolicy,
  trace,
  type TraceDocument,
  type TraceEvent,
  WorkerLostError,
} from "../../mod.ts";
import { dieAtFirst, failAtFirst } from "../fixtures/pool_retries.ts";
import { announceAndWaitUntil, failAt, leave, square } from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { problemsOf } from "../support/trace_format.ts";

const six = [1, 2, 3, 4, 5, 6];
const again: RetryPolicy = { attempts: 3, delay: 1, on: ["RangeError"] };

/** The slices of a kind, each as its name and some of its arguments. */
function slices({ traceEvents }: TraceDocument, cat: string, ...args: string[]): unknown[] {
  return traceEvents.filter((event) => event.ph === "X" && event.cat === cat)
    .map(({ name, args: all = {} }) => [name, ...args.map((arg) => all[arg])]);
}

function named({ traceEvents }: TraceDocument, ph: TraceEvent["ph"]): string[] {
  return traceEvents.filter((event) => event.ph === ph).map(({ name }) => name);
}

/** Calls, a map, a stream, failures, what is run again, and ends of workers, one after the other. */
async function work(pool: Pool): Promise<void> {
  await pool.apply(square, [2]);
  await Promise.all(six.map((x) => pool.apply(square, [x])));
  await pool.map(square, six, { chunkSize: 4 });
  for await (const _ of pool.imap(square, [1, 2], { chunkSize: 1 }));
  await assertRejects(() => pool.apply(failAt, [1, 1]), RangeError);
  await pool.apply(failAtFirst, [2], { retries: again });
  await assertRejects(() => pool.apply(leave, [7]), WorkerLostError);
  await pool.apply(dieAtFirst, [1], { retries: 2 });
  await assertRejects(() => pool.apply(square, [(() => {}) as never]));
}

conform(
  "trace() tells what the workers of all pools did, in the Trace Event Format",
  async (note) => {
    const recording = trace();
    {
      const pool = new mp.Pool(1);
      await work(pool);
      pool.close();
      await pool.join();
    }
    const document = await recording.stop();
    assertEquals(problemsOf(document), []);
    assertEquals(JSON.parse(JSON.stringify(document)), document);
    note(slices(document, "call", "attempt", "outcome"));
    note(slices(document, "chunk", "calls", "first", "outcome"));
    note(slices(document, "worker"));
    note(named(document, "i"));
    const flows = document.traceEvents.filter(({ ph }) => "stf".includes(ph));
    note(flows.map(({ ph, name }) => `${ph} ${name}`).filter((flow) => !flow.endsWith("square")));
    note(flows.filter(({ name }) => name === "square").length);
    note(
      document.traceEvents.filter(({ cat, ph }) => cat === "map" && ph === "b").map((e) => e.args),
    );
    const bytes = document.traceEvents.filter(({ name }) => name.endsWith(": bytes")).at(-1)!;
    const { sent, received } = bytes.args!;
    assert(Number(sent) > 500 && Number(received) > 500, JSON.stringify(bytes));
    const { dropped, maxEvents } = document.metadata;
    note([dropped, maxEvents, document.displayTimeUnit]);
  },
);

conform("each worker has a track, threads in their creator's process", async (note) => {
  await using pool = new mp.Pool(2);
  const recording = pool.trace();
  const [begun, end] = [freshPath(), freshPath()];
  const running = pool.applyAsync(announceAndWaitUntil, [begun, end]);
  await until(() => existsSync(begun));
  await pool.apply(square, [1]);
  const document = await recording.stop();
  running.cancel();
  assertEquals(problemsOf(document), []);
  note(slices(document, "call", "outcome"));
  const { traceEvents } = document;
  const tracks = traceEvents.filter(({ ph, name }) => ph === "M" && name === "thread_name");
  assertEquals(tracks.length, 3);
  const own = tracks.filter(({ pid }) => pid === process.pid).length;
  assertEquals(own, method === "thread" ? 3 : 1);
  assertEquals(new Set(tracks.map(({ tid }) => tid)).size, 3);
});

conform(
  "pool.trace() tells of its own pool only, and trace() of pools that are there",
  async (note) => {
    await using first = new mp.Pool(1);
    await first.apply(square, [0]);
    await using second = new mp.Pool(1);
    const all = trace();
    const one = first.trace();
    await first.apply(square, [1]);
    await second.map(square, six, { chunkSize: 6 });
    await second.apply(failAt, [1, 2]);
    const documents = [await all.stop(), await one.stop()];
    for (const document of documents) {
      assertEquals(problemsOf(document), []);
      const calls = slices(document, "call", "outcome").sort((a, b) =>
        String(a) < String(b) ? -1 : 1
      );
      note([calls, slices(document, "chunk", "calls")]);
    }
    // It was over.
    await first.apply(square, [3]);
    assertEquals(await one.stop(), documents[1]);
  },
);

conform("a trace keeps the latest records, and tells how many are missing", async (note) => {
  await using pool = new mp.Pool(1);
  await pool.apply(square, [0]);
  const recording = pool.trace(undefined, { maxEvents: 5 });
  for (let i = 0; i < 20; i++) await pool.apply(square, [i]);
  await assertRejects(() => pool.apply(leave, [3]), WorkerLostError);
  await pool.apply(dieAtFirst, [1], { retries: 1 });
  const document = await recording.stop();
  assertEquals(problemsOf(document), []);
  const { dropped, maxEvents } = document.metadata;
  assert(dropped >= 20, `${dropped}`);
  note([maxEvents, slices(document, "call", "attempt").at(-1)]);
});

conform("calls that no worker ran are told by how long they waited", async (note) => {
  await using pool = new mp.Pool(1);
  const recording = pool.trace();
  const [begun, end] = [freshPath(), freshPath()];
  const running = pool.applyAsync(announceAndWaitUntil, [begun, end]);
  await until(() => existsSync(begun));
  const waiting = [1, 2].map((x) => pool.applyAsync(square, [x]));
  const map = pool.mapAsync(square, six, { chunkSize: 2 });
  for (const one of [...waiting, map, running]) one.cancel();
  await Promise.allSettled([...waiting, map, running]);
  const late = pool.applyAsync(square, [3], { timeout: 60_000 });
  await pool.terminate();
  await late.wait();
  const document = await recording.stop();
  assertEquals(problemsOf(document), []);
  note(slices(document, "call", "outcome").slice(0, 1));
  const waits = document.traceEvents.filter(({ cat, ph }) => cat === "waiting" && ph === "b");
  note(waits.filter(({ args }) => args?.outcome === "cancelled").length >= 2);
});

conform("a trace is written as a whole: into its file, or not at all", async (note) => {
  const folder = mkdtempSync(join(tmpdir(), "trace-"));
  const path = join(folder, "trace.json");
  await using pool = new mp.Pool(1);
  {
    await using _ = trace(path);
    await pool.apply(square, [1]);
    assert(!existsSync(path));
  }
  const document: TraceDocument = JSON.parse(readFileSync(path, "utf8"));
  assertEquals(problemsOf(document), []);
  const recording = pool.trace(pathToFileURL(path));
  await pool.map(square, six);
  assertEquals(await recording.stop(), JSON.parse(readFileSync(path, "utf8")));
  note(readdirSync(folder));
  const inFolder = trace(folder);
  const error = await assertRejects(() => inFolder.stop(), MultiprocessingError);
  assert(error.message.startsWith(`Cannot write a trace to ${folder}: `), error.message);
  await assertRejects(() => inFolder.stop(), MultiprocessingError);
  note(readdirSync(folder));
});

conform("what is wrong with a trace is told at the call", async (note) => {
  await using pool = new mp.Pool(1);
  for (const start of [trace, pool.trace.bind(pool)]) {
    assertThrows(() => start(5 as never), TypeError, "must be a path or a file: URL, got 5");
    assertThrows(() => start(""), TypeError);
    assertThrows(() => start(new URL("http://localhost/")), TypeError, "file: URL");
    assertThrows(() => start(undefined, { most: 5 } as never), TypeError, '"most"');
    assertThrows(() => start(undefined, { maxEvents: 0 }), RangeError, "maxEvents");
    assertThrows(() => start(undefined, { maxEvents: "many" as never }), TypeError);
    const missing = join(freshPath(), "trace.json");
    const error = assertThrows(() => start(missing), MultiprocessingError, "there is no folder");
    note((error as Error & { code?: string }).code);
  }
  const { metadata } = await trace().stop();
  note(metadata.dropped);
});

/** What a dashboard keeps of what it has heard is right, and bounded. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { ErrorLog } from "../../src/dashboard/data/error_log.ts";
import { MapTable } from "../../src/dashboard/data/map_table.ts";
import { UsageMeter } from "../../src/dashboard/data/usage_meter.ts";
import type { JobEvent, TaskEndEvent } from "../../src/pool/schedule/diagnostics.ts";
import { runtime } from "../../src/runtime/current.ts";
import { cpuTime } from "../../src/runtime/posix/cpu_time.ts";

const source = { pool: 1, fn: "f", worker: "w", outcome: "failed" } as const;

test("ErrorLog keeps the latest 50, each with where it came from", () => {
  const log = new ErrorLog();
  for (let i = 0; i < 60; i++) log.add(source, new RangeError(`no ${i}`), i);
  const kept = log.since(0);
  assertEquals([kept.length, kept[0].title, kept[49].title], [
    50,
    "RangeError: no 10",
    "RangeError: no 59",
  ]);
  assertEquals([log.first, log.change], [11, 60]);
  assertEquals(log.since(59).map(({ id }) => id), [60]);
});

test("ErrorLog puts together what is alike, and shortens what is long", () => {
  const log = new ErrorLog();
  for (let i = 0; i < 1000; i++) log.add({ ...source, worker: `w${i}` }, new Error("same"), i);
  log.add({ ...source, fn: "g" }, new Error("x".repeat(100_000)), 0);
  const [same, long] = log.since(0);
  assertEquals([same.times, same.at, same.worker], [1000, 999, "w999"]);
  assert(long.title.length < 1_000 && long.stack.length < 10_000);
});

test("ErrorLog takes whatever was thrown, and shows causes", () => {
  const log = new ErrorLog();
  const hostile = {
    get message(): string {
      throw new Error("not to be read");
    },
  };
  const circle = new Error("outer");
  circle.cause = circle;
  for (const error of [hostile, null, undefined, "text", Symbol("s"), circle]) {
    log.add(source, error, 0);
  }
  log.add(source, new Error("outer", { cause: new TypeError("inner") }), 0);
  const views = log.since(0);
  assertEquals(views.map(({ title }) => title), [
    "an error that cannot be read",
    "null",
    "undefined",
    "text",
    "Symbol(s)",
    "Error: outer",
  ]);
  assertEquals(views[5].times, 2);
  const other = new ErrorLog();
  other.add(source, new Error("outer", { cause: new TypeError("inner") }), 0);
  assert(/outer[^]*Caused by: [^]*inner/.test(other.since(0)[0].stack));
});

const made = (job: number, total: number | null): JobEvent => ({
  ...{ pool: 1, fn: "f", job, kind: "map", total, carrier: {} },
});
const ended = (job: number, calls: number, outcome: TaskEndEvent["outcome"]): TaskEndEvent => ({
  ...{ pool: 1, fn: "f", job, calls, outcome, worker: "w", task: 1, attempt: 1 },
  ...{ waitMs: 0, runMs: 1, error: null },
});

test("MapTable counts how far maps are, and tells how long they will take", () => {
  const table = new MapTable();
  table.started({ ...made(1, 5), kind: "call" }, 0);
  table.started(made(2, 100), 0);
  table.ended(ended(1, 1, "done"));
  table.ended(ended(2, 10, "done"));
  table.ended(ended(2, 5, "failed"));
  table.ended(ended(2, 5, "lost"));
  const { maps: [map], more } = table.view(1_000);
  assertEquals([map.done, map.failed, map.cancelled, map.rate, map.remainingMs, more], [
    10,
    10,
    0,
    20,
    4_000,
    0,
  ]);
  // What is fast lately counts, not what was slow at the beginning.
  for (let second = 1; second <= 20; second++) {
    table.mark(second * 1_000);
    if (second > 10) table.ended(ended(2, 4, "done"));
  }
  assertEquals(Math.round(table.view(20_000).maps[0].rate), 4);
  table.ended(ended(2, 40, "cancelled"));
  table.over({ pool: 1, fn: "f", job: 2 }, 21_000);
  const [over] = table.view(25_000).maps;
  assertEquals([over.isOver, over.remainingMs, over.elapsedMs, over.cancelled], [
    true,
    null,
    21_000,
    40,
  ]);
  table.mark(52_000);
  assertEquals(table.view(52_000).maps, []);
});

test("MapTable forgets the oldest of too many, and shows the latest", () => {
  const table = new MapTable();
  for (let job = 1; job <= 2_000; job++) table.started(made(job, null), job);
  const { maps, more } = table.view(3_000);
  assertEquals([maps[0].job, maps.length + more], [2_000, 512]);
});

test("cpuTime() adds what a process used itself and in the kernel; UsageMeter makes a share of it", () => {
  const text = "12 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 200 50 0 0 20";
  assertEquals(cpuTime(12, (path) => path === "/proc/12/stat" ? text : ""), 2_500);
  assertEquals(cpuTime(12, () => ""), null);
  const meter = new UsageMeter();
  assertEquals(meter.of(runtime.pid, 0).cpu, null);
  const known = runtime.system.residentBytes(runtime.pid) !== null;
  const { memory, cpu } = meter.of(runtime.pid, 1_000);
  assertEquals([memory !== null && memory > 0, cpu !== null && cpu >= 0], [known, known]);
});

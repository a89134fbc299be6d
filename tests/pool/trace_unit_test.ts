/** Traces: the ring of records, and when tasks are said to have run. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Request } from "../../src/pool/protocol/records.ts";
import type { NotedTask } from "../../src/pool/schedule/recorders.ts";
import { layOut } from "../../src/pool/trace/lay_out.ts";
import { RecordRing } from "../../src/pool/trace/record_ring.ts";
import { Records, type WorkerRecord } from "../../src/pool/trace/records.ts";
import type { TraceDocument, TraceEvent } from "../../mod.ts";
import { problemsOf } from "../support/trace_format.ts";

/** A ring of records that have some numbers, and say which they are. */
function ringOf(most: number): RecordRing<string> {
  return new RecordRing(most, { doubles: 3, references: 2 }, "");
}

/** Adds records whose number and text say which they are. */
function fill(ring: RecordRing<string>, count: number): void {
  for (let i = 0; i < count; i++) {
    const place = ring.add();
    const { doubles, references } = ring.block;
    doubles[place * 3] = i;
    references[place * 2] = `${i}`;
  }
}

/** What a ring has, the oldest first. */
function contentOf(ring: RecordRing<string>): number[] {
  return [...ring.records()].map(([{ doubles, references }, place]) => {
    assertEquals(references[place * 2], `${doubles[place * 3]}`);
    return doubles[place * 3];
  });
}

test("a ring keeps the latest records, and counts the others", () => {
  for (const most of [1, 2, 3, 1023, 1024, 1025, 3000]) {
    for (const count of [0, 1, most - 1, most, most + 1, 2 * most + 1, 3 * most]) {
      const ring = ringOf(most);
      fill(ring, count);
      const kept = Math.min(most, count);
      const expected = Array.from({ length: kept }, (_, i) => count - kept + i);
      assertEquals(contentOf(ring), expected, `${count} in ${most}`);
      assertEquals([ring.size, ring.dropped], [kept, count - kept]);
    }
  }
});

test("a ring needs no more memory than its records do", () => {
  const ring = ringOf(5000);
  assertEquals(ring.room, 0);
  fill(ring, 1025);
  assertEquals(ring.room, 2048);
  fill(ring, 20_000);
  assertEquals([ring.room, ring.block.doubles.length], [5000, 3 * 1024]);
});

const task: NotedTask = {
  kind: Request.map,
  id: 9,
  worker: "PoolWorker-1",
  attempt: 2,
  calls: 3,
  first: 6,
  since: 1.25,
  job: { number: 7, fn: { name: "square" } },
};

test("what is recorded is read again as it was", () => {
  const records = new Records(10);
  const worker = { name: "PoolWorker-1", pid: 77 };
  const failure = { error: "RangeError: no", delayMs: 4 };
  const ready: WorkerRecord = {
    what: "ready",
    at: 3,
    pool: 2,
    worker: "PoolWorker-1",
    pid: 77,
    startMs: 1,
    initMs: 2,
    exitCode: 0,
    tasks: 0,
  };
  const end: WorkerRecord = {
    ...ready,
    what: "end",
    startMs: 0,
    initMs: 0,
    exitCode: -9,
    tasks: 4,
  };
  const sample = { at: 4, pool: 2, running: 1, queued: 5, sent: 10, received: 20 };
  records.addAttempt(12.5, 2, task, "retried", true, NaN, worker, failure);
  records.addWorker(ready);
  records.addSample(sample);
  records.addWorker(end);
  const call = { ...task, kind: Request.call, id: 0, attempt: 1000 };
  records.addAttempt(13, 2, call, "done", false, 0, null, null);
  const { attempts, workers, samples } = records.read();
  const { calls, first, since } = task;
  const of = { pool: 2, fn: "square", job: 7, calls, first, since };
  const retried = { ...of, at: 12.5, task: 9, worker, attempt: 2, hasRun: true, isCall: false };
  const done = { ...of, at: 13, task: 0, worker: null, attempt: 1000, hasRun: false, isCall: true };
  assertEquals(attempts, [
    { ...retried, ending: "retried", runMs: null, ...failure },
    { ...done, ending: "done", runMs: 0, error: null, delayMs: 0 },
  ]);
  assertEquals([workers, samples], [[ready, end], [sample]]);
});

test("several answers that were read at one moment are laid out backwards from it", () => {
  const run = (length: number) => ({ at: 100, length, since: 0 });
  assertEquals(layOut([run(10), run(20), run(30)]), [
    { begin: 40, end: 50 },
    { begin: 50, end: 70 },
    { begin: 70, end: 100 },
  ]);
});

test("a run ends when its answer was read, unless the next one had begun by then", () => {
  assertEquals(
    layOut([
      { at: 50, length: 10, since: 0 },
      { at: 100, length: 20, since: 0 },
      { at: 110, length: 25, since: 0 },
    ]),
    [{ begin: 40, end: 50 }, { begin: 65, end: 85 }, { begin: 85, end: 110 }],
  );
});

test("a run whose length is not known lasts from the end of the one before, or from when it was asked for", () => {
  assertEquals(
    layOut([
      { at: 50, length: 10, since: 0 },
      { at: 100, length: null, since: 20 },
      { at: 200, length: null, since: 150 },
    ]),
    [{ begin: 40, end: 50 }, { begin: 50, end: 100 }, { begin: 150, end: 200 }],
  );
  assertEquals(layOut([{ at: 30, length: null, since: 0 }]), [{ begin: 0, end: 30 }]);
});

test("no run begins before it was asked for, before the start, or before the one before has ended", () => {
  // Clocks of several processes, and answers that come while others are read, leave less time than there was.
  assertEquals(
    layOut([
      { at: 5, length: 10, since: 0 },
      { at: 5, length: 10, since: 3 },
      { at: 5, length: 0, since: 9 },
    ]),
    [{ begin: 0, end: 3 }, { begin: 3, end: 5 }, { begin: 5, end: 5 }],
  );
  let seed = 1;
  const random = (below: number): number => (seed = seed * 48271 % 0x7fffffff) % below;
  for (let round = 0; round < 200; round++) {
    let at = 0;
    const runs = Array.from({ length: 20 }, () => {
      at += random(3) * random(50);
      const length = random(5) === 0 ? null : random(40);
      return { at, length, since: Math.max(0, at - random(200)) };
    });
    const spans = layOut(runs);
    spans.forEach(({ begin, end }, i) => {
      const text = JSON.stringify({ runs, spans });
      assert(begin >= 0 && begin <= end && end <= runs[i].at, text);
      assert(i === 0 || spans[i - 1].end <= begin, text);
    });
  }
});

/** A document with a worker, a call on it, its arrow and its wait; and what is wrong with it. */
function problemsWith(change: (events: TraceEvent[]) => TraceEvent[]): string[] {
  const track = { pid: 1, tid: 1 };
  const meta = (name: string): TraceEvent => ({
    name,
    cat: "__metadata",
    ph: "M",
    ts: 0,
    ...track,
    args: { name },
  });
  const names = ["process_name", "process_sort_index", "thread_name", "thread_sort_index"];
  const of = { name: "square", cat: "call", ...track };
  const events: TraceEvent[] = [
    ...names.map(meta),
    { ...of, ph: "X", ts: 0, dur: 1 },
    { ...of, ph: "s", ts: 0, id: 1 },
    { ...of, ph: "b", ts: 0, id: 1 },
    { ...of, ph: "X", ts: 5, dur: 10 },
    { ...of, ph: "f", ts: 5, id: 1, bp: "e" },
    { ...of, ph: "e", ts: 5, id: 1 },
    { ...of, ph: "X", ts: 8, dur: 7 },
    { ...of, ph: "C", ts: 15, args: { running: 1 } },
    { ...of, ph: "i", ts: 15, s: "t" },
  ];
  const metadata = { startedAt: "", durationMs: 0, runtime: "node", maxEvents: 1, dropped: 0 };
  const document: TraceDocument = {
    traceEvents: change(events),
    displayTimeUnit: "ms",
    metadata,
  };
  return problemsOf(document);
}

test("what is wrong with a trace is found by the check of its format", () => {
  assertEquals(problemsWith((events) => events), []);
  const without = (i: number) => problemsWith((events) => events.filter((_, at) => at !== i));
  const changed = (i: number, change: Partial<TraceEvent>) =>
    problemsWith((events) => events.map((event, at) => at === i ? { ...event, ...change } : event));
  for (const i of [0, 1, 2, 3]) assertEquals(without(i).length, 1, `without the name ${i}`);
  for (const i of [4, 5, 6, 7, 8, 9]) assert(without(i).length > 0, `without the event ${i}`);
  assertEquals(changed(10, { dur: 8 }).length, 1);
  assertEquals(changed(7, { ts: 5.5 }).length > 0, true);
  assertEquals(changed(4, { ts: -1 }).length > 0, true);
  assertEquals(changed(8, { bp: undefined }).length, 1);
  assertEquals(changed(8, { ts: 3 }).length > 0, true);
  assertEquals(changed(12, { tid: 9 }).length, 2);
  assertEquals(changed(12, { s: undefined }).length, 1);
  assertEquals(changed(11, { args: { running: -1 } }).length, 1);
  assertEquals(changed(9, { id: 2 }).length, 2);
});

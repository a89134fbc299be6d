import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { PoolFunction } from "../../src/pool/jobs/function_table.ts";
import { ItemSource } from "../../src/pool/jobs/reader.ts";
import { StreamJob, type StreamOptions } from "../../src/pool/jobs/stream_job.ts";
import { ORDINARY, type Task } from "../../src/pool/jobs/task.ts";

/** A stream, and a host that gives its tasks out when the test says so. */
class Bench {
  readonly fn = { number: 1, name: "fn", callTime: 0, site: "" } as unknown as PoolFunction;
  readonly job: StreamJob;
  readonly given: Task[] = [];
  readonly taken: unknown[] = [];
  readonly taker = {
    resolve: (value: unknown) => void this.taken.push(value),
    reject: (error: unknown) => void this.taken.push({ error }),
    end: () => void this.taken.push("end"),
  };
  wakes = 0;
  finished = 0;

  constructor(items: Iterable<unknown>, options: Partial<StreamOptions> = {}) {
    const all = {
      ordered: true,
      star: false,
      chunkSize: null,
      maxInFlight: null,
      workers: 2,
      meter: null,
      ...options,
    };
    const source = new ItemSource([items], true);
    this.job = new StreamJob(this.fn, source, all, () => void this.wakes++, ORDINARY);
    this.job.begin({
      push: (job) => void (job.isQueued = true),
      finished: () => void this.finished++,
    });
  }

  /** Gives out what there is, as the queue does. */
  give(): Task[] {
    const before = this.given.length;
    while (this.job.isQueued && this.job.hasNext) {
      const task = this.job.next();
      this.given.push(task);
      if (!this.job.hasNext) this.job.isQueued = false;
    }
    this.job.isQueued = false;
    return this.given.slice(before);
  }

  answer(task: Task): void {
    const items = task.payload as number[];
    this.job.succeed(task, items.map((x) => x * 10));
  }

  take(times: number): void {
    for (let i = 0; i < times; i++) {
      if (!this.job.take(this.taker) || this.taken.at(-1) === "end") return;
    }
  }
}

function* naturals(end = Infinity): Generator<number> {
  for (let i = 0; i < end; i++) {
    reads++;
    yield i;
  }
}
let reads = 0;

test("StreamJob reads no further than its window, for a hundred thousand items", () => {
  reads = 0;
  const bench = new Bench(naturals(), { maxInFlight: 10, chunkSize: 3 });
  let taken = 0;
  while (taken < 100_000) {
    for (const task of bench.give()) bench.answer(task);
    bench.given.length = 0;
    bench.take(4);
    taken += bench.taken.length;
    bench.taken.length = 0;
    assert(reads <= taken + 10, `${reads} read, ${taken} taken`);
  }
});

test("StreamJob gives whole chunks of a given size, and the rest at the end", () => {
  const bench = new Bench(naturals(10), { chunkSize: 4, maxInFlight: 9 });
  assertEquals(bench.give().map(({ payload }) => payload), [[0, 1, 2, 3], [4, 5, 6, 7]]);
  for (const task of bench.given) bench.answer(task);
  bench.take(4);
  assertEquals(bench.give().map(({ payload }) => payload), [[8, 9]]);
  assertEquals([bench.job.left, bench.finished], [0, 0]);
  bench.answer(bench.given[2]);
  assertEquals(bench.finished, 1);
  bench.take(100);
  assertEquals(bench.taken, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, "end"]);
});

test("StreamJob gives results in order, or as they come", () => {
  for (const ordered of [true, false]) {
    const bench = new Bench(naturals(3), { ordered, chunkSize: 1 });
    const [a, b, c] = bench.give();
    bench.answer(c);
    bench.take(1);
    assertEquals(bench.taken, ordered ? [] : [20]);
    bench.answer(a);
    bench.answer(b);
    bench.take(4);
    assertEquals(bench.taken, ordered ? [0, 10, 20, "end"] : [20, 0, 10, "end"]);
  }
});

test("StreamJob makes its chunks as large as the time of its items allows", () => {
  const bench = new Bench(naturals());
  assertEquals(bench.give().map(({ calls }) => calls), Array(8).fill(1));
  bench.fn.callTime = 0.001;
  let largest = 0;
  for (let round = 0; round < 2000 && largest < 2000; round++) {
    const task = bench.given.shift()!;
    bench.answer(task);
    bench.take(task.calls);
    bench.give();
    largest = Math.max(largest, ...bench.given.map(({ calls }) => calls));
  }
  assertEquals(largest, 2000);
});

test("StreamJob.stop() drops everything, and closes the input once", () => {
  let closed = 0;
  function* items(): Generator<number> {
    try {
      for (let i = 0;; i++) yield i;
    } finally {
      closed++;
    }
  }
  const bench = new Bench(items(), { maxInFlight: 5, chunkSize: 1 });
  const [first] = bench.give();
  bench.job.stop();
  bench.job.stop();
  bench.job.abort("too late");
  bench.answer(first);
  assertEquals([closed, bench.job.left, bench.job.hasNext, bench.finished], [1, 0, false, 1]);
  bench.take(1);
  assertEquals(bench.taken, ["end"]);
});

test("StreamJob.abort() comes instead of results, an input's error behind them", () => {
  const aborted = new Bench(naturals(), { maxInFlight: 2, chunkSize: 1 });
  aborted.answer(aborted.give()[0]);
  aborted.job.abort("enough");
  aborted.take(2);
  assertEquals(aborted.taken, [{ error: "enough" }, "end"]);
  function* failing(): Generator<number> {
    yield 1;
    throw "bad input";
  }
  const failed = new Bench(failing(), { chunkSize: 1 });
  failed.take(1);
  assertEquals(failed.taken, []);
  failed.answer(failed.give()[0]);
  failed.take(3);
  assertEquals(failed.taken, [10, { error: "bad input" }, "end"]);
});

test("StreamJob settles the items of a chunk one by one where some fail", () => {
  const bench = new Bench(naturals(4), { chunkSize: 4 });
  const [task] = bench.give();
  const parts = bench.job.succeedExcept(task, [0, undefined, 20, undefined], [1, 3]);
  bench.take(1);
  assertEquals([bench.taken, parts.map(({ first }) => first)], [[], [1, 3]]);
  bench.job.succeed(parts[1], [30]);
  bench.job.fail(parts[0], "one");
  bench.take(5);
  assertEquals(bench.taken, [0, { error: "one" }, 20, 30, "end"]);
});

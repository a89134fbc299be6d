import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { CallJob } from "../../src/pool/jobs/job.ts";
import type { PoolFunction } from "../../src/pool/jobs/function_table.ts";
import { WorkQueue } from "../../src/pool/schedule/work_queue.ts";

const fn = { number: 1, name: "fn", callTime: 0, site: "" } as unknown as PoolFunction;
const nobody = { resolve: () => {}, reject: () => {} };

function call(name: string, priority = 0): CallJob {
  return new CallJob(fn, [name], 0, nobody, { priority, retry: null });
}

function names(queue: WorkQueue): unknown[] {
  const list: unknown[] = [];
  while (!queue.isEmpty) list.push((queue.next()?.payload as unknown[] | undefined)?.[0]);
  return list;
}

test("WorkQueue gives higher priorities first, and what came first where they are equal", () => {
  const queue = new WorkQueue();
  const jobs = ["a", "b", "c", "d", "e", "f"].map((name, i) =>
    call(name, [0, 2, 0, -1.5, 2, 7][i])
  );
  for (const job of jobs) queue.push(job);
  assertEquals([queue.calls, queue.tasks >= 6], [6, true]);
  assertEquals(names(queue), ["f", "b", "e", "a", "c", "d"]);
  assertEquals(jobs.some(({ isQueued }) => isQueued), false);
});

test("WorkQueue gives tasks that came back before jobs of the same priority", () => {
  const queue = new WorkQueue();
  queue.push(call("job"));
  queue.push(call("high", 1));
  for (const name of ["x", "y"]) queue.pushBack(call(name));
  queue.putBack(call("w"));
  queue.pushBack(call("low", -1));
  assertEquals(names(queue), ["high", "w", "x", "y", "job", "low"]);
});

test("WorkQueue passes over what is over, and removes it when it is most of all", () => {
  const queue = new WorkQueue();
  const jobs = Array.from({ length: 1000 }, (_, i) => call(`${i}`, i % 3));
  for (const job of jobs) queue.push(job);
  for (const job of jobs.slice(0, 10)) {
    job.abort("over");
    queue.noteOver(1);
  }
  assertEquals(queue.calls, 990);
  for (const job of jobs.slice(10, 998)) {
    job.abort("over");
    queue.noteOver(1);
  }
  assertEquals(queue.calls, 2);
  // What is left over is less than what was removed.
  const left = names(queue);
  assertEquals(left.filter((name) => name !== undefined), ["998", "999"]);
  assertEquals(left.length < 600, true, `${left.length}`);
});

test("WorkQueue.remove() and clear() empty it", () => {
  const queue = new WorkQueue();
  const [a, b, c] = [call("a"), call("b", 3), call("c")];
  for (const job of [a, b, c]) queue.push(job);
  queue.remove(b);
  queue.remove(b);
  assertEquals([queue.calls, b.isQueued], [2, false]);
  const cleared: unknown[] = [];
  queue.clear((job) => cleared.push(job));
  assertEquals(cleared, [a, c]);
  assertEquals([queue.isEmpty, queue.calls], [true, 0]);
});

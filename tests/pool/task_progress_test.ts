/** `currentTask().progress()`: how far a task is, as `onProgress` hears of it. */

import { writeFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import type { Progress, TaskProgress } from "../../mod.ts";
import {
  sayAndFailOnce,
  sayAndStand,
  sayAndWait,
  sayForAnother,
  sayOften,
  sayWrong,
} from "../fixtures/progress_tasks.ts";
import { freshPath, mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";

/** Lets the tasks go on when they have said what is awaited. */
function letGo(path: string, isSaid: (tasks: readonly TaskProgress[]) => boolean) {
  const heard: { tasks: readonly TaskProgress[]; last: Progress | null } = {
    tasks: [],
    last: null,
  };
  const onProgress = (progress: Progress): void => {
    heard.last = progress;
    if (heard.tasks.length > 0 || !isSaid(progress.tasks)) return;
    heard.tasks = progress.tasks;
    writeFileSync(path, "");
  };
  return { heard, onProgress };
}

/** Without what differs: which worker got which. */
function plain(tasks: readonly TaskProgress[]): unknown[] {
  return tasks.toSorted((some, other) => some.item - other.item)
    .map(({ task, worker, ...rest }) => [typeof task, worker.replace(/\d+/, "n"), rest]);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

conform("onProgress is told what the tasks of a map say while they run", async (note) => {
  await using pool = new mp.Pool(2);
  const functions: ((done: number, total: number, path: string) => unknown)[] = [
    sayAndStand,
    sayAndWait,
  ];
  for (const fn of functions) {
    const path = freshPath();
    const { heard, onProgress } = letGo(path, (tasks) => tasks.length === 2);
    const rows: [number, number, string][] = [[3, 10, path], [0.5, 2 ** 53, path]];
    const results = await pool.starmap(fn, rows, { chunkSize: 1, onProgress });
    note([results, plain(heard.tasks), heard.last!.done, heard.last!.tasks]);
    const [first] = heard.tasks;
    assert(Object.isFrozen(first) && Object.isFrozen(heard.tasks));
  }
});

conform("every kind of call tells what its tasks say", async (note) => {
  await using pool = new mp.Pool(1);
  const calls: Record<
    string,
    (path: string, onProgress: (p: Progress) => void) => Promise<unknown>
  > = {
    apply: (path, onProgress) => pool.apply(sayAndStand, [1, 4, path], { onProgress }),
    applyAsync: (path, onProgress) =>
      pool.applyAsync(sayAndWait, [2, 4, path], { onProgress, retries: 1 }),
    mapAsync: (path, onProgress) => pool.mapAsync(sayAndStand, [3], [null], [path], { onProgress }),
    starmap: (path, onProgress) =>
      pool.starmap(sayAndStand, [[4, 4, path]], { onProgress, maxInFlight: 2 }),
    imap: (path, onProgress) => collect(pool.imap(sayAndStand, [0], [5], [path], { onProgress })),
  };
  for (const [name, call] of Object.entries(calls)) {
    const path = freshPath();
    const { heard, onProgress } = letGo(path, (tasks) => tasks.length === 1);
    const result = await call(path, onProgress);
    const { done, total, failed, tasks } = heard.last!;
    note([name, result, plain(heard.tasks), { done, total, failed, tasks }]);
  }
});

conform("a call tells of its end, and of its failure", async (note) => {
  await using pool = new mp.Pool(1);
  const told: Progress[] = [];
  const onProgress = (progress: Progress): void => void told.push(progress);
  await pool.apply((x: number) => x, [1], { onProgress });
  await pool.apply(
    () => {
      throw new Error("no");
    },
    [],
    { onProgress },
  ).catch(() => {});
  // A call that takes long is told of before it has ended, too.
  const ends = told.filter(({ done }) => done > 0);
  note(ends.map(({ done, total, failed }) => [done, total, failed]));
});

conform("the position is that of the item in the input", async (note) => {
  await using pool = new mp.Pool(1);
  const paths = [freshPath(), freshPath(), freshPath(), freshPath()];
  const items: unknown[] = [];
  const onProgress = ({ tasks: [task] }: Progress): void => {
    if (task === undefined || items.includes(task.item)) return;
    items.push(task.item);
    writeFileSync(paths[task.item], "");
  };
  const rows = paths.map((path, i): [number, number, string] => [i, 4, path]);
  await pool.starmap(sayAndStand, rows, { chunkSize: 2, onProgress });
  note(items);
});

conform("what is said after the end of a task is not heard", async (note) => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const said = new Set<number>();
  const { heard, onProgress } = letGo(path, ([task]) => task?.done === 2);
  const listen = (progress: Progress): void => {
    for (const { done } of progress.tasks) said.add(done);
    onProgress(progress);
  };
  note(await pool.map(sayForAnother, [path, path], { chunkSize: 1, onProgress: listen }));
  assert(!said.has(99));
  assertEquals(heard.tasks[0].total, null);
});

conform("an attempt begins anew", async (note) => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const { heard, onProgress } = letGo(path, ([task]) => task?.done === 2);
  const retries = { attempts: 2, on: ["RangeError"] };
  note(await pool.map(sayAndFailOnce, [path], { onProgress, retries }));
  note(plain(heard.tasks));
});

conform("a million calls send nothing", async (note) => {
  await using pool = new mp.Pool(1);
  const sent = async (times: number): Promise<number> => {
    const before = pool.insights().workers[0].bytesOut;
    await pool.apply(sayOften, [times]);
    return pool.insights().workers[0].bytesOut - before;
  };
  await sent(1_000_000);
  note(await sent(1_000_000) === await sent(1_000_001));
});

conform("what is no progress is refused in the task", async (note) => {
  await using pool = new mp.Pool(1);
  const wrong: ["done" | "total", unknown][] = [
    ["done", -1],
    ["done", NaN],
    ["done", Infinity],
    ["done", "5"],
    ["done", undefined],
    ["total", -1],
    ["total", NaN],
    ["total", {}],
  ];
  for (const [which, value] of wrong) {
    note([which, String(value), await failure(pool.apply(sayWrong, [which, value]))]);
  }
});

conform("more than all is no error: then the end is not known", async (note) => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const { heard, onProgress } = letGo(path, (tasks) => tasks.length === 1);
  await pool.apply(sayAndStand, [11, 10, path], { onProgress });
  note(plain(heard.tasks));
});

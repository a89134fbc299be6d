/**
 * Shows that the built package works where it was installed: run by `scripts/check_node_versions.ts` beside a
 * `node_modules` that has it, on every version of Node that is supported, and on Deno and Bun. Plain JavaScript, since
 * Node 20 runs nothing else. Prints one line a step; an exit code other than 0 is a failure.
 */

import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import process from "node:process";
import * as multiprocessing from "@allcores/multiprocessing";
import { serveDashboard } from "@allcores/multiprocessing/dashboard";

const { getAllStartMethods, getContext, isMainProcess } = multiprocessing;

assert.equal(isMainProcess(), true);
assert.ok(multiprocessing.cpuCount() >= 1 && multiprocessing.cpuCount() <= availableParallelism());

// Bundlers rename what they move; users see the names in errors. `Array` is another name of `SharedArray`.
for (const [name, value] of Object.entries(multiprocessing)) {
  if (typeof value === "function" && name !== "Array") assert.equal(value.name, name);
}

for (const method of getAllStartMethods()) {
  const { Lock, Pool, Process, Queue } = getContext(method);

  const pool = new Pool(2);
  assert.deepEqual(await pool.map((x) => x * x, [3, 1, 2]), [9, 1, 4]);
  await assert.rejects(
    () =>
      Promise.resolve(pool.apply(() => {
        throw new RangeError("too far");
      })),
    RangeError,
  );
  pool.close();
  await pool.join();

  const values = { a: [1, 2n, new Map([["k", new Date(0)]])] };
  const other = new Pool(1);
  assert.deepEqual(await other.apply((x) => x, [values]), values);
  await other.terminate();
  console.log(`${method}: pools work`);

  const [queue, lock] = [new Queue(), new Lock()];
  const target = (queue, lock) => lock.withLock(() => queue.put("from the child"));
  const child = new Process({ target, args: [queue, lock] });
  await child.start();
  assert.equal(await queue.get(), "from the child");
  assert.equal(await child.join(), 0);
  console.log(`${method}: handles work`);
}

// The page sees the pools of the main module: both have the same copy of what they share.
{
  const page = await serveDashboard();
  const pool = new multiprocessing.Pool(1);
  assert.equal(await pool.apply((x) => x + 1, [1]), 2);
  assert.equal((await fetch(page.url)).status, 200);
  const reader = (await fetch(`${page.url}events`)).body.getReader();
  let text = "";
  while (!text.includes('"pools":[{"number":')) {
    text += new TextDecoder().decode((await reader.read()).value);
  }
  await page.close();
  await pool.terminate();
  console.log("the dashboard works");
}

assert.ok(getAllStartMethods().includes("thread"));
if (process.platform !== "win32") assert.ok(getAllStartMethods().includes("process"));
console.log("package works");

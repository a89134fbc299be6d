/**
 * One program for Deno, Bun and Node: it starts a child on each of them, and the three children
 * fill one array in shared memory. A runtime that is not on the PATH is told, and left out.
 * `setExecutable("/path/to/bun", { runtime: "bun" })` names one that lies elsewhere.
 *
 * Run: `node examples/three_runtimes.ts`, `bun examples/three_runtimes.ts`,
 * `deno run -A examples/three_runtimes.ts`.
 */

import { getContext, ProcessError, type Queue } from "@allcores/multiprocessing";

/** Its text is sent, so it runs on each runtime as it stands here. */
async function work(names: Queue<string>, squares: Uint32Array, from: number): Promise<void> {
  for (let i = from; i < squares.length; i += 3) squares[i] = i * i;
  const name = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
  await names.put(`a child on ${name}`);
}

if (import.meta.main) {
  // A thread shares the runtime of its process.
  const { Process, Queue, SharedArray } = getContext("process");
  const names = new Queue<string>();
  const squares = SharedArray("uint32", 9, { lock: false });
  for (const [i, runtime] of (["deno", "bun", "node"] as const).entries()) {
    await using child = new Process({ runtime, target: work, args: [names, squares, i] });
    try {
      await child.start();
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      console.log(`no child on ${runtime}: ${error.message}`);
      continue;
    }
    const exitCode = await child.join();
    console.log(exitCode === 0 ? await names.get() : `${runtime}: exit code ${exitCode}`);
  }
  console.log(...squares);
}

// Prints:
// a child on Deno
// a child on Bun
// a child on Node
// 0 1 4 9 16 25 36 49 64

/**
 * Start-up, seen from outside: three programs, each of which does a little more than the one before. They are plain
 * JavaScript (or Python), as users have them, and are written where packages are found.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { inRoot } from "../support/paths.ts";
import type { Series } from "./types.ts";

const folder = ".cache/bench/programs";

/** Two programs: the import alone, and a pool that is used once and left. */
interface Texts {
  import: string;
  pool: string;
}

/** Those of this library. */
export function ownTexts(library: string, method: string): Texts {
  const name = JSON.stringify(library);
  return {
    import: `import ${name};`,
    pool: `import { getContext } from ${name};
const pool = new (getContext("${method}").Pool)(2);
if (await pool.apply((x) => x + 1, [1]) !== 2) throw new Error("the result is wrong");
pool.close();
await pool.join();`,
  };
}

/** Those of Python. */
export function pythonTexts(method: string): Texts {
  return {
    import: "import multiprocessing",
    pool: `import multiprocessing, operator
if __name__ == "__main__":
    pool = multiprocessing.get_context("${method}").Pool(2)
    assert pool.apply(operator.add, (1, 1)) == 2
    pool.close()
    pool.join()`,
  };
}

/** Those of the other libraries, by the names of the subjects. */
export function peerTexts(subject: string): Texts {
  const [library, method] = subject.split(" ");
  return { import: `import "${library}";`, pool: peerPools[library](method) };
}

const peerPools: Record<string, (method: string) => string> = {
  piscina: () =>
    `import { Piscina } from "piscina";
const filename = new URL("./tasks.mjs", import.meta.url).href;
const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
await pool.run(1, { name: "increment" });
await pool.destroy();`,
  tinypool: (method) =>
    `import { Tinypool } from "tinypool";
const filename = new URL("./tasks.mjs", import.meta.url).href;
const runtime = "${method === "thread" ? "worker_threads" : "child_process"}";
const pool = new Tinypool({ filename, runtime, minThreads: 2, maxThreads: 2 });
await pool.run(1, { name: "increment" });
await pool.destroy();`,
  workerpool: (method) =>
    `import workerpool from "workerpool";
const script = import.meta.dirname + "/workerpool_tasks.mjs";
const pool = workerpool.pool(script, { minWorkers: 2, maxWorkers: 2, workerType: "${method}" });
await pool.exec("increment", [1]);
await pool.terminate();`,
  // Its `destroy()` does not always come to an end.
  poolifier: () =>
    `import { FixedThreadPool } from "poolifier";
const pool = new FixedThreadPool(2, import.meta.dirname + "/poolifier_tasks.mjs");
await pool.execute(1, "increment");
process.exit();`,
};

const taskFiles: Record<string, string> = {
  "tasks.mjs": "export const increment = (x) => x + 1;",
  "workerpool_tasks.mjs": `import workerpool from "workerpool";
workerpool.worker({ increment: (x) => x + 1 });`,
  "poolifier_tasks.mjs": `import { ThreadWorker } from "poolifier";
export default new ThreadWorker({ increment: (x) => x + 1 });`,
};

/**
 * Writes the programs.
 *
 * @param name A name for them.
 * @param ending What their names end with.
 * @returns The files: the empty one, the import, the pool.
 */
export function writePrograms(name: string, ending: "mjs" | "py", texts: Texts): string[] {
  mkdirSync(inRoot(folder), { recursive: true });
  const write = (file: string, text: string): string => {
    const path = inRoot(folder, file);
    writeFileSync(path, `${text}\n`);
    return path;
  };
  for (const [file, text] of Object.entries(taskFiles)) write(file, text);
  const prefix = name.replaceAll(" ", "_");
  return [
    write(`empty.${ending}`, ""),
    write(`${prefix}_import.${ending}`, texts.import),
    write(`${prefix}_pool.${ending}`, texts.pool),
  ];
}

/**
 * Runs the programs, one after the other.
 *
 * @returns The empty program, what the others take on top of the one before (ms), and that over the empty program.
 * @throws {Error} when one fails.
 */
export function timePrograms(commands: string[][], timeout: number): Series {
  const [empty, imported, pool] = commands.map(([file, ...args]) => {
    const started = performance.now();
    const { status, signal } = spawnSync(file, args, { stdio: "ignore", timeout });
    if (status !== 0) throw new Error(`${args.at(-1)}: ${signal ?? `exit code ${status}`}`);
    return performance.now() - started;
  });
  const [ofImport, ofPool] = [imported - empty, pool - imported];
  return { windows: [empty, ofImport, ofPool, ofImport / empty, ofPool / empty] };
}

/**
 * The demo: counts lines, bytes and identifiers in all source files below a folder, on one core and on all of them, on
 * Deno, Bun and Node, with processes and with threads. All have to find the same.
 *
 * ```sh
 * npm run demo
 * npm run demo -- --dir ~/projects --runtime bun --method process
 * ```
 *
 * `deno task demo` and `bun run demo` do the same.
 *
 * @module
 */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { printResults } from "./demo/results.ts";
import { type Run, runProgram } from "./demo/run_program.ts";
import { choose } from "./support/choose.ts";
import { runMain } from "./support/run_main.ts";
import { endWithStarter } from "./support/end_with_starter.ts";
import { inRoot } from "./support/paths.ts";
import { Progress } from "./support/progress.ts";
import { type RuntimeName, runtimeNames } from "./support/runtimes.ts";

const methods = ["process", "thread"] as const;

const usage = `Options:
  --dir PATH      the folder to study (default: node_modules of this project)
  --runtime NAME  deno, bun or node (may be repeated; default: all)
  --method NAME   process or thread (may be repeated; default: both)
  --help`;

await runMain("demo", main);

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      dir: { type: "string" },
      runtime: { type: "string", multiple: true },
      method: { type: "string", multiple: true },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(usage);
  const folder = findFolder(options.dir);
  const runtimes = choose<RuntimeName>(options.runtime, runtimeNames, "runtime");
  const chosenMethods = choose(options.method, methods, "method");
  endWithStarter();
  console.log(`The source files (JavaScript, TypeScript, C, C++) below ${folder}`);
  const progress = new Progress(process.stdout);
  const runs: Run[] = [];
  for (const runtime of runtimes) {
    for (const method of chosenMethods) {
      runs.push(await runProgram(runtime, method, folder, progress));
    }
  }
  progress.clear();
  if (!printResults(runs)) process.exitCode = 1;
}

/** A relative path is meant from where the user is, which npm tells. */
function findFolder(given: string | undefined): string {
  if (given === undefined) return inRoot("node_modules");
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status === undefined) throw new Error(`there is no folder ${folder}`);
  if (!status.isDirectory()) throw new Error(`${folder} is not a folder`);
  return folder;
}

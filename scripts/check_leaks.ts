/**
 * The leak hunt: 200,000 tasks, 20,000 locks, 5,000 children and 2,000 pools, on every runtime under both start methods. What
 * the main program has of the system is looked at when a fifth of the work is done, in the middle, and at the end, each time
 * after everything that can be collected was collected.
 *
 * A leak grows with the work, so it is judged by what grows from the middle to the end, and by how much that is for one piece
 * of work: what grows once, like a cache, is none.
 *
 * ```sh
 * npm run check:leaks
 * npm run check:leaks -- --scale 0.05 --runtime node --method process --kind locks
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import type { Hunt, Usage } from "./leaks/program.ts";
import { choose } from "./support/choose.ts";
import { runCommand } from "./support/command.ts";
import { inRoot } from "./support/paths.ts";
import { runMain } from "./support/run_main.ts";
import { executable, type RuntimeName, runtimeNames } from "./support/runtimes.ts";
import { grouped, table } from "./support/table.ts";
import { indent, tail } from "./support/text.ts";

const methods = ["process", "thread"] as const;
const kinds = ["tasks", "locks", "children", "pools"] as const;
const MEBIBYTE = 2 ** 20;

/**
 * How much of each may grow from the middle to the end, whatever was done: what the collectors and allocators of the runtimes
 * keep or not by chance. A leak of one descriptor or file for every hundred pieces of work is above it in a whole hunt.
 */
const SLACK: Usage = {
  heap: 2 * MEBIBYTE,
  resident: 24 * MEBIBYTE,
  descriptors: 4,
  mappings: 40,
  files: 0,
};
/** How much memory may grow for one piece of work besides (bytes): less than any object of this library has. */
const HEAP_EACH = 32;

const usage = `Options:
  --scale N       the part of the work that is done (default 1)
  --runtime NAME  deno, bun or node (may be repeated; default: all)
  --method NAME   process or thread (may be repeated; default: both)
  --kind NAME     tasks, locks, children or pools (may be repeated; default: all)
  --minutes N     the longest time for one runtime and method (default 60)
  --help`;

/** The flags that give a program a collector to call. */
const collectorFlags: Record<RuntimeName, string[]> = {
  deno: ["run", "-A", "--no-check", "--v8-flags=--expose-gc"],
  bun: [],
  node: ["--expose-gc"],
};

await runMain("check:leaks", main);

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      scale: { type: "string", default: "1" },
      runtime: { type: "string", multiple: true },
      method: { type: "string", multiple: true },
      kind: { type: "string", multiple: true },
      minutes: { type: "string", default: "60" },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(usage);
  const wanted = choose(options.kind, kinds, "kind");
  const limit = Number(options.minutes) * 60_000;
  const rows: string[][] = [];
  const problems: string[] = [];
  for (const runtime of choose<RuntimeName>(options.runtime, runtimeNames, "runtime")) {
    for (const method of choose(options.method, methods, "method")) {
      const name = `${runtime} ${method}`;
      const args = [method, options.scale, ...wanted];
      const { hunts, failure } = await hunt(runtime, args, limit);
      if (failure !== null) problems.push(`${name}: ${failure}`);
      for (const hunt of hunts) {
        const leaks = leaksOf(hunt);
        rows.push(rowOf(name, hunt, leaks));
        problems.push(...leaks.map((leak) => `${name}, ${hunt.kind}: ${leak}`));
      }
    }
  }
  const head = ["", "", "done", "s", "heap (KiB)", "resident (MiB)", "descriptors", "mappings"];
  console.log(table([...head, "files", ""], rows, "llrrrrrrrl"));
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
}

async function hunt(
  runtime: RuntimeName,
  args: string[],
  timeout: number,
): Promise<{ hunts: Hunt[]; failure: string | null }> {
  const program = inRoot("scripts/leaks/program.ts");
  const command = [executable(runtime), ...collectorFlags[runtime], program, ...args];
  const end = await runCommand(command, { timeout });
  const lines = end.stdout.split("\n").filter((line) => line.startsWith('{"kind"'));
  const hunts = lines.map((line) => JSON.parse(line) as Hunt);
  if (end.code === 0) return { hunts, failure: null };
  const what = end.timedOut ? "it did not end in time" : `it ended with ${end.code ?? end.signal}`;
  return { hunts, failure: `${what}\n${indent(tail(end.output, 20))}` };
}

/** What grew with the work. */
function leaksOf({ usages, count }: Hunt): string[] {
  const [first, middle, last] = usages;
  const each: Usage = {
    heap: HEAP_EACH,
    resident: HEAP_EACH,
    descriptors: 0,
    mappings: 0,
    files: 0,
  };
  return (Object.keys(SLACK) as (keyof Usage)[]).flatMap((what) => {
    const growth = last[what] - Math.max(first[what], middle[what]);
    if (growth <= SLACK[what] + each[what] * count / 2) return [];
    return [`${what} grew by ${grouped(growth)} in ${grouped(Math.round(count / 2))}`];
  });
}

function rowOf(name: string, { kind, count, usages, seconds }: Hunt, leaks: string[]): string[] {
  const course = (what: keyof Usage, unit = 1) =>
    usages.map((usage) => grouped(Math.round(usage[what] / unit))).join(" → ");
  return [
    name,
    kind,
    grouped(count),
    seconds.toFixed(0),
    course("heap", 1024),
    course("resident", MEBIBYTE),
    course("descriptors"),
    course("mappings"),
    course("files"),
    leaks.length === 0 ? "flat" : "LEAK",
  ];
}

/**
 * The soak: queues, pipes, locks, shared memory and a pool together, while their processes are killed at random. At the end nothing
 * may be lost, doubled, out of order, hung or left behind.
 *
 * ```sh
 * npm run soak
 * npm run soak -- --minutes 1 --runtime bun --method process --seed 7
 * ```
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import type { SoakResult } from "./soak/program.ts";
import { choose } from "./support/choose.ts";
import { runMain } from "./support/run_main.ts";
import { runCommand } from "./support/command.ts";
import { findLeftovers, runMarker, sharedEntries } from "./support/leftovers.ts";
import { inRoot } from "./support/paths.ts";
import { Progress } from "./support/progress.ts";
import { executable, type RuntimeName, runtimeNames } from "./support/runtimes.ts";
import { grouped, table } from "./support/table.ts";
import { indent } from "./support/text.ts";

const methods = ["process", "thread"] as const;
/** Seconds that a soak may take beyond its time: it waits for those who stand still before it says so. */
const GRACE = 150;

const usage = `Options:
  --minutes N     for all soaks together (default 10)
  --runtime NAME  deno, bun or node (may be repeated; default: all)
  --method NAME   process or thread (may be repeated; default: both)
  --seed N        of the random kills (default: another one each time)
  --help`;

/** The counts that are printed: the item's way, additions under the lock, rounds of the barrier, and so on. */
const columns = ["produce", "arrived", "add", "borrow", "meet", "take", "echoed", "name", "calls"];

interface Soak {
  name: string;
  result: SoakResult | null;
  problems: string[];
}

await runMain("soak", main);

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      runtime: { type: "string", multiple: true },
      method: { type: "string", multiple: true },
      seed: { type: "string", default: String(Date.now() % 100_000) },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(usage);
  const minutes = numberOf(options.minutes, "minutes");
  const seed = numberOf(options.seed, "seed");
  const runtimes = choose<RuntimeName>(options.runtime, runtimeNames, "runtime");
  const pairs = runtimes.flatMap((runtime) =>
    choose(options.method, methods, "method").map((method) => ({ runtime, method }))
  );
  const seconds = Math.max(1, minutes * 60 / pairs.length);
  console.log(`${pairs.length} soaks of ${Math.round(seconds)} s, seed ${seed}`);
  const progress = new Progress(process.stdout);
  const soaks: Soak[] = [];
  for (const { runtime, method } of pairs) {
    const started = performance.now();
    const timer = setInterval(() => {
      const passed = Math.round((performance.now() - started) / 1000);
      progress.show(`${runtime} ${method}: ${passed} of ${Math.round(seconds)} s`);
    }, 5000);
    soaks.push(await runSoak(runtime, method, seconds, seed));
    clearInterval(timer);
  }
  progress.clear();
  printSoaks(soaks);
}

function numberOf(text: string, what: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`--${what} takes a number above 0, not "${text}"`);
}

async function runSoak(
  runtime: RuntimeName,
  method: string,
  seconds: number,
  seed: number,
): Promise<Soak> {
  const marker = randomUUID();
  const temporary = mkdtempSync(join(tmpdir(), "soak-"));
  const sharedBefore = sharedEntries();
  const end = await runCommand([
    executable(runtime),
    ...runtime === "deno" ? ["run", "-A", "--no-check"] : [],
    inRoot("scripts/soak/program.ts"),
    method,
    String(seconds),
    String(seed),
  ], {
    env: { TMPDIR: temporary, [runMarker]: marker, NODE_COMPILE_CACHE: join(temporary, "cache") },
    timeout: (seconds + GRACE) * 1000,
  });
  const left = await findLeftovers({ marker, pid: end.pid, temporary, sharedBefore });
  rmSync(temporary, { recursive: true, force: true });
  const result = resultIn(end.stdout);
  const problems = [...result?.problems ?? [], ...left.map((trace) => `left behind: ${trace}`)];
  if (end.timedOut) problems.push("it did not end");
  else if (result === null) problems.push(`it ended without a result\n${indent(end.output)}`);
  return { name: `${runtime} ${method}`, result, problems };
}

function resultIn(output: string): SoakResult | null {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return line.startsWith('{"kills"') ? JSON.parse(line) as SoakResult : null;
}

function printSoaks(soaks: Soak[]): void {
  const rows = soaks.map(({ name, result, problems }) => [
    name,
    grouped(result?.kills ?? 0),
    ...columns.map((column) => grouped(result?.counts[column] ?? 0)),
    result?.memory.join(" → ") ?? "",
    result?.files.join(" → ") ?? "",
    problems.length === 0 ? "clean" : "FAILED",
  ]);
  const head = ["", "kills", ...columns, "memory (MiB)", "files", ""];
  console.log(table(head, rows, `l${"r".repeat(columns.length + 3)}l`));
  for (const { name, problems } of soaks) {
    for (const problem of problems) console.log(`${name}: ${problem}`);
  }
  const kills = soaks.reduce((sum, { result }) => sum + (result?.kills ?? 0), 0);
  const failed = soaks.filter(({ problems }) => problems.length > 0).length;
  console.log(`${grouped(kills)} kills; ${failed === 0 ? "all clean" : `${failed} not clean`}`);
  if (failed > 0) process.exitCode = 1;
}

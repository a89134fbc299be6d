/**
 * The soak: queues, pipes, locks, shared memory and a pool together, while their processes are killed at random. At the end nothing
 * may be lost, doubled, out of order, hung or left behind; so too where they are starved as well. Of each part so many must have been killed as the time asks for.
 *
 * ```sh
 * npm run soak
 * npm run soak -- --scarce
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

/** How many files each process of a scarce soak may open. */
const FILES = 256;

/** The parts of the time: a process takes longer to start than a thread, and many are to be killed. */
const SHARES = { process: 3, thread: 1 };
/** How many are killed in ten minutes at least: of the processes that use the structures, and of a pool's workers by SIGKILL. */
const TARGETS = { structures: 500, pool: 1000 };

const usage = `Options:
  --minutes N     for all soaks together (default 10)
  --runtime NAME  deno, bun or node (may be repeated; default: all)
  --method NAME   process or thread (may be repeated; default: both)
  --scarce        take the descriptors of random processes away for some milliseconds, and let processes stand still; threads
                  are only killed, and Deno, which ends itself without descriptors, keeps them
  --seed N        of the random kills (default: another one each time)
  --help`;

/** The counts that are printed: the item's way, additions under the lock, rounds of the barrier, and so on. */
const columns = ["produce", "arrived", "add", "borrow", "meet", "take", "echoed", "name", "calls"];

interface Soak {
  name: string;
  method: string;
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
      scarce: { type: "boolean", default: false },
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
  const shares = pairs.reduce((sum, { method }) => sum + SHARES[method], 0);
  console.log(`${pairs.length} soaks, seed ${seed}`);
  const progress = new Progress(process.stdout);
  const soaks: Soak[] = [];
  for (const { runtime, method } of pairs) {
    const seconds = Math.max(1, minutes * 60 * SHARES[method] / shares);
    const started = performance.now();
    const timer = setInterval(() => {
      const passed = Math.round((performance.now() - started) / 1000);
      progress.show(`${runtime} ${method}: ${passed} of ${Math.round(seconds)} s`);
    }, 5000);
    soaks.push(await runSoak(runtime, method, seconds, seed, options.scarce));
    clearInterval(timer);
  }
  progress.clear();
  printSoaks(soaks);
  const isEnough = printKills(soaks, minutes);
  const failed = soaks.filter(({ problems }) => problems.length > 0).length;
  console.log(failed === 0 ? "all clean" : `${failed} not clean`);
  if (failed > 0 || !isEnough) process.exitCode = 1;
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
  isScarce: boolean,
): Promise<Soak> {
  const marker = randomUUID();
  const temporary = mkdtempSync(join(tmpdir(), "soak-"));
  const sharedBefore = sharedEntries();
  const end = await runCommand([
    ...isScarce ? ["sh", "-c", `ulimit -n ${FILES} && exec "$@"`, "sh"] : [],
    executable(runtime),
    ...runtime === "deno" ? ["run", "-A", "--no-check"] : [],
    inRoot("scripts/soak/program.ts"),
    method,
    String(seconds),
    String(seed),
    ...isScarce ? ["scarce"] : [],
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
  return { name: `${runtime} ${method}`, method, result, problems };
}

function resultIn(output: string): SoakResult | null {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  return line.startsWith('{"kills"') ? JSON.parse(line) as SoakResult : null;
}

function printSoaks(soaks: Soak[]): void {
  const rows = soaks.map(({ name, result, problems }) => [
    name,
    ...columns.map((column) => grouped(result?.counts[column] ?? 0)),
    result?.memory.join(" → ") ?? "",
    result?.files.join(" → ") ?? "",
    problems.length === 0 ? "clean" : "FAILED",
  ]);
  const head = ["", ...columns, "memory (MiB)", "files", ""];
  console.log(table(head, rows, `l${"r".repeat(columns.length + 2)}l`));
  for (const { name, problems } of soaks) {
    for (const problem of problems) console.log(`${name}: ${problem}`);
  }
}

/**
 * Prints who was killed: processes by SIGKILL; threads, which the system cannot kill, by their creator, or by their own exit in
 * the middle of a pool's work.
 *
 * @returns Whether so many were killed as the time asks for.
 */
function printKills(soaks: Soak[], minutes: number): boolean {
  const parts = [...new Set(soaks.flatMap(({ result }) => Object.keys(result?.kills ?? {})))];
  const rows = soaks.map(({ name, result }) => [
    name,
    ...parts.map((part) => grouped(result?.kills[part] ?? 0)),
  ]);
  console.log(`\n${table(["killed", ...parts], rows, `l${"r".repeat(parts.length)}`)}\n`);
  const sum = (method: string, isWanted: (part: string) => boolean) =>
    soaks.filter((soak) => soak.method === method)
      .flatMap(({ result }) => Object.entries(result?.kills ?? {}))
      .reduce((all, [part, kills]) => isWanted(part) ? all + kills : all, 0);
  const inPool = (part: string) => part === "pool";
  const outside = (part: string) => part !== "pool";
  const [processes, threads] = methods.map((method) => sum(method, outside));
  const [workers, workerThreads] = methods.map((method) => sum(method, inPool));
  const least = (target: number) => Math.floor(target * minutes / 10);
  const met = (kills: number, target: number) =>
    `target ${grouped(least(target))}, ${kills >= least(target) ? "met" : "NOT MET"}`;
  const structures = processes + threads;
  const { pool } = TARGETS;
  console.log(
    `structures: ${grouped(structures)} kills, of which ${grouped(processes)} by SIGKILL and ` +
      `${grouped(threads)} of threads (${met(structures, TARGETS.structures)})`,
  );
  const hasProcesses = soaks.some(({ method }) => method === "process");
  console.log(
    `pool workers: ${grouped(workers)} by SIGKILL (${
      hasProcesses ? met(workers, pool) : "threads only"
    }); ` +
      `${grouped(workerThreads)} threads that were terminated or ended themselves besides`,
  );
  return structures >= least(TARGETS.structures) && (!hasProcesses || workers >= least(pool));
}

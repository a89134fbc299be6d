/**
 * The bench: this library on every runtime under both start methods, other libraries and Python's `multiprocessing`, in one
 * run on one machine. Each figure is the median of several repetitions after a warm-up, in a program of its own.
 *
 * ```sh
 * npm run bench
 * npm run bench -- --quick
 * npm run bench -- --only call --only flight --runtime bun --no-peers --json
 * ```
 *
 * It judges nothing: its exit code is 0 whatever the figures are, and 1 only when this library could not be measured.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { arch, availableParallelism, loadavg, platform } from "node:os";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { choose } from "../support/choose.ts";
import { runMain } from "../support/run_main.ts";
import { runCommand } from "../support/command.ts";
import { inRoot } from "../support/paths.ts";
import { Progress } from "../support/progress.ts";
import { executable, type RuntimeName, runtimeNames } from "../support/runtimes.ts";
import { buildLibrary } from "./build.ts";
import { measurements } from "./measurements/mod.ts";
import { type Choice, hasPython, type Job, makePlan } from "./plan.ts";
import { entriesOf, type Result, tableOf } from "./results.ts";

const names = measurements.map(({ name }) => name);

const usage = `Options:
  --only NAME     ${names.join(", ")} (may be repeated; default: all)
  --runtime NAME  deno, bun or node (may be repeated; default: all)
  --method NAME   process or thread (may be repeated; default: both)
  --no-peers      this library only
  --quick         fewer repetitions of less, and no other libraries on Bun
  --json          everything as JSON
  --help`;

/** The longest time (ms) for one program. */
const timeout = 60_000;

await runMain("bench", main);

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      runtime: { type: "string", multiple: true },
      method: { type: "string", multiple: true },
      "no-peers": { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(usage);
  const runtimes = choose<RuntimeName>(options.runtime, runtimeNames, "runtime");
  const plan = makePlan({
    only: choose(options.only, names, "measurement"),
    runtimes,
    methods: choose(options.method, ["process", "thread"], "method"),
    peers: options["no-peers"] ? [] : peerPlaces(options.quick),
    effort: options.quick ? { repetitions: 3, scale: 0.25 } : { repetitions: 7, scale: 1 },
    libraries: await findLibraries(runtimes),
  });
  const machine = describeMachine(runtimes);
  if (!options.json) console.log(machine);
  const results = await measureAll(plan, options.json ? () => {} : console.log);
  if (options.json) console.log(JSON.stringify({ machine, results: entriesOf(results) }, null, 2));
  if (results.some(({ job, figures }) => !job.isPeer && figures === null)) process.exitCode = 1;
}

function peerPlaces(quick: boolean): Choice["peers"] {
  const places: Choice["peers"] = quick ? ["node"] : ["node", "bun"];
  return hasPython() ? [...places, "python"] : places;
}

/** Node gets the build, since it takes its time for TypeScript. */
async function findLibraries(runtimes: readonly RuntimeName[]): Promise<Choice["libraries"]> {
  const sources = pathToFileURL(inRoot("mod.ts")).href;
  const build = runtimes.includes("node") ? await buildLibrary() : sources;
  return { deno: sources, bun: sources, node: build };
}

/** What else the machine has to do tells how good the figures can be. */
function describeMachine(runtimes: readonly RuntimeName[]): string {
  const load = `load before the start ${loadavg()[0].toFixed(1)}`;
  const machine = `${platform()} ${arch()}, ${availableParallelism()} cores, ${load}`;
  return [machine, ...runtimes.map(versionOf)].join("; ");
}

function versionOf(runtime: RuntimeName): string {
  const { stdout } = spawnSync(executable(runtime), ["--version"], { encoding: "utf8" });
  return `${runtime} ${/\d+\.\d+\.\d+/.exec(stdout)?.[0]}`;
}

/** Starts one program after the other; a measurement is printed when its last one is done. */
async function measureAll(plan: Job[], print: (text: string) => void): Promise<Result[]> {
  const progress = new Progress(process.stderr);
  const results: Result[] = [];
  for (const [i, job] of plan.entries()) {
    const { measurement, library, runtime, method } = job;
    progress.show(`${i + 1}/${plan.length} ${measurement.name}: ${library}, ${runtime} ${method}`);
    results.push(await measure(job));
    if (plan[i + 1]?.measurement === measurement) continue;
    progress.clear();
    print(`\n${tableOf(results.filter((result) => result.job.measurement === measurement))}`);
  }
  return results;
}

async function measure(job: Job): Promise<Result> {
  const env = { NO_COLOR: "1", FORCE_COLOR: undefined };
  const result = await runCommand(job.command, { env, timeout });
  const line = result.stdout.trimEnd().split("\n").at(-1) ?? "";
  if (result.code === 0 && line.startsWith("{")) return { job, figures: JSON.parse(line) };
  const error = result.output.split("\n").find((text) => /error/i.test(text))?.trim();
  const reason = result.timedOut ? `gave no answer in ${timeout / 1000} s` : error ?? result.signal;
  return { job, figures: null, failure: reason ?? `exit code ${result.code}` };
}

/**
 * The bench: this library on every runtime under both start methods, the bare runtimes, other libraries and Python's
 * `multiprocessing`, in one run on one machine. Each figure tells of a program from its first call on, in windows; nothing
 * is warmed up. See `NOTES.md` for what was found with it.
 *
 * ```sh
 * npm run bench
 * npm run bench -- --feel
 * npm run bench -- --only call --condition busy --runtime bun --no-peers --json
 * npm run bench -- --deopts
 * npm run bench -- --growth
 * npm run bench -- --only call --only flight --svg
 * node scripts/bench/main.ts --growth --json > growth.json
 * node scripts/bench/main.ts --from growth.json --svg pictures
 * ```
 *
 * It judges nothing: its exit code is 0 whatever the figures are, and 1 only when this library could not be measured.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, loadavg, platform } from "node:os";
import { parseArgs } from "node:util";
import { choose } from "../support/choose.ts";
import { inRoot } from "../support/paths.ts";
import { runMain } from "../support/run_main.ts";
import { executable, type RuntimeName, runtimeNames } from "../support/runtimes.ts";
import { buildLibrary } from "./build.ts";
import { type ConditionName, conditions } from "./conditions.ts";
import { deopts } from "./deopts.ts";
import { feel } from "./feel.ts";
import { full } from "./full.ts";
import { growth } from "./growth.ts";
import type { Mode } from "./mode.ts";
import { writePictures } from "./pictures/pictures.ts";
import { readRun } from "./pictures/saved_run.ts";
import { type Choice, hasPython } from "./plan.ts";

const modes = { feel, deopts, growth };
const conditionNames = Object.keys(conditions) as ConditionName[];

const usage = `What is measured:
${["", ...Object.keys(modes)].map(describeMode).join("\n")}
Options:
  --only NAME       one of the names above (may be repeated; default: all)
  --runtime NAME    deno, bun or node (may be repeated; default: all)
  --method NAME     process or thread (may be repeated; default: both)
  --condition NAME  ${conditionNames.join(", ")} (may be repeated; default: quiet)
  --programs N      how many fresh programs a figure is taken from
  --no-peers        without other libraries and Python
  --windows         all windows, too
  --json            everything as JSON
  --svg [FOLDER]    draws the pictures of the run (default: into docs)
  --from FILE       with --svg: draws a run that was saved by --json, and measures nothing
  --help`;

await runMain("bench", main);

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  if (options.from !== undefined) return drawSaved(options);
  const asked = (["feel", "deopts", "growth"] as const).filter((name) => options[name]);
  if (asked.length > 1) throw new Error(`--${asked.join(" and --")} do not go together`);
  const mode = asked.length === 0 ? full : modes[asked[0]];
  const refused = mode.refuses.find((name) => options[name]);
  if (refused !== undefined) throw new Error(`--${refused} does not go with --${asked[0]}`);
  await measure(mode, options);
}

async function measure(mode: Mode, options: ReturnType<typeof readOptions>): Promise<void> {
  const runtimes = choose<RuntimeName>(options.runtime, runtimeNames, "runtime");
  const asked = {
    only: choose(options.only, mode.names, "measurement"),
    programs: countOf(options.programs) ?? mode.programs,
    windows: options.windows,
    print: options.json ? () => {} : console.log,
  };
  const choice = {
    runtimes,
    methods: choose(options.method, ["process", "thread"], "method"),
    peers: options["no-peers"] ? [] : peerPlaces(),
    budget: mode.budget,
  };
  const chosen = choose(options.condition ?? ["quiet"], conditionNames, "condition");
  const machine = describeMachine(runtimes);
  asked.print(machine);
  const libraries = await findLibraries();
  const choices = chosen.map((condition): Choice => ({ ...choice, condition, libraries }));
  const date = new Date().toISOString().slice(0, "2026-01-31".length);
  const results = await mode.measure({ ...asked, choices });
  const json = JSON.stringify({ machine, date, results }, null, 2);
  if (options.json) console.log(json);
  if (options.folder !== null) draw(json, options.folder);
}

/** Draws what was measured before. */
function drawSaved({ from, folder, values }: ReturnType<typeof readOptions>): void {
  const others = Object.keys(values).filter((name) => !["from", "svg"].includes(name));
  const given = others.filter((name) => values[name as keyof typeof values] !== false);
  if (given.length > 0) throw new Error(`--${given[0]} does not go with --from`);
  if (folder === null) throw new Error("--from goes with --svg");
  draw(readFileSync(from!, "utf8"), folder);
}

function draw(json: string, folder: string): void {
  for (const path of writePictures(readRun(json), folder)) console.error(`wrote ${path}`);
}

function readOptions() {
  const several = { type: "string", multiple: true } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: several,
      runtime: several,
      method: several,
      condition: several,
      programs: { type: "string" },
      feel: flag,
      deopts: flag,
      growth: flag,
      "no-peers": flag,
      windows: flag,
      json: flag,
      svg: flag,
      from: { type: "string" },
      help: flag,
    },
  });
  if (positionals.length > (values.svg ? 1 : 0)) {
    throw new Error(`"${positionals.at(-1)}" is no option`);
  }
  if (values.svg && values.deopts) throw new Error("--svg does not go with --deopts");
  const folder = values.svg ? positionals[0] ?? inRoot("docs") : null;
  return { ...values, values, folder };
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--programs takes a whole number, got "${text}"`);
  return Number(text);
}

function describeMode(name: string): string {
  const { about, names, programs } = modes[name as keyof typeof modes] ?? full;
  const option = name === "" ? "(nothing)" : `--${name}`;
  return `  ${option.padEnd(16)}  ${about} (programs: ${programs}): ${names.join(", ")}`;
}

function peerPlaces(): Choice["peers"] {
  return hasPython() ? ["node", "bun", "python"] : ["node", "bun"];
}

/** What is published: npm and JSR have the same files. */
async function findLibraries(): Promise<Choice["libraries"]> {
  const build = await buildLibrary();
  return { deno: build, bun: build, node: build };
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

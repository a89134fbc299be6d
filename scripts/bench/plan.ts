/**
 * Who is measured at what: one job is one subject at one measurement, in as many fresh programs as it is run.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { inRoot } from "../support/paths.ts";
import { executable, type RuntimeName } from "../support/runtimes.ts";
import { type ConditionName, conditions, workersUnder } from "./conditions.ts";
import type { Assignment } from "./program.ts";
import { ownTexts, peerTexts, pythonTexts, writePrograms } from "./start_up.ts";
import { peers, subjectsOf } from "./subjects/mod.ts";
import type { Effort, Measurement } from "./types.ts";

/** Where this library is for each runtime. */
export type Libraries = Record<RuntimeName, string>;

/** Whom to measure, and how. */
export interface Choice {
  runtimes: readonly RuntimeName[];
  methods: readonly string[];
  /** Where to measure other libraries. */
  peers: readonly (RuntimeName | "python")[];
  /** Other libraries that are left out. */
  without?: (subject: string) => boolean;
  condition: ConditionName;
  /** Whether windows are left out that come after those with a target. */
  targetsOnly?: boolean;
  /** How long (ms) a program goes on, see {@linkcode Effort}: those of this library, and others. */
  budget: { own: number; others: number };
  libraries: Libraries;
}

/** One subject at one measurement. */
export interface Job {
  measurement: Measurement;
  condition: ConditionName;
  library: string;
  runtime: RuntimeName | "python";
  method: string;
  kind: "own" | "limit" | "peer";
  /** One program that prints its series; or several that are timed from outside. */
  commands: string[][];
}

/** The jobs of a measurement. */
export function jobsOf(measurement: Measurement, choice: Choice): Job[] {
  if (choice.condition === "crowded" && !measurement.scales) return [];
  return [
    ...choice.runtimes.flatMap((runtime) => ownJobs(measurement, runtime, choice)),
    ...choice.runtimes.flatMap((runtime) => limitJobs(measurement, runtime, choice)),
    ...choice.runtimes.flatMap((runtime) => peerJobs(measurement, runtime, choice)),
    ...pythonJobs(measurement, choice),
  ];
}

/** Whether Python is there. */
export function hasPython(): boolean {
  return spawnSync("python3", ["-c", "import multiprocessing"]).status === 0;
}

/** What runs a program on a runtime. */
export function commandFor(runtime: RuntimeName, program: string, flags: string[] = []): string[] {
  const own = runtime === "deno" ? ["run", "-A", "--no-check"] : [];
  return [executable(runtime), ...own, ...flags, program];
}

/** What runs the program of a measurement. */
export function measuring(
  runtime: RuntimeName,
  assignment: Assignment,
  flags: string[] = [],
): string[] {
  const program = inRoot("scripts/bench/program.ts");
  return [...commandFor(runtime, program, flags), JSON.stringify(assignment)];
}

function ownJobs(measurement: Measurement, runtime: RuntimeName, choice: Choice): Job[] {
  return choice.methods.map((method) => {
    const texts = () => ownTexts(choice.libraries[runtime], method);
    const commands = commandsFor(measurement, runtime, method, choice, texts, choice.budget.own);
    return jobFor(measurement, choice, "own", "ours", runtime, method, commands);
  });
}

/** Threads that spin need two cores, or each waits for the other's turn to be over. */
function limitJobs(measurement: Measurement, runtime: RuntimeName, choice: Choice): Job[] {
  const able = measurement.limits.filter((limit) =>
    limit === "bare" || choice.condition !== "one-core"
  );
  return able.flatMap(subjectsOf).flatMap((name) => {
    const [library, method] = name.split(" ");
    if (!choice.methods.includes(method)) return [];
    const commands = commandsFor(measurement, runtime, name, choice, null, choice.budget.others);
    return [jobFor(measurement, choice, "limit", library, runtime, method, commands)];
  });
}

function peerJobs(measurement: Measurement, runtime: RuntimeName, choice: Choice): Job[] {
  if (!choice.peers.includes(runtime) || !measurement.peers.includes(runtime)) return [];
  const able = Object.entries(peers).filter(([name, { runtimes, not = [] }]) =>
    runtimes.includes(runtime) && !not.includes(measurement.name) && !choice.without?.(name)
  );
  return able.map(([name]) => {
    const [library, method] = name.split(" ");
    const texts = () => peerTexts(name);
    const commands = commandsFor(measurement, runtime, name, choice, texts, choice.budget.others);
    return jobFor(measurement, choice, "peer", library, runtime, method, commands);
  });
}

function pythonJobs(measurement: Measurement, choice: Choice): Job[] {
  if (!choice.peers.includes("python")) return [];
  const program = inRoot("scripts/bench/python_peer.py");
  const effort = JSON.stringify(effortOf(measurement, choice, choice.budget.others));
  return measurement.python.map((method) => {
    const commands = measurement.run === "outside"
      ? writePrograms(`python ${method}`, "py", pythonTexts(method)).map((
        path,
      ) => ["python3", path])
      : [["python3", program, measurement.name, method, effort]];
    return jobFor(measurement, choice, "peer", "multiprocessing", "python", method, commands);
  });
}

function commandsFor(
  measurement: Measurement,
  runtime: RuntimeName,
  subject: string,
  choice: Choice,
  texts: (() => Parameters<typeof writePrograms>[2]) | null,
  budget: number,
): string[][] {
  if (measurement.run === "outside") {
    const files = writePrograms(`${runtime} ${subject}`, "mjs", texts!());
    return files.map((path) => commandFor(runtime, path));
  }
  const effort = effortOf(measurement, choice, budget);
  const library = choice.libraries[runtime];
  return [measuring(runtime, { measurement: measurement.name, subject, library, effort })];
}

function effortOf(
  { columns }: Measurement,
  { condition, targetsOnly }: Choice,
  budget: number,
): Effort {
  const last = Math.max(
    ...columns.filter(({ target }) => target !== undefined).map(({ to }) => to),
  );
  return {
    budget,
    workers: workersUnder(condition),
    ...targetsOnly && last < Infinity ? { windows: last } : {},
  };
}

function jobFor(
  measurement: Measurement,
  { condition }: Choice,
  kind: Job["kind"],
  library: string,
  runtime: Job["runtime"],
  method: string,
  commands: string[][],
): Job {
  const { prefix = [] } = conditions[condition];
  const prefixed = commands.map((command) => [...prefix, ...command]);
  return { measurement, condition, kind, library, runtime, method, commands: prefixed };
}

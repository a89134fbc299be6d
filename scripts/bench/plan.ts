/**
 * Who is measured at what: one job is one program that is started.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { inRoot } from "../support/paths.ts";
import { executable, type RuntimeName } from "../support/runtimes.ts";
import { measurements } from "./measurements/mod.ts";
import { peers } from "./subjects/mod.ts";
import type { Effort, Measurement } from "./types.ts";

/** What to choose from all jobs. */
export interface Choice {
  /** The measurements' names. */
  only: readonly string[];
  runtimes: readonly RuntimeName[];
  methods: readonly string[];
  /** Whether to measure other libraries, and where. */
  peers: readonly (RuntimeName | "python")[];
  effort: Effort;
  /** Where this library is for each runtime. */
  libraries: Record<RuntimeName, string>;
}

/** One subject at one measurement. */
export interface Job {
  measurement: Measurement;
  library: string;
  runtime: RuntimeName | "python";
  method: string;
  isPeer: boolean;
  command: string[];
}

/** All jobs of a choice, in the order of the measurements. */
export function makePlan(choice: Choice): Job[] {
  return measurements.filter(({ name }) => choice.only.includes(name)).flatMap((measurement) => [
    ...choice.runtimes.flatMap((runtime) => ownJobs(measurement, runtime, choice)),
    ...choice.runtimes.flatMap((runtime) => peerJobs(measurement, runtime, choice)),
    ...pythonJobs(measurement, choice),
  ]);
}

/** Whether Python is there. */
export function hasPython(): boolean {
  return spawnSync("python3", ["-c", "import multiprocessing"]).status === 0;
}

function ownJobs(measurement: Measurement, runtime: RuntimeName, choice: Choice): Job[] {
  return choice.methods.map((method) => ({
    measurement,
    library: "ours",
    runtime,
    method,
    isPeer: false,
    command: programFor(measurement, runtime, method, choice),
  }));
}

function peerJobs(measurement: Measurement, runtime: RuntimeName, choice: Choice): Job[] {
  if (!choice.peers.includes(runtime) || !measurement.peers.includes(runtime)) return [];
  const able = Object.entries(peers).filter(([, { runtimes, not = [] }]) =>
    runtimes.includes(runtime) && !not.includes(measurement.name)
  );
  return able.map(([name]) => {
    const [library, method] = name.split(" ");
    const command = programFor(measurement, runtime, name, choice);
    return { measurement, library, runtime, method, isPeer: true, command };
  });
}

function programFor(
  measurement: Measurement,
  runtime: RuntimeName,
  subject: string,
  choice: Choice,
): string[] {
  const { effort, libraries } = choice;
  const assignment = {
    measurement: measurement.name,
    subject,
    library: libraries[runtime],
    effort,
  };
  const flags = runtime === "deno" ? ["run", "-A", "--no-check"] : [];
  const program = inRoot("scripts/bench/program.ts");
  return [executable(runtime), ...flags, program, JSON.stringify(assignment)];
}

function pythonJobs(measurement: Measurement, { peers, effort }: Choice): Job[] {
  if (!peers.includes("python")) return [];
  const program = inRoot("scripts/bench/python_peer.py");
  return measurement.python.map((method) => ({
    measurement,
    library: "multiprocessing",
    runtime: "python",
    method,
    isPeer: true,
    command: ["python3", program, measurement.name, method, JSON.stringify(effort)],
  }));
}

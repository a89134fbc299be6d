/**
 * The three runtimes as the scripts start them. The executables that npm installed come first, so that a fresh clone
 * tests what `package.json` names; a variable (`ALLCORES_NODE=/path/to/node`) puts another one in its place.
 */

import { existsSync } from "node:fs";
import process from "node:process";
import { inRoot } from "./paths.ts";

/** A runtime by its name. */
export type RuntimeName = "deno" | "bun" | "node";

/** All of them, in the order in which runs are made. */
export const runtimeNames: readonly RuntimeName[] = ["deno", "bun", "node"];

const installed: Record<RuntimeName, string[]> = {
  deno: ["node_modules/deno/deno", "node_modules/deno/deno.exe"],
  bun: ["node_modules/bun/bin/bun.exe"],
  node: ["node_modules/node/bin/node", "node_modules/node/bin/node.exe"],
};

/** The path of a runtime's executable; its bare name, for the system to find, where npm installed none. */
export function executable(name: RuntimeName): string {
  const chosen = process.env[`ALLCORES_${name.toUpperCase()}`];
  if (chosen) return chosen;
  return installed[name].map((path) => inRoot(path)).find((path) => existsSync(path)) ?? name;
}

/** The flag by which Deno finds the stand-ins of the JSR packages; none where JSR is in reach. */
export function importMapFlags(useJsr: boolean): string[] {
  return useJsr ? [] : [`--import-map=${inRoot("scripts/offline_imports.json")}`];
}

/** What runs one test file in a process of its own and writes a JUnit report. */
export function testCommand(
  name: RuntimeName,
  file: string,
  report: string,
  options: { useJsr: boolean; testTimeout: number },
): string[] {
  const program = executable(name);
  if (name === "node") {
    const toFile = ["--test-reporter=junit", `--test-reporter-destination=${report}`];
    const toScreen = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
    return [program, ...toFile, ...toScreen, file];
  }
  if (name === "bun") {
    const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
    return [program, "test", `--timeout=${options.testTimeout}`, ...reporter, `./${file}`];
  }
  const flags = ["-A", "--no-check", ...importMapFlags(options.useJsr)];
  return [program, "test", ...flags, `--junit-path=${report}`, file];
}

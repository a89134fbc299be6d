/**
 * Runs of the command `allcores doctor`, as programs of this runtime.
 *
 * @module
 */

import { delimiter } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Check, DoctorReport } from "../../src/doctor/types.ts";
import { commandOf, type ProgramEnd, startCommand } from "./programs.ts";

/** The command. */
export const MAIN: string = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/** Where it finds the runtimes that are installed here, before those of the machine. */
export const ENV: Record<string, string> = {
  PATH: `${INSTALLED}${delimiter}${process.env.PATH ?? ""}`,
};

/** Runs the command; `wrapper` is what runs it, as `sh -c … sh` does. */
export async function runAllcores(args: string[], wrapper: string[] = []): Promise<ProgramEnd> {
  return await startCommand([...wrapper, ...commandOf(MAIN), ...args], ENV).ended;
}

/** What a run reports, and its exit code. */
export interface Reported {
  readonly code: number | null;
  readonly report: DoctorReport;
  /** The check of a name. */
  readonly find: (name: string) => Check;
}

/** Reads what was printed by `allcores doctor --json`. */
export function readReport({ code, stdout, stderr }: ProgramEnd): Reported {
  if (stdout === "") throw new Error(`Nothing was printed, but for: ${stderr}`);
  const report: DoctorReport = JSON.parse(stdout);
  const find = (name: string): Check => report.checks.find((check) => check.name === name)!;
  return { code, report, find };
}

/** Runs `allcores doctor --json` and reads what it prints. */
export async function runDoctor(wrapper: string[] = []): Promise<Reported> {
  return readReport(await runAllcores(["doctor", "--json"], wrapper));
}

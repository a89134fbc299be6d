/**
 * Programs that have little of what the system gives.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { commandOf, type ProgramEnd, startCommand } from "./programs.ts";

/** How a program ended; its lines are sorted, since several processes write them. */
export interface Ended {
  code: number | null;
  stdout: string[];
  stderr: string;
}

/** The command of a program of `tests/fixtures/programs`. */
export function commandOfProgram(file: string, ...args: string[]): string[] {
  const path = fileURLToPath(new URL(`../fixtures/programs/${file}`, import.meta.url));
  return [...commandOf(path), ...args];
}

/**
 * Runs a program under a limit that holds for itself and what it starts.
 *
 * @param limit What `ulimit` is told.
 * @param file A file of `tests/fixtures/programs`.
 * @param args Its arguments.
 */
export async function runLimited(limit: string, file: string, ...args: string[]): Promise<Ended> {
  const command = commandOfProgram(file, ...args);
  const script = `ulimit ${limit} && exec "$@"`;
  return endedOf(await startCommand(["sh", "-c", script, "sh", ...command]).ended);
}

/** What is compared of a program's end. */
export function endedOf({ code, stdout, stderr }: ProgramEnd): Ended {
  return { code, stdout: stdout.trim().split("\n").sort(), stderr };
}

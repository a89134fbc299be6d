/**
 * Whole programs, run as programs of this runtime: what becomes of them and of their children at their end.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../fixtures/programs/", import.meta.url);
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** How a program ended. */
export interface ProgramEnd {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written to its standard output so far. */
  stdout(): string;
  /** Resolves when it has ended and nobody holds its streams any more. */
  readonly ended: Promise<ProgramEnd>;
}

/** The command that runs a file on the runtime that runs this. */
export function commandOf(file: string): string[] {
  if (!("deno" in process.versions)) return [process.execPath, file];
  return [process.execPath, "run", "--allow-all", "--no-check", `--config=${CONFIG}`, file];
}

/**
 * Starts a program.
 *
 * @param file A file of `tests/fixtures/programs`, or a path.
 * @param args Its arguments.
 * @param stdin What it reads from.
 */
export function startProgram(file: string, ...args: string[]): Program {
  const path = file.startsWith("/") ? file : fileURLToPath(new URL(file, FOLDER));
  const [executable, ...flags] = commandOf(path);
  return startCommand([executable, ...flags, ...args]);
}

/** Starts any command as a program. */
export function startCommand([executable, ...args]: string[]): Program {
  const env = { ...process.env };
  // Only the tests themselves write transcripts.
  delete env.ALLCORES_TRANSCRIPT;
  const child = spawn(executable, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const end: ProgramEnd = { code: null, signal: null, stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => end.stdout += text);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => end.stderr += text);
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(Object.assign(end, { code, signal })));
  });
  return { child, pid: child.pid!, stdout: () => end.stdout, ended };
}

/** Runs a program to its end. */
export async function runProgram(file: string, ...args: string[]): Promise<ProgramEnd> {
  return await startProgram(file, ...args).ended;
}

/** Whether a process runs: one that has ended and that nobody has waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

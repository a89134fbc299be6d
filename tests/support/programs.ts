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
  /** Resolves when it has written a line that starts with a text to its standard output; gives the rest of the line. */
  line(start: string): Promise<string>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
  /** Resolves when it has ended and nobody holds its streams any more. */
  readonly ended: Promise<ProgramEnd>;
}

/** Milliseconds after which a program that does not end is killed: its test tells more than the test's own limit would. */
const LIMIT = 25_000;

/** The command that runs a file on the runtime that runs this. */
export function commandOf(file: string): string[] {
  return commandOn("deno" in process.versions ? "deno" : "", process.execPath, file);
}

/**
 * The command that runs a file on any runtime.
 *
 * @param name The runtime.
 * @param executable Its executable.
 * @param file The file.
 */
export function commandOn(name: string, executable: string, file: string): string[] {
  if (name !== "deno") return [executable, file];
  return [executable, "run", "--allow-all", "--no-check", `--config=${CONFIG}`, file];
}

/**
 * Starts a program.
 *
 * @param file A file of `tests/fixtures/programs`, or a path.
 * @param args Its arguments.
 */
export function startProgram(file: string, ...args: string[]): Program {
  const path = file.startsWith("/") ? file : fileURLToPath(new URL(file, FOLDER));
  const [executable, ...flags] = commandOf(path);
  return startCommand([executable, ...flags, ...args]);
}

/**
 * Starts any command as a program.
 *
 * @param command The executable and its arguments.
 * @param changes Environment variables that it has otherwise than this process.
 * @param input What it reads from its standard input; `null` for nothing.
 * @param most Milliseconds after which it is killed.
 */
export function startCommand(
  command: string[],
  changes: Record<string, string> = {},
  input: string | null = null,
  most: number = LIMIT,
): Program {
  const child = spawnChild(command, changes, input);
  const end: ProgramEnd = { code: null, signal: null, stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (text: string) => end.stdout += text);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => end.stderr += text);
  const streams = [child.stdout!, child.stderr!].map((stream) =>
    new Promise((resolve) => stream.once("end", resolve))
  );
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), most);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      // On Deno this may come while a child of the program still writes.
      void Promise.all(streams).then(() => resolve(Object.assign(end, { code, signal })));
    });
  });
  const line = (start: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const lines = end.stdout.split("\n").slice(0, -1);
        const found = lines.find((line) => line.startsWith(start));
        if (found === undefined) return;
        child.stdout!.off("data", look);
        resolve(found.slice(start.length));
      };
      child.stdout!.on("data", look);
      look();
      const why = (stderr: string) => new Error(`It ended without "${start}": ${stderr}`);
      ended.then(({ stderr }) => reject(why(stderr)), reject);
    });
  const { pid } = child;
  const kill: Program["kill"] = (signal) => void child.kill(signal);
  return { child, pid: pid!, stdout: () => end.stdout, line, kill, ended };
}

function spawnChild(
  [executable, ...args]: string[],
  changes: Record<string, string>,
  input: string | null,
): ChildProcess {
  const env: Record<string, string | undefined> = { ...process.env, ...changes };
  // Only the tests themselves write transcripts.
  delete env.ALLCORES_TRANSCRIPT;
  const stdin = input === null ? "ignore" : "pipe";
  const child = spawn(executable, args, { stdio: [stdin, "pipe", "pipe"], env });
  // A program that has ended reads nothing more.
  child.stdin?.on("error", () => {}).end(input);
  return child;
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

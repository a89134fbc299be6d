/**
 * Programs on the runtime of this run, for what can only be seen from outside: how a program ends, and what it leaves.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How a program ended. */
export interface ProgramEnd {
  /** The exit code; `null` where a signal or the limit ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Program {
  readonly pid: number;
  readonly ended: Promise<ProgramEnd>;
  /** Resolves when it has written a line that starts with a text to its standard output; gives the rest of the line. */
  line(start: string): Promise<string>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

/** Milliseconds after which a program that does not end is killed. */
const LIMIT = 25_000;

/** Starts a program of `tests/fixtures` with arguments. */
export function startProgram(file: string, ...args: string[]): Program {
  const path = fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url));
  const flags = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
  const child = spawn(process.execPath, [...flags, path, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (part: string) => {
      text[name] += part;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<ProgramEnd>((resolve) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT);
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, ...text });
    });
  });
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const found = text.stdout.split("\n").slice(0, -1).find((line) => line.startsWith(start));
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found.slice(start.length));
      };
      listeners.add(look);
      look();
      void ended.then(({ stderr }) => reject(new Error(`It ended without "${start}": ${stderr}`)));
    });
  return { pid: child.pid!, ended, line, kill: (signal) => void child.kill(signal) };
}

/** Runs a program of `tests/fixtures` to its end. */
export async function runProgram(file: string, ...args: string[]): Promise<ProgramEnd> {
  return await startProgram(file, ...args).ended;
}

/** Whether there is a process that is more than the memory of one. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

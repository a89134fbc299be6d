/**
 * Running a program to its end, or to a deadline. A program is the leader of a process group of its own, so that
 * whatever it left behind can be ended with it: a hang is a result here, never a hang of the script.
 */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { root } from "./paths.ts";

/** How a program is to be run. */
export interface CommandOptions {
  /** Variables on top of this process's own; `undefined` removes one. */
  env?: Record<string, string | undefined>;
  /** The working directory; the repository's root by default. */
  cwd?: string;
  /** Milliseconds after which the program and its group are killed; none by default. */
  timeout?: number;
}

/** How a program ended. */
export interface CommandResult {
  /** The exit code; `null` when a signal ended it. */
  code: number | null;
  /** The signal's name, or `null`. */
  signal: string | null;
  /** What it wrote to both its streams, in the order of arrival. */
  output: string;
  /** What it wrote to its standard output alone. */
  stdout: string;
  /** Whether the deadline ended it. */
  timedOut: boolean;
  /** The process id, which is also the id of its group. */
  pid: number;
}

const grouped = process.platform !== "win32";
const running = new Set<ChildProcess>();

process.on("SIGINT", stopEverything);
process.on("SIGTERM", stopEverything);

/** Runs a program; resolves when it has ended, whatever its exit code. */
export function runCommand(
  command: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command[0], command.slice(1), {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
    detached: grouped,
  });
  running.add(child);
  return collect(child, options.timeout);
}

function collect(child: ChildProcess, timeout: number | undefined): Promise<CommandResult> {
  const state = { output: "", stdout: "", timedOut: false };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    state.output += text;
    state.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => state.output += text);
  const timer = timeout === undefined ? undefined : setTimeout(() => {
    state.timedOut = true;
    interrupt(child);
  }, timeout);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      settle(child, timer);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle(child, timer);
      afterStreams(child, () => resolve({ ...state, code, signal, pid: child.pid ?? -1 }));
    });
  });
}

function settle(child: ChildProcess, timer: NodeJS.Timeout | undefined): void {
  running.delete(child);
  clearTimeout(timer);
}

/** Waits for the streams' end, but not for ever: a process left behind may still hold them. */
function afterStreams(child: ChildProcess, done: () => void): void {
  const timer = setTimeout(finish, 500);
  child.once("close", finish);
  function finish(): void {
    clearTimeout(timer);
    child.off("close", finish);
    child.stdout?.destroy();
    child.stderr?.destroy();
    done();
  }
}

/** Lets a test runner say where it was, then kills it with all its children. */
function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  const timer = setTimeout(() => killGroup(child), 1000);
  child.once("exit", () => {
    clearTimeout(timer);
    killGroup(child);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (grouped) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // The group ended in the meantime.
  }
}

function stopEverything(): void {
  for (const child of running) killGroup(child);
  process.exit(130);
}

/**
 * Processes by `Bun.spawn`.
 *
 * @module
 */

import { nodeProcess } from "../node/globals.ts";
import type { ChildHandle, ExitStatus, ProcessOptions } from "../children.ts";
import { bun, type BunSubprocess } from "./globals.ts";

/**
 * Starts a process.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startProcess(options: ProcessOptions): ChildHandle {
  const command = [options.executable, ...options.execArgv, ...options.entry, ...options.args];
  const child = bun().spawn(command, {
    stdin: "ignore",
    stdout: stdio(options.stdout),
    stderr: stdio(options.stderr),
    cwd: options.cwd ?? undefined,
    // Left to itself, it gives the environment of the program's start.
    env: options.env ?? nodeProcess().env,
  });
  return {
    pid: child.pid,
    exited: exitStatus(child),
    // Not before they are asked for: a stream that is taken before `unref()` keeps the event loop alive all the same.
    get stdout() {
      return options.stdout === "pipe" ? child.stdout : null;
    },
    get stderr() {
      return options.stderr === "pipe" ? child.stderr : null;
    },
    kill: (signal) => child.kill(signal),
    ref: () => child.ref(),
    unref: () => child.unref(),
  };
}

async function exitStatus(child: BunSubprocess): Promise<ExitStatus> {
  await child.exited;
  return { code: child.signalCode === null ? child.exitCode : null, signal: child.signalCode };
}

function stdio(mode: ProcessOptions["stdout"]): "inherit" | "pipe" | "ignore" {
  return mode === "null" ? "ignore" : mode;
}

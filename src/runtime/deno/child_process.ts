/**
 * Processes by `Deno.Command`.
 *
 * @module
 */

import { readAhead } from "../read_ahead.ts";
import type { ChildHandle, ProcessOptions } from "../children.ts";
import { deno } from "./globals.ts";

/**
 * Starts a process.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startProcess(options: ProcessOptions): ChildHandle {
  const { Command } = deno();
  const child = new Command(options.executable, {
    args: [...options.execArgv, ...options.entry, ...options.args],
    stdin: "null",
    stdout: stdio(options.stdout),
    stderr: stdio(options.stderr),
    ...(options.cwd === null ? {} : { cwd: options.cwd }),
    ...(options.env === null ? {} : { env: options.env, clearEnv: true }),
  }).spawn();
  return {
    pid: child.pid,
    exited: child.status.then(({ code, signal }) =>
      signal === null ? { code, signal } : { code: null, signal }
    ),
    stdout: options.stdout === "pipe" ? readAhead(child.stdout) : null,
    stderr: options.stderr === "pipe" ? readAhead(child.stderr) : null,
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch {
        // It has ended already.
      }
    },
    ref: () => child.ref(),
    unref: () => child.unref(),
  };
}

function stdio(mode: ProcessOptions["stdout"]): "inherit" | "piped" | "null" {
  return mode === "pipe" ? "piped" : mode;
}

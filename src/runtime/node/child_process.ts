/**
 * Processes by `node:child_process`.
 *
 * @module
 */

import { readAhead } from "../read_ahead.ts";
import type { ChildHandle, ExitStatus, ProcessOptions } from "../children.ts";
import { builtin } from "./globals.ts";

type ChildProcessModule = typeof import("node:child_process");
type Stream = typeof import("node:stream");
type Readable = InstanceType<Stream["Readable"]>;

/** A stream that is a socket, as those of a child are. */
interface Unrefable {
  unref(): void;
}

/**
 * Starts a process.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startProcess(options: ProcessOptions): ChildHandle {
  const { spawn } = builtin<ChildProcessModule>("node:child_process");
  const entry = options.entry === null ? [] : [options.entry];
  const child = spawn(options.executable, [...options.execArgv, ...entry, ...options.args], {
    stdio: ["ignore", stdio(options.stdout), stdio(options.stderr)],
    cwd: options.cwd ?? undefined,
    env: options.env ?? undefined,
  });
  const exited = new Promise<ExitStatus>((resolve) => {
    // Not "close": whoever inherited the child's streams may hold them open for longer.
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // Without a process there is no other event; with one, an error is no end.
    child.on("error", () => child.pid === undefined && resolve({ code: 127, signal: null }));
  });
  return {
    pid: child.pid ?? null,
    exited,
    stdout: toWeb(child.stdout),
    stderr: toWeb(child.stderr),
    kill: (signal) => void child.kill(signal as "SIGTERM"),
    ref: () => child.ref(),
    unref: () => {
      child.unref();
      for (const stream of [child.stdout, child.stderr]) {
        (stream as Partial<Unrefable> | null)?.unref?.();
      }
    },
  };
}

function stdio(mode: ProcessOptions["stdout"]): "inherit" | "pipe" | "ignore" {
  return mode === "null" ? "ignore" : mode;
}

function toWeb(stream: Readable | null): ReadableStream<Uint8Array> | null {
  if (stream === null) return null;
  const { Readable } = builtin<Stream>("node:stream");
  return readAhead(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>);
}

/**
 * Processes by `node:child_process`.
 *
 * @module
 */

import { shortage } from "../../support/shortage.ts";
import { readAhead } from "../read_ahead.ts";
import type { ChildHandle, ExitStatus, ProcessOptions } from "../children.ts";
import { builtin } from "./globals.ts";

type ChildProcessModule = typeof import("node:child_process");
type Stream = typeof import("node:stream");
type Readable = InstanceType<Stream["Readable"]>;
type ChildProcess = InstanceType<ChildProcessModule["ChildProcess"]>;

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
  const child = spawn(
    options.executable,
    [...options.execArgv, ...options.entry, ...options.args],
    {
      stdio: ["ignore", stdio(options.stdout), stdio(options.stderr)],
      cwd: options.cwd ?? undefined,
      env: options.env ?? undefined,
    },
  );
  // With a process, an error is no end; without one, it comes too late.
  child.on("error", () => {});
  if (child.pid === undefined) throw notStarted(child, options.executable);
  const { pid } = child;
  const exited = new Promise<ExitStatus>((resolve) => {
    // Not "close": whoever inherited the child's streams may hold them open for longer.
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return {
    pid,
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

/** Why there is no process: told later by an event, so found out here. Streams are missing where there was no descriptor for them. */
function notStarted(child: ChildProcess, executable: string): unknown {
  if (child.stdout === undefined) return shortage("EMFILE");
  const { accessSync, constants } = builtin<typeof import("node:fs")>("node:fs");
  try {
    accessSync(executable, constants.X_OK);
  } catch (error) {
    return error;
  }
  return shortage("EAGAIN");
}

function stdio(mode: ProcessOptions["stdout"]): "inherit" | "pipe" | "ignore" {
  return mode === "null" ? "ignore" : mode;
}

function toWeb(stream: Readable | null): ReadableStream<Uint8Array> | null {
  if (stream === null) return null;
  const { Readable } = builtin<Stream>("node:stream");
  return readAhead(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>);
}

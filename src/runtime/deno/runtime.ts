/**
 * Deno.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { DenoBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { denoFiles } from "./files.ts";
import { deno } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { denoLifecycle } from "./lifecycle.ts";
import { DenoProgram } from "./program.ts";
import { writeFully } from "./stdio.ts";
import { denoSystem } from "./system.ts";
import { startThread } from "./thread.ts";

/** {@linkcode Runtime} for Deno. */
export function denoRuntime(): Runtime {
  return makeRuntime({
    name: "deno",
    pid: deno().pid,
    isLinux: deno().build.os === "linux",
    program: new DenoProgram(),
    lifecycle: denoLifecycle,
    system: denoSystem,
    files: denoFiles,
    bells: new DenoBells(),
    threads: { hardStop: false, drainsEventLoop: false },
    loadLibc,
    checkProcesses: () => {
      loadLibc();
      requireRunPermission();
    },
    startProcess,
    startThread,
    writeError: (bytes) => writeFully(deno().stderr, bytes),
  });
}

function requireRunPermission(): void {
  const { state } = deno().permissions.querySync({ name: "run", command: deno().execPath() });
  if (state === "denied") throw new Error("no permission to run");
}

/**
 * Deno.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { DenoBells } from "./bell.ts";
import { denoFiles } from "./files.ts";
import { deno } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { denoLifecycle } from "./lifecycle.ts";
import { denoPermissions, isGranted } from "./permissions.ts";
import { DenoProgram } from "./program.ts";
import { writeFully } from "./stdio.ts";

/** {@linkcode Runtime} for Deno. */
export function denoRuntime(): Runtime {
  return makeRuntime({
    name: "deno",
    pid: deno().pid,
    isLinux: deno().build.os === "linux",
    program: new DenoProgram(),
    lifecycle: denoLifecycle,
    files: denoFiles,
    bells: new DenoBells(),
    permissions: denoPermissions,
    threads: { hardStop: false, drainsEventLoop: false },
    loadLibc,
    mayLoadLibc: () => isGranted({ name: "ffi" }),
    checkProcesses: loadLibc,
    writeError: (bytes) => writeFully(deno().stderr, bytes),
  });
}

/**
 * Bun. What it has in common with Node is Node's.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import { nodeFiles } from "../node/files.ts";
import { nodeProcess } from "../node/globals.ts";
import { nodeLifecycle } from "../node/lifecycle.ts";
import { NodeProgram } from "../node/program.ts";
import { writeText } from "../node/stdio.ts";
import { nodeSystem } from "../node/system.ts";
import type { Runtime } from "../runtime.ts";
import { BunBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { bun } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Bun. */
export function bunRuntime(): Runtime {
  return makeRuntime({
    name: "bun",
    pid: nodeProcess().pid,
    isLinux: nodeProcess().platform === "linux",
    program: new NodeProgram(isCompiled),
    lifecycle: { boot: threadBoot, ...nodeLifecycle },
    system: nodeSystem,
    files: nodeFiles,
    bells: new BunBells(),
    threads: { hardStop: true, drainsEventLoop: true },
    loadLibc,
    checkProcesses: loadLibc,
    startProcess,
    startThread,
    writeError: (text) => writeText(2, text),
  });
}

/** Whether the main module stands in an executable's own file system. */
function isCompiled(): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(bun().main);
}

/**
 * Node.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { NodeBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { nodeFiles } from "./files.ts";
import { builtin, nodeProcess } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { nodeLifecycle } from "./lifecycle.ts";
import { NodeProgram } from "./program.ts";
import { writeText } from "./stdio.ts";
import { nodeSystem } from "./system.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Node. */
export function nodeRuntime(): Runtime {
  return makeRuntime({
    name: "node",
    pid: nodeProcess().pid,
    isLinux: nodeProcess().platform === "linux",
    program: new NodeProgram(isCompiled),
    lifecycle: { boot: threadBoot, ...nodeLifecycle },
    system: nodeSystem,
    files: nodeFiles,
    bells: new NodeBells(),
    threads: { hardStop: true, drainsEventLoop: true },
    loadLibc,
    checkProcesses: loadLibc,
    startProcess,
    startThread,
    writeError: (text) => writeText(2, text),
  });
}

/** Whether this is a single executable application. */
function isCompiled(): boolean {
  return builtin<{ isSea(): boolean } | undefined>("node:sea")?.isSea() ?? false;
}

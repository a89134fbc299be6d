/**
 * Bun. What it has in common with Node is Node's.
 *
 * @module
 */

import { noCompiledThreads } from "../compiled_threads.ts";
import { makeRuntime } from "../make_runtime.ts";
import { nodeAdapter } from "../node/adapter.ts";
import { bunPermissions } from "../node/permissions.ts";
import type { Runtime } from "../runtime.ts";
import { BunBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { bun } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { awaitThreadMessage, isThread, startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Bun. */
export function bunRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "bun",
    bells: new BunBells(),
    isCompiled,
    namesByUrl: false,
    compiledThread: () => {
      throw noCompiledThreads();
    },
    boot: threadBoot,
    isThread,
    loadLibc,
    permissions: bunPermissions,
    startProcess,
    startThread,
    awaitThreadMessage,
  }));
}

/** Whether the main module stands in an executable's own file system. */
function isCompiled(): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(bun().main);
}

/**
 * Bun. What it has in common with Node is Node's.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import { nodeAdapter } from "../node/adapter.ts";
import { bunPermissions } from "../node/permissions.ts";
import type { Runtime } from "../runtime.ts";
import { BunBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { bun } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Bun. */
export function bunRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "bun",
    bells: new BunBells(),
    isCompiled,
    namesByUrl: false,
    boot: threadBoot,
    loadLibc,
    permissions: bunPermissions,
    startProcess,
    startThread,
  }));
}

/** Whether the main module stands in an executable's own file system. */
function isCompiled(): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(bun().main);
}

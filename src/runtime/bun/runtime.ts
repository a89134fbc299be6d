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
import { bun } from "./globals.ts";
import { loadLibc } from "./libc.ts";

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
    loadLibc,
    permissions: bunPermissions,
  }));
}

/** Whether the main module stands in an executable's own file system. */
function isCompiled(): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(bun().main);
}

/**
 * Node.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { nodeAdapter } from "./adapter.ts";
import { NodeBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { builtin } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { nodePermissions } from "./permissions.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Node. */
export function nodeRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "node",
    bells: new NodeBells(),
    isCompiled,
    namesByUrl: true,
    boot: threadBoot,
    loadLibc,
    permissions: nodePermissions,
    startProcess,
    startThread,
  }));
}

/** Whether this is a single executable application. */
function isCompiled(): boolean {
  return builtin<{ isSea(): boolean } | undefined>("node:sea")?.isSea() ?? false;
}

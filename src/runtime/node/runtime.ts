/**
 * Node.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { nodeAdapter } from "./adapter.ts";
import { NodeBells } from "./bell.ts";
import { builtin } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { nodePermissions } from "./permissions.ts";

/** {@linkcode Runtime} for Node. */
export function nodeRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "node",
    bells: new NodeBells(),
    isCompiled,
    namesByUrl: true,
    loadLibc,
    permissions: nodePermissions,
  }));
}

/** Whether this is a single executable application. */
function isCompiled(): boolean {
  return builtin<{ isSea(): boolean } | undefined>("node:sea")?.isSea() ?? false;
}

/**
 * Node.
 *
 * @module
 */

import { makeRuntime } from "../make_runtime.ts";
import type { Runtime } from "../runtime.ts";
import { nodeAdapter } from "./adapter.ts";
import { NodeBells } from "./bell.ts";
import { loadLibc } from "./libc.ts";
import { nodePermissions } from "./permissions.ts";
import { compiledThread, isCompiled } from "./single_executable.ts";

/** {@linkcode Runtime} for Node. */
export function nodeRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "node",
    bells: new NodeBells(),
    isCompiled,
    namesByUrl: true,
    compiledThread,
    loadLibc,
    permissions: nodePermissions,
  }));
}

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
import { loadLibc } from "./libc.ts";
import { nodePermissions } from "./permissions.ts";
import { compiledThread, isCompiled } from "./single_executable.ts";
import { isThread, startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Node. */
export function nodeRuntime(): Runtime {
  return makeRuntime(nodeAdapter({
    name: "node",
    bells: new NodeBells(),
    isCompiled,
    namesByUrl: true,
    compiledThread,
    boot: threadBoot,
    isThread,
    loadLibc,
    permissions: nodePermissions,
    startProcess,
    startThread,
    awaitThreadMessage: "",
  }));
}

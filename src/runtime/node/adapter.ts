/**
 * What the adapters of Node and Bun have in common: everything that the global `process` and Node's modules give.
 *
 * @module
 */

import type { ChildEntry } from "../children.ts";
import type { Adapter } from "../make_runtime.ts";
import { nodeFiles } from "./files.ts";
import { nodeProcess } from "./globals.ts";
import { nodeLifecycle } from "./lifecycle.ts";
import { NodeProgram } from "./program.ts";
import { writeFully } from "./stdio.ts";

/** What each of the two does in its own way. */
type Own =
  & Pick<Adapter, "name" | "bells" | "loadLibc" | "permissions">
  & {
    /** Whether the program is one executable. */
    isCompiled(): boolean;
    /** Whether frames name by a URL what the runtime has loaded, and only that. */
    namesByUrl: boolean;
    /** {@linkcode ProgramFacts.compiledThread}. */
    compiledThread(): ChildEntry;
  };

/**
 * Makes an adapter over the global `process`.
 *
 * @param own What the runtime does in its own way.
 * @returns The adapter.
 */
export function nodeAdapter(
  { isCompiled, compiledThread, namesByUrl, ...own }: Own,
): Adapter {
  const { pid, platform } = nodeProcess();
  return {
    ...own,
    pid,
    isLinux: platform === "linux",
    program: new NodeProgram(isCompiled, compiledThread, namesByUrl),
    lifecycle: nodeLifecycle,
    files: nodeFiles,
    threads: { hardStop: true, drainsEventLoop: true },
    mayLoadLibc: () => true,
    checkProcesses: own.loadLibc,
    writeError: (bytes) => writeFully(2, bytes),
  };
}

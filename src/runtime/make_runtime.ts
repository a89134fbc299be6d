/**
 * A runtime made from what its adapter gives: everything that is the same on all of them is written here.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { processCapabilities, threadCapabilities } from "./capabilities.ts";
import { writeFollowed } from "./error_output.ts";
import { dieWithCreator } from "./posix/die_with_creator.ts";
import type { Libc } from "./posix/libc.ts";
import { PosixMemory } from "./posix/memory.ts";
import { writeRedirected } from "./redirect.ts";
import type { Lifecycle, Runtime } from "./runtime.ts";
import { system } from "./system.ts";
import type { Capabilities } from "./types.ts";

/** What a runtime does in its own way. Nothing here is called before it is needed. */
export interface Adapter extends
  Pick<
    Runtime,
    "name" | "pid" | "program" | "files" | "bells" | "permissions"
  > {
  /** Whether this is Linux. */
  readonly isLinux: boolean;
  readonly lifecycle: Omit<Lifecycle, "dieWithCreator">;
  /** What its threads can do. */
  readonly threads: Pick<Capabilities, "hardStop" | "drainsEventLoop">;
  /** Loads the C library; throws a `NotSupportedError` that says the remedy. */
  loadLibc(): Libc;
  /** Whether it can be tried to load it without asking anybody. */
  mayLoadLibc(): boolean;
  /** Throws where processes cannot be started. */
  checkProcesses(): void;
  /** Writes to the standard error stream of this process before it returns. */
  writeError(bytes: Uint8Array): void;
}

/**
 * Makes a runtime.
 *
 * @param adapter What the runtime does in its own way.
 * @returns The runtime.
 */
export function makeRuntime(adapter: Adapter): Runtime {
  const { name, pid, isLinux, program, files, bells, permissions } = adapter;
  const memory = new PosixMemory(adapter.loadLibc, isLinux, pid, adapter.mayLoadLibc);
  return {
    name,
    pid,
    program,
    lifecycle: {
      ...adapter.lifecycle,
      dieWithCreator: (creator, isAlive) => {
        const { exit } = adapter.lifecycle;
        dieWithCreator(creator, { isLinux, libc: adapter.loadLibc(), isAlive, exit });
      },
    },
    system,
    files,
    memory,
    bells,
    permissions,
    capabilities: (method) =>
      method === "thread"
        ? threadCapabilities(
          { permissions: permissions.refuseThread() === null, ...adapter.threads },
          () => program.isCompiled && program.compiledThread(),
        )
        : processCapabilities(() => checkMayStart(adapter, memory), {
          ownMemory: system.residentBytes(pid) !== null,
          permissions: typeof permissions.limitsOf(name) !== "string" && !program.isCompiled,
        }),
    writeError: (text) => {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      if (!writeRedirected(2, bytes)) writeFollowed(bytes, () => adapter.writeError(bytes));
    },
  };
}

function checkMayStart(
  { permissions, program, checkProcesses }: Adapter,
  memory: PosixMemory,
): void {
  const refusal = permissions.refuseStart(program.executable);
  if (refusal !== null) throw new NotSupportedError(refusal);
  checkProcesses();
  memory.check();
}

/**
 * A process that must not outlive its creator, also where it never yields.
 *
 * @module
 */

import type { Libc } from "./libc.ts";

/** The number of the signal that nobody can ignore. */
const SIGKILL = 9;

/** What is needed of the runtime. */
export interface Means {
  /** Whether this is Linux: only there the kernel can be asked. */
  readonly isLinux: boolean;
  readonly libc: Pick<Libc, "setParentDeathSignal" | "parentPid">;
  /** Asks whether the creator lives. */
  isAlive(): boolean;
  exit(code: number): void;
}

/**
 * Asks the kernel to kill this process when its creator dies. The kernel looks at what comes, not at what has been: so a
 * creator that has died meanwhile is looked for afterwards, and then this process ends at once.
 *
 * The parent need not be the creator: a runtime may be started by a script that waits for it.
 *
 * @param creator The process that started this one.
 * @param means What is needed of the runtime.
 */
export function dieWithCreator(creator: number, means: Means): void {
  if (means.isLinux) means.libc.setParentDeathSignal(SIGKILL);
  if (means.libc.parentPid() !== creator && !means.isAlive()) means.exit(1);
}

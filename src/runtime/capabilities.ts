/**
 * What the start methods can do, as data: the core and the tests read this instead of asking for a runtime.
 *
 * @module
 */

import type { Capabilities } from "./types.ts";

/**
 * What child processes can do.
 *
 * @param probe Throws where processes cannot be started, or have no shared memory.
 * @param differences What depends on the runtime.
 * @returns The record.
 */
export function processCapabilities(
  probe: () => unknown,
  differences: Pick<Capabilities, "ownMemory" | "permissions">,
): Capabilities {
  return {
    available: succeeds(probe),
    ownPid: true,
    cwd: true,
    env: true,
    execArgv: true,
    otherRuntime: true,
    outlivesCreator: true,
    hardStop: true,
    drainsEventLoop: true,
    ...differences,
  };
}

/**
 * What threads can do.
 *
 * @param differences What depends on the runtime.
 * @param probe Throws where threads cannot be started.
 * @returns The record.
 */
export function threadCapabilities(
  differences: Pick<Capabilities, "hardStop" | "drainsEventLoop" | "permissions">,
  probe: () => unknown,
): Capabilities {
  return {
    available: succeeds(probe),
    ownPid: false,
    cwd: false,
    env: false,
    execArgv: false,
    otherRuntime: false,
    outlivesCreator: false,
    ownMemory: false,
    ...differences,
  };
}

function succeeds(probe: () => unknown): boolean {
  try {
    probe();
    return true;
  } catch {
    return false;
  }
}

/**
 * Processes besides its first one that a program's folder belongs to: an empty file in it for each. The folder is swept when
 * none of them lives any more.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import { quietly } from "./end_files.ts";

const USER = /^used-by-(\d{1,10})$/;

/**
 * Says that a process uses a folder; it may have been said before, and the folder may be gone. A folder that is full is no reason
 * for a process not to start: it is swept then as if that process did not use it.
 */
export function addUser(folder: string, pid: number): void {
  quietly(() => runtime.files.write(userPath(folder, pid), ""));
}

/** Says that a process uses a folder no more. */
export function removeUser(folder: string, pid: number): void {
  quietly(() => runtime.files.unlink(userPath(folder, pid)));
}

/** Whether one of those lives that the names in a folder tell of. */
export function hasLivingUser(names: readonly string[]): boolean {
  return names.some((name) => {
    const pid = Number(USER.exec(name)?.[1] ?? 0);
    return pid !== 0 && runtime.system.isAlive(pid);
  });
}

function userPath(folder: string, pid: number): string {
  return `${folder}/used-by-${pid}`;
}

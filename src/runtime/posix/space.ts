/**
 * What is said where there is no space left. What is in the folder for shared memory counts against that folder's own limit,
 * which containers set to 64 MiB, and what has no name against that of the program's memory.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { SHORTAGES } from "../../support/shortage.ts";
import type { Libc } from "./libc.ts";

const SHARED =
  "Free some, or make /dev/shm larger (mount -o remount,size=1g /dev/shm; containers: --shm-size)";

/**
 * What to do where a folder has no space left.
 *
 * @param folder The folder, or something in it.
 * @returns A sentence without its full stop.
 */
export function spaceRemedy(folder: string): string {
  return /^\/dev\/shm(\/|$)/.test(folder) ? SHARED : "Free some, or make that file system larger";
}

/**
 * The error of a file that cannot be as large as it is to be: its file system has a limit and is full, or there is room, and
 * the machine or the program's cgroup has no memory for it.
 *
 * @param libc The C library.
 * @param fd The file.
 * @param size Bytes that were wanted.
 * @param where Its folder; whatever stands for one where it has no name.
 * @returns The error.
 */
export function noSpace(libc: Libc, fd: number, size: number, where: string): NotSupportedError {
  const free = libc.freeSpace(fd);
  if (size <= free) return cannotCreate(size, SHORTAGES.ENOMEM);
  return cannotCreate(size, `${free} bytes are left in ${where}. ${spaceRemedy(where)}`);
}

/**
 * An error that says what to do.
 *
 * @param size Bytes that were wanted.
 * @param reason Why there is nothing, and what to do, without the last full stop.
 * @returns The error.
 */
export function cannotCreate(size: number, reason: string): NotSupportedError {
  return new NotSupportedError(`Cannot create ${size} bytes of shared memory: ${reason}`);
}

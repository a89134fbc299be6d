/**
 * Processes that have ended, and whose creator has not taken note.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/**
 * Tells whether a process has ended although it can still be sent signals. Linux says so; elsewhere it cannot be told.
 *
 * @param pid The process.
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns Whether it has.
 */
export function isZombie(pid: number, read: Read): boolean {
  const status = tryRead(read, `/proc/${pid}/stat`);
  // The name before the state stands in brackets, and may hold any character.
  return /^[ZX]/.test(status.slice(status.lastIndexOf(")") + 2));
}

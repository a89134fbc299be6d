/**
 * The memory that a process has in use, as Linux tells it.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

const RESIDENT = /^VmRSS:\s*(\d+) kB$/m;

/**
 * Reads the resident memory of a process.
 *
 * @param pid The process.
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns Bytes; `null` where it cannot be told.
 */
export function residentBytes(pid: number, read: Read): number | null {
  const match = RESIDENT.exec(tryRead(read, `/proc/${pid}/status`));
  return match === null ? null : Number(match[1]) * 1024;
}

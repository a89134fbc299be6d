/**
 * The memory that a process has in use, as Linux tells it.
 *
 * @module
 */

const RESIDENT = /^VmRSS:\s*(\d+) kB$/m;

/**
 * Reads the resident memory of a process.
 *
 * @param pid The process.
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns Bytes; `null` where it cannot be told.
 */
export function residentBytes(pid: number, read: (path: string) => string): number | null {
  try {
    const match = RESIDENT.exec(read(`/proc/${pid}/status`));
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}

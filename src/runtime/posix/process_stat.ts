/**
 * What Linux tells of a process: whether it has ended although its creator has not taken note, and when it was started, which
 * tells it from another process that is given its id later.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/** What is known of a process. */
export interface ProcessStat {
  /** Whether it has ended, and can still be sent signals. */
  readonly isZombie: boolean;
  /** When it was started, in ticks since the system's start, as far as they fit a word; never 0. */
  readonly started: number;
}

/** Where the start time stands behind the name, and the largest that a word can hold. */
const STARTED = 19;
const LARGEST = 2 ** 31 - 1;

/**
 * Reads what the system tells of a process.
 *
 * @param pid The process.
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns What is known; `null` where it cannot be told.
 */
export function processStat(pid: number, read: Read): ProcessStat | null {
  const text = tryRead(read, `/proc/${pid}/stat`);
  if (text === "") return null;
  // The name before the state stands in brackets, and may hold any character.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { isZombie: /^[ZX]/.test(fields[0]), started: Number(fields[STARTED]) % LARGEST + 1 };
}

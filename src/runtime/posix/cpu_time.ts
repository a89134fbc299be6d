/**
 * The processor time that a process has used, as Linux tells it.
 *
 * @module
 */

import { type Read, tryRead } from "./try_read.ts";

/** Where the times in user mode and in the kernel stand behind the name. */
const USER = 11;
const KERNEL = 12;
/** How long (ms) a tick of these times is: user space is told hundredths of a second on all machines. */
const TICK = 10;

/**
 * Reads how long a process has used a processor.
 *
 * @param pid The process.
 * @param read Reads a text file; throws where there is none, or it may not be read.
 * @returns Milliseconds, of all its threads together; `null` where it cannot be told.
 */
export function cpuTime(pid: number, read: Read): number | null {
  const text = tryRead(read, `/proc/${pid}/stat`);
  if (text === "") return null;
  // The name before the state stands in brackets, and may hold any character.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER]) + Number(fields[KERNEL]);
  return Number.isFinite(ticks) ? ticks * TICK : null;
}

/**
 * The system's own threads, by which the end of a JavaScript thread is known where no event can tell it.
 *
 * @module
 */

/**
 * The system's number of the thread that calls this.
 *
 * @param read Reads a text file; throws, or gives nothing, where there is none, or it may not be read.
 * @returns The number; 0 where it cannot be told.
 */
export function systemThread(read: (path: string) => string): number {
  try {
    return Number.parseInt(read("/proc/thread-self/stat")) || 0;
  } catch {
    return 0;
  }
}

/**
 * Tells whether a thread of this process has ended. That it cannot be looked at, for want of descriptors say, is no such sign.
 *
 * @param thread What {@linkcode systemThread} gave it; 0: not known. A number that was given to another thread since counts
 *   as running.
 * @param read See {@linkcode systemThread}.
 * @returns Whether it has ended.
 */
export function hasThreadEnded(thread: number, read: (path: string) => string): boolean {
  if (thread === 0) return false;
  try {
    read(`/proc/self/task/${thread}/stat`);
    return false;
  } catch (error) {
    const { code } = error as { code?: string };
    return code === "ENOENT" || code === "ESRCH";
  }
}

/**
 * Files and folders that this program removes: at its end, if not before.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

const removers = new Map<string, (path: string) => void>();
let watches = false;

/**
 * Sees to it that a file or folder of this program does not outlive it.
 *
 * @param path The file or folder.
 * @param remove Removes it, where it still is this program's own.
 */
export function removeAtEnd(path: string, remove: (path: string) => void): void {
  removers.set(path, remove);
  if (watches) return;
  watches = true;
  runtime.lifecycle.onExit(() => {
    for (const path of removers.keys()) removeNow(path);
  });
}

/** Removes now what was to be removed at the end. */
export function removeNow(path: string): void {
  const remove = removers.get(path);
  removers.delete(path);
  if (remove !== undefined) quietly(() => remove(path));
}

/** Does what cannot be done where something is gone already, is another user's, or is removed by another program at this moment. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // One of these.
  }
}

/**
 * Files and folders that this program removes: at its end, if not before.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

const paths = new Set<string>();
let removesAtEnd = false;

/** Sees to it that a file or folder of this program does not outlive it. */
export function removeAtEnd(path: string): void {
  paths.add(path);
  if (removesAtEnd) return;
  removesAtEnd = true;
  runtime.host.onExit(() => {
    for (const path of paths) removeNow(path);
  });
}

/** Removes a file or folder, if it is there and may be removed. */
export function removeNow(path: string): void {
  paths.delete(path);
  try {
    runtime.host.files.remove(path);
  } catch {
    // Gone already, another user's, or another program removes it at this moment.
  }
}

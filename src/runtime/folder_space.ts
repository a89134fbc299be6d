/**
 * How much room a folder's file system has.
 *
 * @module
 */

import { choose } from "./choose.ts";
import { isGranted } from "./deno/permissions.ts";
import { builtin } from "./node/globals.ts";

/** The room of a file system (bytes). */
export interface FolderSpace {
  readonly size: number;
  /** What this user may still fill. */
  readonly free: number;
}

/** Whether it may be looked at without asking anybody. */
const mayAsk: (path: string) => boolean = choose({
  deno: (path: string) =>
    isGranted({ name: "read", path }) && isGranted({ name: "sys", kind: "statfs" }),
  bun: () => true,
  node: () => true,
});

/**
 * Tells how much room the file system of a folder has.
 *
 * @param path The folder.
 * @returns The room; `null` where it cannot be told.
 */
export function folderSpace(path: string): FolderSpace | null {
  try {
    if (!mayAsk(path)) return null;
    const { statfsSync } = builtin<typeof import("node:fs")>("node:fs");
    const { bsize, blocks, bavail } = statfsSync(path);
    return { size: bsize * blocks, free: bsize * bavail };
  } catch {
    return null;
  }
}

/**
 * What the operating system tells, as Deno can find it without prompting for a permission.
 *
 * @module
 */

import type { SystemSource } from "../posix/system.ts";
import { deno } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { isGranted } from "./permissions.ts";
import { readGranted } from "./read_granted.ts";

/** {@linkcode SystemSource} for Deno. */
export const denoSystem: SystemSource = {
  read: readGranted,
  exists: (pid) => {
    // Without the permission it cannot be told, and nobody may be taken for dead who lives.
    if (!isGranted({ name: "run" })) return true;
    try {
      deno().kill(pid, 0);
      return true;
    } catch (error) {
      return (error as Error).name !== "NotFound";
    }
  },
  cores: () => navigator.hardwareConcurrency,
  // The C library tells it, too, where that may be used.
  userId: () => {
    if (deno().build.os === "windows") return null;
    if (isGranted({ name: "sys", kind: "uid" })) return deno().uid();
    return isGranted({ name: "ffi" }) ? loadLibc().userId() : null;
  },
};

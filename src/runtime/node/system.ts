/**
 * What the operating system tells, as Node and Bun can find it.
 *
 * @module
 */

import type { SystemSource } from "../posix/system.ts";
import { builtin, nodeProcess } from "./globals.ts";

/** {@linkcode SystemSource} for Node and Bun. */
export const nodeSystem: SystemSource = {
  read: (path) => builtin<typeof import("node:fs")>("node:fs").readFileSync(path, "utf8"),
  exists: (pid) => {
    try {
      return nodeProcess().kill(pid, 0);
    } catch (error) {
      return (error as { code?: string }).code === "EPERM";
    }
  },
  cores: () => builtin<typeof import("node:os")>("node:os").availableParallelism(),
  userId: () => nodeProcess().geteuid?.() ?? null,
};

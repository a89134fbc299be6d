/**
 * What this program may do. Whoever only asks is not to be prompted.
 *
 * @module
 */

import {
  BUN_HAS_NONE,
  DENO_LIMITS,
  type PermissionHost,
  type PermissionName,
} from "../permissions.ts";
import { deno, type DenoPermissionDescriptor } from "./globals.ts";

/** The flag without which Deno ends a program that gives a thread permissions, and what else gives it. */
const OPTION = "worker-options";
const VARIABLE = "DENO_UNSTABLE_WORKER_OPTIONS";

/** How Deno calls a part of a kind. */
const ITEMS: Record<PermissionName, "path" | "host" | "variable" | "command" | "kind"> = {
  read: "path",
  write: "path",
  ffi: "path",
  net: "host",
  import: "host",
  env: "variable",
  run: "command",
  sys: "kind",
};

/** Whether a permission is granted. */
export function isGranted(permission: DenoPermissionDescriptor): boolean {
  return deno().permissions.querySync(permission).state === "granted";
}

/** Whether a permission is granted, and nothing of it is denied. */
export function isWhollyGranted(permission: DenoPermissionDescriptor): boolean {
  const { state, partial } = deno().permissions.querySync(permission);
  return state === "granted" && partial !== true;
}

/** {@linkcode PermissionHost} for Deno. */
export const denoPermissions: PermissionHost = {
  has: (name, item) =>
    isWhollyGranted(item === undefined ? { name } : { name, [ITEMS[name]]: item }),
  refuseStart: (executable) =>
    isGranted({ name: "run", command: executable })
      ? null
      : `Deno may not start ${executable}: allow it by ${lackingFlags()}, or use the start method "thread"`,
  refuseThread: () =>
    hasWorkerOptions()
      ? null
      : `Deno gives a thread permissions of its own only with --unstable-${OPTION}. Where a program may not read its own ` +
        `command line (that takes --allow-all), set ${VARIABLE}=1 besides`,
  limitsOf: (target) => {
    if (target === "deno") return DENO_LIMITS;
    if (target === "bun") return BUN_HAS_NONE;
    return "only a program on Node can hold a process on Node to permissions";
  },
};

function hasWorkerOptions(): boolean {
  const variable = { name: "env", variable: VARIABLE };
  if (isGranted(variable) && Boolean(deno().env.get(VARIABLE))) return true;
  return commandLine().includes(`--unstable-${OPTION}`);
}

/** This program's own command line, as far as it may be read. */
export function commandLine(): string[] {
  try {
    return deno().readTextFileSync("/proc/self/cmdline").split("\0");
  } catch {
    return [];
  }
}

/** The flags that this program lacks for having child processes. */
export function lackingFlags(): string {
  const lacking = ["run", "ffi", "net"].filter((name) => !isGranted({ name }));
  return lacking.map((name) => `--allow-${name}`).join(" ");
}

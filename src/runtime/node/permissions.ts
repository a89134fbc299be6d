/**
 * Node's permission model.
 *
 * @module
 */

import {
  BUN_HAS_NONE,
  DENO_LIMITS,
  type PermissionHost,
  type PermissionName,
} from "../permissions.ts";
import { nodeProcess } from "./globals.ts";

/** `process.permission`, where Node was told to have it. */
export interface NodePermission {
  has(scope: string, reference?: string): boolean;
}

/** What Node calls the kinds that it knows. */
const SCOPES: Partial<Record<PermissionName, string>> = {
  read: "fs.read",
  write: "fs.write",
  run: "child",
  ffi: "addon",
};

/** {@linkcode PermissionHost} for Node. */
export const nodePermissions: PermissionHost = {
  has(name, item) {
    const { permission } = nodeProcess() as unknown as { permission?: NodePermission };
    const scope = name === "net" && knowsNodeFlag("--allow-net") ? "net" : SCOPES[name];
    if (permission === undefined || scope === undefined) return true;
    // Node asks for paths only.
    return permission.has(scope, scope.startsWith("fs.") ? item : undefined);
  },
  refuseStart: () =>
    nodePermissions.has("run")
      ? null
      : 'Node may not start processes: allow it by --allow-child-process, or use the start method "thread"',
  refuseThread: () => "On Node a thread may do what its process may",
  limitsOf: (target) => {
    if (target === "deno") return DENO_LIMITS;
    if (target === "bun") return BUN_HAS_NONE;
    const net: PermissionName[] = knowsNodeFlag("--allow-net") ? [] : ["net"];
    return {
      needs: ["ffi", "net"],
      // Modules of other machines it does not import anyway.
      always: [...net, "env", "sys"],
      whole: ["net", "env", "run", "ffi", "sys", "import"],
    };
  },
};

/** {@linkcode PermissionHost} for Bun, which has no permissions. */
export const bunPermissions: PermissionHost = {
  has: () => true,
  refuseStart: () => null,
  refuseThread: () => "On Bun a thread may do what its process may",
  limitsOf: (target) => {
    if (target === "deno") return DENO_LIMITS;
    if (target === "bun") return BUN_HAS_NONE;
    return "only a program on Node can hold a process on Node to permissions";
  },
};

/** Whether this Node has a flag. */
export function knowsNodeFlag(flag: string): boolean {
  return nodeProcess().allowedNodeEnvironmentFlags.has(flag);
}

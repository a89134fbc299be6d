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
import { withDenoPermissions } from "../deno_flags.ts";
import { withNodePermissions } from "../node_flags.ts";
import { builtin, nodeProcess } from "./globals.ts";

/** `process.permission`, where Node was told to have it. */
interface NodePermission {
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
  flagsOf: (target, flags, grants, library) =>
    target === "deno"
      ? withDenoPermissions(flags, grants)
      : withNodePermissions(flags, grants, ownFolders(library), knowsNodeFlag),
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
  flagsOf: (_target, flags, grants) => withDenoPermissions(flags, grants),
};

/** Whether this Node has a flag. */
export function knowsNodeFlag(flag: string): boolean {
  return nodeProcess().allowedNodeEnvironmentFlags.has(flag);
}

/** Where a process reads this library, and the packages that it needs for that. */
function ownFolders(library: string): string[] {
  const { fileURLToPath } = builtin<typeof import("node:url")>("node:url");
  const { createRequire } = builtin<typeof import("node:module")>("node:module");
  const require = createRequire(library);
  const packages = ["koffi", "tslib"].flatMap((name) => {
    try {
      return /^.*\/node_modules\//s.exec(require.resolve(name)) ?? [];
    } catch {
      // It is optional.
      return [];
    }
  });
  return [...new Set([fileURLToPath(library), ...packages])];
}

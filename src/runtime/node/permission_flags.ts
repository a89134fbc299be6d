/**
 * The flags by which a program on Node holds a process to permissions.
 *
 * @module
 */

import { withDenoPermissions } from "../deno_flags.ts";
import { withNodePermissions } from "../node_flags.ts";
import type { PermissionFlags } from "../permissions.ts";
import { builtin } from "./globals.ts";
import { knowsNodeFlag } from "./permissions.ts";

/** {@linkcode PermissionFlags} of Node. */
export const permissionFlags: PermissionFlags = (target, flags, grants, library) =>
  target === "deno"
    ? withDenoPermissions(flags, grants)
    : withNodePermissions(flags, grants, ownFolders(library), knowsNodeFlag);

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

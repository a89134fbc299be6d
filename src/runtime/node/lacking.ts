/**
 * What Node's permission model does not allow this program.
 *
 * @module
 */

import type { LackingPermission } from "../permissions.ts";
import { nodeProcess } from "./globals.ts";
import { knowsNodeFlag, type NodePermission } from "./permissions.ts";

/** Which flag of Node gives what a scope of its permissions is about. */
const FLAGS: readonly [name: LackingPermission["name"], scope: string, flag: string][] = [
  ["read", "fs.read", "--allow-fs-read=*"],
  ["write", "fs.write", "--allow-fs-write=*"],
  ["net", "net", "--allow-net"],
  ["run", "child", "--allow-child-process"],
  ["ffi", "addon", "--allow-addons"],
  ["thread", "worker", "--allow-worker"],
];

/** What this program lacks of Node's permissions. */
export function lackingOnNode(): LackingPermission[] {
  const { permission } = nodeProcess() as unknown as { permission?: NodePermission };
  if (permission === undefined) return [];
  const lacking = FLAGS.filter(([, scope, flag]) =>
    knowsNodeFlag(flag.replace("=*", "")) && !permission.has(scope)
  );
  return lacking.map(([name, , flag]) => ({ name, flag }));
}

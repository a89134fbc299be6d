/**
 * What Deno does not allow this program.
 *
 * @module
 */

import { type LackingPermission, PERMISSION_NAMES } from "../permissions.ts";
import { deno } from "./globals.ts";
import { commandLine, isWhollyGranted } from "./permissions.ts";

/** What this program lacks of Deno's permissions. Modules of other machines are not needed. */
export function lackingOnDeno(): LackingPermission[] {
  const needed = PERMISSION_NAMES.filter((name) => name !== "import");
  const lacking: LackingPermission[] = needed.filter((name) => !isWhollyGranted({ name }))
    .map((name) => ({ name, flag: `--allow-${name}` }));
  // It opens /proc as well, and nothing less does.
  const isAll = commandLine().length > 0 || deno().build.os !== "linux";
  return isAll ? lacking : [...lacking, { name: "all", flag: "--allow-all" }];
}

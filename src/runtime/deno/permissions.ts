/**
 * What this program may do. Whoever only asks is not to be prompted.
 *
 * @module
 */

import { deno, type DenoPermissionDescriptor } from "./globals.ts";

/** Whether a permission is granted. */
export function isGranted(permission: DenoPermissionDescriptor): boolean {
  return deno().permissions.querySync(permission).state === "granted";
}

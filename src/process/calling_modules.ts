/**
 * Where functions that the user gives may come from.
 *
 * @module
 */

import { callSiteModules } from "../callable/mod.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { mainModule } from "./children.ts";

/** The modules in which a function may be an export: those on the stack, and the main module. */
export function callingModules(): string[] {
  return [...callSiteModules(libraryRoot), ...mainModule()];
}

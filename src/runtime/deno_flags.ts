/**
 * The flags of a child on Deno that a user gives some of, whatever runtime its creator is on.
 *
 * @module
 */

import type { Grants } from "./permissions.ts";

/** `--allow-scripts` is about packages. */
const PERMISSION = /^(-[ARWNESIP]|--(allow|deny|ignore)-(?!scripts)|--permission-set)/;
const NO_PROMPT = "--no-prompt";
/** Deno refuses `--config` with `--no-config`, and takes the last of anything else, or all. */
const CONFIG = /^(-c|--config|--no-config)/;

/**
 * Adds flags to those that a child would have: without permissions, for example, it could not start.
 *
 * @param own The flags that it would have, `run` first.
 * @param given Those of the user; permissions and a configuration among them take the place of those in `own`.
 * @returns All flags, `run` first.
 */
export function withDenoFlags(own: readonly string[], given: readonly string[]): string[] {
  const added = given[0] === "run" ? given.slice(1) : given;
  const replaced = [PERMISSION, CONFIG].filter((kind) => added.some((flag) => kind.test(flag)));
  const kept = own.filter((flag) => !replaced.some((kind) => kind.test(flag)));
  return [...kept, ...added];
}

/**
 * Whether flags say what a process may do.
 *
 * @param flags Flags of Deno.
 */
export function hasDenoPermissions(flags: readonly string[]): boolean {
  return flags.some((flag) => PERMISSION.test(flag));
}

/**
 * Holds a process to permissions.
 *
 * @param flags Its flags, `run` first; permissions among them are left out.
 * @param grants What it may do.
 * @returns All flags, `run` first.
 */
export function withDenoPermissions(flags: readonly string[], grants: Grants): string[] {
  const kept = flags.filter((flag) => !PERMISSION.test(flag) && flag !== NO_PROMPT);
  const allowed = [...grants].map(([name, items]) =>
    items === true ? `--allow-${name}` : `--allow-${name}=${items.join()}`
  );
  return [...kept, NO_PROMPT, ...allowed];
}

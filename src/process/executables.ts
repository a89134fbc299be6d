/**
 * Which executable a child runs, and with which flags of the runtime.
 *
 * @module
 */

import { libraryRoot } from "../identity/child_entry.ts";
import { runtime } from "../runtime/current.ts";
import type { Grants } from "../runtime/permissions.ts";
import { childFlags, permissionFlags } from "../runtime/starts.ts";
import { withDenoFlags } from "../runtime/deno_flags.ts";
import type { RuntimeName } from "../runtime/types.ts";
import { show } from "../support/options.ts";

const RUNTIMES: readonly RuntimeName[] = ["deno", "bun", "node"];

const executables = new Map<RuntimeName, string>();

/** Which runtime an executable is. */
export interface ExecutableOptions {
  /** The runtime that the executable is. @default the runtime of this program */
  runtime?: RuntimeName;
}

/**
 * Sets the executable that new processes run. Python's `set_executable`.
 *
 * @param path The executable's path, or a `file:` URL.
 * @param options Which runtime the executable is.
 * @throws {TypeError} when the path is no path, or the runtime is unknown.
 *
 * @example Run children on a certain Bun
 * ```ts
 * import { setExecutable } from "@allcores/multiprocessing";
 *
 * setExecutable("/usr/local/bin/bun", { runtime: "bun" });
 * ```
 */
export function setExecutable(path: string | URL, options: ExecutableOptions = {}): void {
  const name = options.runtime ?? runtime.name;
  checkRuntime(name);
  const file = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  if (typeof file !== "string" || file === "") {
    throw new TypeError(`The executable must be a path, got ${show(path)}`);
  }
  executables.set(name, file);
}

/**
 * Checks the name of a runtime.
 *
 * @param name The name, as the user gave it.
 * @throws {TypeError} when there is no such runtime.
 */
export function checkRuntime(name: unknown): asserts name is RuntimeName {
  if (!RUNTIMES.includes(name as RuntimeName)) {
    throw new TypeError(`"runtime" must be one of ${RUNTIMES.join(", ")}, got ${show(name)}`);
  }
}

/** Whether the executable of a runtime is this program's own, of which there is no doubt. */
export function isOwnExecutable(name: RuntimeName): boolean {
  return name === runtime.name && !executables.has(name);
}

/** The executable of a runtime: the one that was set, that of this program, or what the PATH gives. */
export function executableOf(name: RuntimeName): string {
  return executables.get(name) ?? (name === runtime.name ? runtime.program.executable : name);
}

/**
 * The flags of a child.
 *
 * @param name Its runtime.
 * @param given What the user gives.
 * @param grants What it may do; `null` for what this program may.
 * @returns Without `given` those of this program, or all rights where the runtime has none of that. Deno needs
 *   permissions and a configuration even so.
 */
export function flagsFor(
  name: RuntimeName,
  given: readonly string[] | null,
  grants: Grants | null,
): readonly string[] {
  const flags = unlimitedFlags(name, given);
  return grants === null ? flags : permissionFlags(name, flags, grants, libraryRoot);
}

function unlimitedFlags(name: RuntimeName, given: readonly string[] | null): readonly string[] {
  if (name !== "deno" && given !== null) return given;
  const own = name === runtime.name ? childFlags() : foreignFlags(name);
  return given === null ? own : withDenoFlags(own, given);
}

function foreignFlags(name: RuntimeName): readonly string[] {
  return name === "deno" ? ["run", "--allow-all"] : [];
}

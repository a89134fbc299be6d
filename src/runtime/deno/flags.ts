/**
 * The flags that a child runs with: the permissions of this program, never more, and what its modules are
 * resolved by.
 *
 * @module
 */

import { PERMISSION_NAMES } from "../permissions.ts";
import { deno } from "./globals.ts";
import { commandLine, isWhollyGranted } from "./permissions.ts";

const KEPT_FLAGS =
  /^--(import-map|config|no-config|node-modules-dir|unstable.*|v8-flags|no-check|cached-only|no-remote|no-npm|no-lock|lock|vendor|cert|location|seed|preload|conditions)(=|$)/;
const VALUE_FOLLOWS: ReadonlySet<string> = new Set([
  "--import-map",
  "--config",
  "-c",
  "--cert",
  "--location",
  "--preload",
]);

/**
 * Finds the flags for a child that runs on Deno.
 *
 * @returns The arguments in front of the module's name, `run` first.
 */
export function childFlags(): string[] {
  const flags = keptFlags();
  if (!flags.some((flag) => /^(--config|-c|--no-config)/.test(flag))) flags.push(...configFlag());
  return ["run", ...permissionFlags(), ...flags];
}

function permissionFlags(): string[] {
  // What is denied in part is not passed on: which part cannot be told.
  const granted = PERMISSION_NAMES.filter((name) => isWhollyGranted({ name }));
  if (granted.length === PERMISSION_NAMES.length) return ["--allow-all"];
  return ["--no-prompt", ...granted.map((name) => `--allow-${name}`)];
}

/** The flags of this program's own command line, where it may be read. */
function keptFlags(): string[] {
  const line = commandLine();
  const kept: string[] = [];
  for (let i = 1; i < line.length - deno().args.length; i++) {
    const flag = line[i] === "-c" ? "--config" : line[i];
    if (!KEPT_FLAGS.test(flag)) continue;
    kept.push(VALUE_FOLLOWS.has(flag) ? `${flag}=${line[++i]}` : flag);
  }
  return kept;
}

/** Deno looks for its configuration beside the module that it runs: for a child that would be this library's. */
function configFlag(): string[] {
  const main = new URL(deno().mainModule);
  if (main.protocol !== "file:") return [];
  for (let folder = new URL(".", main);; folder = new URL("..", folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = decodeURIComponent(new URL(name, folder).pathname);
      if (attempt(() => deno().statSync(path)) !== null) return [`--config=${path}`];
    }
    if (folder.pathname === "/") return [];
  }
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

/**
 * The flags of a child on Node by which it is held to permissions.
 *
 * @module
 */

import type { Grants } from "./permissions.ts";

/** Flags of Node's permission model; the value of some may be the next argument. */
const PERMISSION = /^--((experimental-)?permission|allow-)/;
const VALUE_FOLLOWS = /^--allow-fs-(read|write)$/;

/** Node warns of what a process may do by these flags; who granted it knows. */
const KNOWN_WARNINGS = [1, 2, 6].map((number) => `--disable-warning=PERM000${number}`);

/**
 * Whether flags say what a process may do.
 *
 * @param flags Flags of Node, or a text with them.
 */
export function hasNodePermissions(flags: readonly string[]): boolean {
  return flags.some((flag) => PERMISSION.test(flag));
}

/**
 * Holds a process to permissions.
 *
 * @param flags Its other flags; permissions among them are left out.
 * @param grants What it may do.
 * @param own Folders that it has to read to start at all.
 * @param known Whether Node has a flag.
 * @returns All flags.
 */
export function withNodePermissions(
  flags: readonly string[],
  grants: Grants,
  own: readonly string[],
  known: (flag: string) => boolean,
): string[] {
  const isValue = (i: number): boolean => i > 0 && VALUE_FOLLOWS.test(flags[i - 1]);
  const kept = flags.filter((flag, i) => !PERMISSION.test(flag) && !isValue(i));
  const switches = [
    known("--permission") ? "--permission" : "--experimental-permission",
    // Node holds threads to what their process may do.
    "--allow-worker",
    ...(grants.has("ffi") ? ["--allow-addons"] : []),
    ...(grants.has("run") ? ["--allow-child-process"] : []),
    ...(grants.has("net") && known("--allow-net") ? ["--allow-net"] : []),
  ];
  const paths = [
    ...pathFlags("--allow-fs-read", grants.get("read"), own),
    ...pathFlags("--allow-fs-write", grants.get("write"), []),
  ];
  const quiet = known("--disable-warning") ? KNOWN_WARNINGS : [];
  return [...kept, ...switches.filter(known), ...quiet, ...paths];
}

function pathFlags(
  flag: string,
  granted: true | readonly string[] | undefined,
  own: readonly string[],
): string[] {
  if (granted === true) return [`${flag}=*`];
  return [...own, ...granted ?? []].map((path) => `${flag}=${path}`);
}

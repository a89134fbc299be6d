/**
 * Which versions of the runtimes will do.
 *
 * @module
 */

import type { RuntimeName } from "./types.ts";

/** The oldest versions on which this library works. */
export const LEAST_VERSIONS: Readonly<Record<RuntimeName, string>> = {
  deno: "2.8.0",
  bun: "1.4.0",
  node: "20.16.0",
};

/** The oldest Node on which children hear rings under names that are no files: those before it cut such a name at its first byte. */
export const LEAST_NODE_FOR_ABSTRACT_NAMES = "22.0.0";

const PARTS = /(\d+)\.(\d+)\.(\d+)/;

/**
 * Finds a version in what an executable prints when it is asked for it.
 *
 * @param text The text: `v24.21.0`, `deno 2.9.6 (stable …)`.
 * @returns The version alone; `null` where there is none.
 */
export function versionIn(text: string): string | null {
  return PARTS.exec(text)?.[0] ?? null;
}

/**
 * Compares two versions.
 *
 * @param version The one.
 * @param least The other.
 * @returns Whether the first one is as new as the second; a text without a version is not.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(least)];
  const first = theirs.findIndex((number, i) => number !== ours[i]);
  return first < 0 || ours[first] > theirs[first];
}

function numbersOf(version: string): number[] {
  return (PARTS.exec(version) ?? []).slice(1).map(Number);
}

/** Where things are in the repository, and short names for them. */

import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A path below the root, in this system's form. */
export function inRoot(...parts: string[]): string {
  return join(root, ...parts);
}

/** A path relative to the root, with `/` on every system: how the scripts name files to a reader. */
export function shortPath(path: string): string {
  return relative(root, path).split(sep).join("/");
}

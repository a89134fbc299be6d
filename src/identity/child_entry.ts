/**
 * Where the program is that every child starts with.
 *
 * @module
 */

import type { ChildEntry } from "../runtime/children.ts";
import { runtime } from "../runtime/current.ts";
import { runningFile } from "../support/stack_frames.ts";
import { startingText } from "../runtime/bundled_child.ts";

/** The first argument of a process that is a child. */
export const CHILD_FLAG = "--allcores-child";

/** The file that has this module in it; `undefined` where nobody knows. */
const file = runningFile(import.meta.url);

/** In the sources, and in the package where it is installed, the address tells that this library is as it was built. */
const IN_PLACE =
  /\/src\/identity\/child_entry\.[jt]s$|\/node_modules\/@allcores\/multiprocessing\//;
/** A package that is worked on may stand elsewhere: there it is looked whether it has its entry. */
const PERHAPS_IN_PLACE = /^file:.*\/dist\/chunks\/[^/]+\.js$/;

/** The URL of the module that children start with; `null` where a bundler has put this library into another file. */
const ownEntry: string | null = findOwnEntry();

/** The URL that all modules of this library start with, and no others; one that no module has where they are in a bundle. */
export const libraryRoot: string = ownEntry === null ? "none:" : new URL("../", file).href;

function findOwnEntry(): string | null {
  if (file === undefined || !(IN_PLACE.test(file) || PERHAPS_IN_PLACE.test(file))) return null;
  const entry = new URL(`../entry/main.${file.endsWith(".ts") ? "ts" : "js"}`, file);
  return IN_PLACE.test(file) || isThere(entry) ? entry.href : null;
}

function isThere({ pathname }: URL): boolean {
  const path = decodeURIComponent(pathname);
  return runtime.files.mayLook(path) && runtime.files.lookThrough(path) !== null;
}

/**
 * What a child starts with: a module, or the text of one.
 *
 * @param mainModule The program's main module, which has this library in it or imports it.
 * @param awaitMessage What {@linkcode startingText} takes.
 * @returns One of both.
 */
export function childEntry(
  mainModule: string | null,
  awaitMessage: string = "",
): ChildEntry {
  if (ownEntry !== null) return { module: ownEntry };
  const files = [file, mainModule].filter((url) => typeof url === "string");
  return { text: startingText([...new Set(files)], awaitMessage) };
}

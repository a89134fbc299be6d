/**
 * Where the program is that every child starts with.
 *
 * @module
 */

/** Of the source, TypeScript; of the packages, JavaScript: whatever this module is itself. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** The first argument of a process that is a child. */
export const CHILD_FLAG = "--allcores-child";

/** The URL of the module that children start with. */
export const childEntry: string = new URL(`../entry/main.${extension}`, import.meta.url).href;

/** The URL that all modules of this library start with. */
export const libraryRoot: string = new URL("../", import.meta.url).href;

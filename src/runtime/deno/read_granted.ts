/**
 * Reading files without prompting for a permission.
 *
 * @module
 */

import type { Read } from "../posix/try_read.ts";
import { deno } from "./globals.ts";
import { isGranted } from "./permissions.ts";

/** Reads a text file; nothing where that is not granted. */
export const readGranted: Read = (path) =>
  isGranted({ name: "read", path }) ? deno().readTextFileSync(path) : "";

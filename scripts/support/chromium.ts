/**
 * The system's Chromium.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Where it is; `null` where it is not on the path. */
export function chromiumPath(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** How it is started: without a sandbox, since there is none for root, and it opens this repository's own pages only. */
export const chromiumFlags: readonly string[] = ["--no-sandbox"];

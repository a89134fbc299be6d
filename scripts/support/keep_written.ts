/** Files that a script writes, and that are kept in the repository. */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { readText } from "./files.ts";
import { inRoot } from "./paths.ts";
import { report } from "./report.ts";

/**
 * Writes files; with `--check` among the arguments it writes none, and reports those that are not as they would be written.
 *
 * @param script The script, which is to be run again for them.
 * @param files Their texts by their short paths.
 */
export function keepWritten(script: string, files: Readonly<Record<string, string>>): void {
  const stale = Object.entries(files).filter(([path, text]) =>
    !existsSync(inRoot(path)) || readText(path) !== text
  );
  if (process.argv.includes("--check")) {
    return report(stale.map(([path]) => `${path} is not up to date: node ${script}`));
  }
  for (const [path, text] of stale) writeFileSync(inRoot(path), text);
}

/**
 * The library as users get it: JavaScript. In a folder of its own, so that it is always that of the sources as they
 * are now.
 *
 * @module
 */

import process from "node:process";
import { pathToFileURL } from "node:url";
import { runCommand } from "../support/command.ts";
import { inRoot } from "../support/paths.ts";
import { executable } from "../support/runtimes.ts";

/** Its name tells the library that it is a package as it was built, and no bundle, whose children would load all of it. */
const folder = ".cache/bench/dist";

/** Builds the library, and gives the URL of its main module. */
export async function buildLibrary(): Promise<string> {
  const tsup = inRoot("node_modules/tsup/dist/cli-default.js");
  const command = [executable("node"), tsup, "--out-dir", folder, "--no-dts"];
  const { code, output } = await runCommand(command, { timeout: 60_000 });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error("the library cannot be built");
  }
  return pathToFileURL(inRoot(folder, "mod.js")).href;
}

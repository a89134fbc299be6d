/**
 * How the program that a child starts with is named in its command line.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { ChildEntry } from "./children.ts";
import type { RuntimeName } from "./types.ts";

/**
 * Names a program in a command line.
 *
 * @param name The runtime that is to run it.
 * @param entry The program.
 * @returns What stands between the runtime's flags and the program's arguments.
 * @throws {NotSupportedError} when that runtime cannot run it.
 */
export function entryArguments(name: RuntimeName, entry: ChildEntry): readonly string[] {
  const { module, text } = entry;
  // Deno runs modules by URL, which may be remote; the others run files.
  if (name === "deno") return [module ?? textUrl(text)];
  if (text !== undefined) return ["-e", text, "--"];
  const url = new URL(module);
  if (url.protocol === "file:") return [decodeURIComponent(url.pathname)];
  throw new NotSupportedError(
    `Cannot start ${name} on ${module}: install the package from npm for that`,
  );
}

/** The URL of a module that is given as a text. */
export function textUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

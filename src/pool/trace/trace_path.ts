/**
 * Where a trace is to be written: checked when it is started, so that nobody records for an hour and has nothing.
 *
 * @module
 */

import { MultiprocessingError } from "../../errors.ts";
import { runtime } from "../../runtime/current.ts";
import { show } from "../../support/options.ts";

/**
 * Takes the path of a file.
 *
 * @param path The path or the `file:` URL, as the user gave it.
 * @returns The same; `null` where no file is wanted.
 * @throws {TypeError} when it is neither.
 * @throws {MultiprocessingError} when there is no folder for it; with the code `ENOENT`.
 */
export function takePath(path: string | URL | undefined): string | URL | null {
  if (path === undefined) return null;
  const text = path instanceof URL && path.protocol === "file:"
    ? decodeURIComponent(path.pathname)
    : path;
  if (typeof text !== "string" || text === "") {
    throw new TypeError(`The file of a trace must be a path or a file: URL, got ${show(path)}`);
  }
  const folder = text.slice(0, text.lastIndexOf("/") + 1) || ".";
  if (isMissing(folder)) {
    const message =
      `Cannot write a trace to ${text}: there is no folder ${folder}; create it first`;
    throw Object.assign(new MultiprocessingError(message), { code: "ENOENT" });
  }
  return path;
}

/** Whether a folder is surely not there. What cannot be looked at, or is another system's path, is found out when it is written. */
function isMissing(folder: string): boolean {
  if (/^\/[a-z]:/i.test(folder) || !runtime.files.mayLook(folder)) return false;
  try {
    return runtime.files.lookThrough(folder)?.kind !== "folder";
  } catch {
    return false;
  }
}

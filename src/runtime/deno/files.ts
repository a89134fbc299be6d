/**
 * Files by `Deno`.
 *
 * @module
 */

import type { FileFacts, Files } from "../files.ts";
import { linuxPlaces } from "../posix/places.ts";
import { deno, type DenoFileInfo } from "./globals.ts";
import { isGranted } from "./permissions.ts";

/** {@linkcode Files} for Deno. */
export const denoFiles: Files = {
  get places(): string[] {
    const mayAsk = isGranted({ name: "env", variable: "TMPDIR" });
    const temporary = mayAsk ? deno().env.get("TMPDIR") : undefined;
    return deno().build.os === "linux" ? linuxPlaces(temporary) : [temporary ?? "/tmp"];
  },
  mayWrite: (path: string) =>
    isGranted({ name: "read", path }) && isGranted({ name: "write", path }),
  list: (folder: string) => [...deno().readDirSync(folder)].map((entry) => entry.name),
  create: (folder: string) => deno().mkdirSync(folder, { mode: 0o700 }),
  write: (path: string, text: string) =>
    deno().writeTextFileSync(path, text, { mode: 0o600, createNew: true }),
  link: (path: string, name: string) => deno().linkSync(path, name),
  unlink: (path: string) => deno().removeSync(path),
  removeEmpty: (folder: string) => deno().removeSync(folder),
  mayLook: (path: string) => isGranted({ name: "read", path }),
  look: (path: string) => toFacts(() => deno().lstatSync(path)),
  lookThrough: (path: string) => toFacts(() => deno().statSync(path)),
};

function toFacts(read: () => DenoFileInfo): FileFacts | null {
  try {
    const info = read();
    return {
      kind: info.isFile ? "file" : info.isDirectory ? "folder" : info.isSocket ? "socket" : "other",
      id: info.ino ?? 0,
      size: info.size,
      owner: info.uid ?? -1,
      mode: info.mode ?? 0,
    };
  } catch (error) {
    if ((error as Error).name === "NotFound") return null;
    throw error;
  }
}

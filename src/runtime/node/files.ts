/**
 * Files by `node:fs`.
 *
 * @module
 */

import type { FileFacts, Files } from "../files.ts";
import { linuxPlaces } from "../posix/places.ts";
import { builtin, nodeProcess } from "./globals.ts";

function fs(): typeof import("node:fs") {
  return builtin("node:fs");
}

/** {@linkcode Files} for Node and Bun. */
export const nodeFiles: Files = {
  get places(): string[] {
    const { platform, env } = nodeProcess();
    if (platform === "linux") return linuxPlaces(env.TMPDIR);
    return [builtin<typeof import("node:os")>("node:os").tmpdir()];
  },
  mayWrite: () => true,
  list: (folder: string) => fs().readdirSync(folder),
  create: (folder: string) => void fs().mkdirSync(folder, { mode: 0o700 }),
  write: (path: string, text: string) =>
    fs().writeFileSync(path, text, { mode: 0o600, flag: "wx" }),
  link: (path: string, name: string) => fs().linkSync(path, name),
  unlink: (path: string) => fs().unlinkSync(path),
  removeEmpty: (folder: string) => fs().rmdirSync(folder),
  mayLook: () => true,
  look: (path: string) => toFacts(fs().lstatSync(path, { throwIfNoEntry: false })),
  lookThrough: (path: string) => toFacts(fs().statSync(path, { throwIfNoEntry: false })),
};

function toFacts(stats: import("node:fs").Stats | undefined): FileFacts | null {
  if (stats === undefined) return null;
  return {
    kind: stats.isFile()
      ? "file"
      : stats.isDirectory()
      ? "folder"
      : stats.isSocket()
      ? "socket"
      : "other",
    id: stats.ino,
    size: stats.size,
    owner: stats.uid,
    mode: stats.mode,
  };
}

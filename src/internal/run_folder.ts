/**
 * The run folder: where a program keeps its blocks and sockets on systems on which they need a name.
 *
 * Only its owner can enter it. It is removed at the program's end; what a killed program left is swept by the next one.
 *
 * @module
 */

import { removeAtEnd, removeNow } from "./end_files.ts";
import { runtime } from "../runtime/current.ts";

const PREFIX = "allcores-run-";

/**
 * Creates the run folder of this program, after sweeping those of programs that are gone.
 *
 * @returns Its path.
 */
export function createRunFolder(): string {
  sweepRunFolders();
  return createOwnFolder();
}

/**
 * Creates a folder of this program, which is removed and swept as a run folder is.
 *
 * @returns Its path.
 */
export function createOwnFolder(): string {
  const { files, pid } = runtime.host;
  const random = crypto.randomUUID().slice(0, 8);
  const folder = `${files.temporary}/${PREFIX}${pid}-${random}`;
  files.create(folder);
  removeAtEnd(folder);
  return folder;
}

/** Removes the run folders of programs of this user that do not live any more. */
export function sweepRunFolders(): void {
  const { files } = runtime.host;
  for (const name of files.list(files.temporary)) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length)) : NaN;
    if (owner > 0 && !runtime.host.kill(owner, 0)) removeNow(`${files.temporary}/${name}`);
  }
}

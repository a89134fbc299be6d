/**
 * Names of shared memory that a program is responsible for: they are removed at its end, and those of programs that
 * were killed are swept by the next one that creates any.
 *
 * The records are empty folders, called like the memory and the file's number, in a folder of the program's own. The number
 * tells the file from one of the same name that somebody else created later.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

const PREFIX = "allcores-names-";

/** The path of the memory of a name. */
export function pathOf(name: string): string {
  return `${runtime.host.files.temporary}/${name}`;
}

/**
 * The folder of a program's records; it is created if there is none.
 *
 * @param pid The process id of the program's first process.
 * @returns Its path.
 */
export function recordFolder(pid: number): string {
  const { files } = runtime.host;
  const folder = folderOf(pid);
  if (files.stat(folder) !== null) return folder;
  sweep();
  try {
    files.create(folder);
  } catch (error) {
    // Another process of the program may have been faster.
    if (files.stat(folder) === null) throw error;
  }
  return folder;
}

/** Records that a program is responsible for a name. */
export function addRecord(pid: number, name: string, id: number): void {
  runtime.host.files.create(recordPath(pid, name, id));
}

/** Removes a record, if there is one. */
export function removeRecord(pid: number, name: string, id: number): void {
  tryRemove(recordPath(pid, name, id));
}

/** Removes all names that a program is responsible for. */
export function removeNames(pid: number): void {
  removeAll(folderOf(pid));
}

function sweep(): void {
  const { files } = runtime.host;
  for (const name of files.list(files.temporary)) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length)) : NaN;
    if (owner > 0 && !runtime.host.isAlive(owner)) removeAll(pathOf(name));
  }
}

function removeAll(folder: string): void {
  try {
    const { files } = runtime.host;
    if (files.stat(folder) === null) return;
    for (const record of files.list(folder)) {
      const end = record.lastIndexOf("~");
      const path = pathOf(record.slice(0, end));
      if (end > 0 && files.stat(path)?.id === Number(record.slice(end + 1))) tryRemove(path);
    }
    files.remove(folder);
  } catch {
    // Another user's, or another program sweeps it at this moment.
  }
}

function tryRemove(path: string): void {
  try {
    runtime.host.files.remove(path);
  } catch {
    // It is gone.
  }
}

function folderOf(pid: number): string {
  return pathOf(`${PREFIX}${pid}`);
}

function recordPath(pid: number, name: string, id: number): string {
  return `${folderOf(pid)}/${name}~${id}`;
}

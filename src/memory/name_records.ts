/**
 * Names of shared memory that a program is responsible for: they are removed at its end, and those of programs that
 * were killed are swept by the next one that creates any. The records stand in a folder of the program's own: see
 * `files/program_folder.ts`.
 *
 * @module
 */

import { removeQuietly } from "../files/end_files.ts";
import { commonFolder, folderOf, removeFolder } from "../files/program_folder.ts";
import { sharedPlace } from "../files/shared_place.ts";
import { runtime } from "../runtime/current.ts";

/** What tells the folder of a program's records: its table of owner. */
export interface RecordOwner {
  /** The process id of the program's first process. */
  readonly mainPid: number;
  /** What is random in the folder's name; 0 while no party has created memory that has a name. */
  readonly namesKey: number;
  /** Chooses what is random in it, unless some party has done so. */
  chooseNamesKey(random: number): void;
}

/**
 * The folder of a program's records; it is created if there is none.
 *
 * @param owner Tells the folder.
 * @returns Its path.
 * @throws {NotSupportedError} when others could replace what is put there.
 */
export function recordFolder(owner: RecordOwner): string {
  sharedPlace();
  owner.chooseNamesKey(crypto.getRandomValues(new Uint32Array(1))[0] >>> 1);
  return commonFolder(owner.mainPid, keyOf(owner));
}

/** Records that a program is responsible for a name. */
export function addRecord(owner: RecordOwner, name: string, id: number): void {
  runtime.files.write(recordPath(owner, name, id), "");
}

/** Removes a record, if there is one. */
export function removeRecord(owner: RecordOwner, name: string, id: number): void {
  if (owner.namesKey === 0) return;
  removeQuietly(() => runtime.files.unlink(recordPath(owner, name, id)));
}

/** Removes all names that a program is responsible for. */
export function removeNames(owner: RecordOwner): void {
  if (owner.namesKey === 0) return;
  removeQuietly(() => removeFolder(folderOf(owner.mainPid, keyOf(owner))));
}

function recordPath(owner: RecordOwner, name: string, id: number): string {
  return `${folderOf(owner.mainPid, keyOf(owner))}/${name}~${id}`;
}

function keyOf(owner: RecordOwner): string {
  return owner.namesKey.toString(36);
}

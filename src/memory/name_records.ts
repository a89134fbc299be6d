/**
 * Names of shared memory that a program is responsible for. As with Python's resource tracker, that is all of its processes
 * together: whichever of them created it, and is gone, a name stays while the program goes on, and the last process that
 * ends removes it. So it is after a main process that was killed: the children that outlive it have the names. What is left
 * when that last one is killed, the next program sweeps.
 *
 * The records stand in a folder of the program's own (`files/program_folder.ts`), together with which processes may outlive
 * the first one: daemons and threads cannot.
 *
 * @module
 */

import { quietly } from "../files/end_files.ts";
import { addUser, removeUser } from "../files/folder_users.ts";
import { commonFolder, folderOf, removeFolder } from "../files/program_folder.ts";
import { quietPlace, sharedPlace } from "../files/shared_place.ts";
import { told } from "../files/told.ts";
import { runtime } from "../runtime/current.ts";

/** What tells the folder of a program's records: its table of owner. */
export interface RecordOwner {
  /** The process id of the program's first process. */
  readonly mainPid: number;
  /** What is random in the folder's name; 0 while no party has created memory that has a name. */
  readonly namesKey: number;
  /** Chooses what is random in it, unless some party has done so. */
  chooseNamesKey(random: number): void;
  /** The process ids of those that may outlive the first one, as far as they have one. */
  lastingPids(): Iterable<number>;
}

/** Those whose folder this process has made, or found, and told of all who may outlive the first one. */
const known = new WeakSet<RecordOwner>();

/**
 * The folder of a program's records; it is created if there is none.
 *
 * @param owner Tells the folder.
 * @returns Its path.
 * @throws {NotSupportedError} when others could replace what is put there, or there is no space for it.
 */
export function recordFolder(owner: RecordOwner): string {
  sharedPlace();
  owner.chooseNamesKey(crypto.getRandomValues(new Uint32Array(1))[0] >>> 1);
  const folder = commonFolder(owner.mainPid, keyOf(owner));
  if (known.has(owner)) return folder;
  for (const pid of owner.lastingPids()) {
    if (pid !== owner.mainPid) addUser(folder, pid);
  }
  known.add(owner);
  return folder;
}

/**
 * Says that a process has begun that may outlive the first one. It must have noted its process id before: whoever makes the
 * folder at the same time looks at those afterwards, so that one of the two sees to it.
 *
 * @param owner Tells the folder.
 * @param pid The process.
 */
export function joinNames(owner: RecordOwner, pid: number): void {
  if (owner.namesKey !== 0 && quietPlace() !== null) addUser(ownFolder(owner), pid);
}

/** Says that such a process ends, and is not the last one. */
export function leaveNames(owner: RecordOwner, pid: number): void {
  if (owner.namesKey !== 0 && quietPlace() !== null) removeUser(ownFolder(owner), pid);
}

/** Records that a program is responsible for a name. */
export function addRecord(owner: RecordOwner, name: string, id: number): void {
  const path = recordPath(owner, name, id);
  told(path, () => runtime.files.write(path, ""));
}

/** Removes a record, if there is one. */
export function removeRecord(owner: RecordOwner, name: string, id: number): void {
  if (owner.namesKey === 0) return;
  quietly(() => runtime.files.unlink(recordPath(owner, name, id)));
}

/** Removes all names that a program is responsible for. */
export function removeNames(owner: RecordOwner): void {
  if (owner.namesKey !== 0 && quietPlace() !== null) removeFolder(ownFolder(owner));
}

function recordPath(owner: RecordOwner, name: string, id: number): string {
  return `${ownFolder(owner)}/${name}~${id}`;
}

function ownFolder(owner: RecordOwner): string {
  return folderOf(owner.mainPid, keyOf(owner));
}

function keyOf(owner: RecordOwner): string {
  return owner.namesKey.toString(36);
}

/**
 * A program's folders in the place for shared memory: for blocks and sockets on systems on which these need a name, for
 * modules that are written to be imported, and for records of named memory.
 *
 * Only its owner can enter such a folder, and nothing in it is a folder. It is removed at the program's end; what a killed
 * program left is swept by the next one, which looks at its first use of this library, and what a killed process left by its
 * creator and its children. A record is an empty file that is called like named memory and the number of its
 * file, which tells it from one of the same name that was created later: with the record the memory's name goes, too.
 *
 * The place may be shared with containers, in which the same process id means another process. So a folder's name tells in which
 * namespace of process ids its own is, and only folders of this one are swept.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import { quietly, removeAtEnd } from "./end_files.ts";
import { hasLivingUser } from "./folder_users.ts";
import { isOwn, isPrivateFolder, placeOf, quietPlace, sharedPlace } from "./shared_place.ts";
import { told } from "./told.ts";

/** Where Linux tells the namespace of process ids. */
const NAMESPACE = "/proc/self/ns/pid";
const PREFIX = "allcores-run-";
const FOLDER = /^allcores-run-(\d{1,10})-[0-9a-z]{1,8}-([0-9a-z]{1,13})$/;
const RECORD = /^(.{1,200})~(\d{1,20})$/s;

/**
 * Creates a folder of this program, after sweeping those of programs that are gone.
 *
 * @returns Its path.
 * @throws {NotSupportedError} when others could replace what is put there, or there is no space for it.
 */
export function createProgramFolder(): string {
  sweepProgramFolders();
  return createOwnFolder();
}

/**
 * Creates a folder of this program without sweeping.
 *
 * @returns Its path.
 * @throws {NotSupportedError} when others could replace what is put there, or there is no space for it.
 */
export function createOwnFolder(): string {
  const folder = folderOf(runtime.pid, crypto.randomUUID().slice(0, 8));
  told(folder, () => runtime.files.create(folder));
  removeAtEnd(folder, removeFolder);
  return folder;
}

/**
 * Gives the folder that all processes of a program share; the first one that needs it creates it.
 *
 * @param pid The process id of the program's first process.
 * @param key What is random in its name, so that nobody else has taken it.
 * @returns Its path.
 * @throws {NotSupportedError} when another user has put something there, or there is no space for it.
 */
export function commonFolder(pid: number, key: string): string {
  const folder = folderOf(pid, key);
  if (isPrivateFolder(folder)) return folder;
  sweepProgramFolders();
  try {
    told(folder, () => runtime.files.create(folder));
  } catch (error) {
    // Another process of the program may have been faster.
    if (runtime.files.look(folder) === null) throw error;
  }
  if (isPrivateFolder(folder)) return folder;
  throw new NotSupportedError(`Cannot use ${folder}: it does not belong to this user alone`);
}

/** The path of a folder of a program. */
export function folderOf(pid: number, key: string): string {
  return placeOf(`${PREFIX}${pid}-${key}-${namespace() ?? 0}`);
}

let known: string | null = null;

/** The namespace of process ids, where there are some: `0` where there are none, `null` where it may not be looked at. */
function namespace(): string | null {
  if (known !== null) return known;
  const { files, memory } = runtime;
  if (!memory.nameless) return known = "0";
  if (!files.mayLook(NAMESPACE)) return null;
  const facts = files.lookThrough(NAMESPACE);
  return known = facts === null ? null : facts.id.toString(36);
}

/** Removes the folders of programs of this user that do not live any more. */
export function sweepProgramFolders(): void {
  sweep(sharedPlace());
}

let hasSwept = false;

/** Does so at the first use of this library. */
export function sweepOnce(): void {
  if (hasSwept) return;
  hasSwept = true;
  sweepQuietly();
}

/** Does so where it can be done without asking anybody: one look at one folder, when somebody may have been killed. */
export function sweepQuietly(): void {
  const place = quietPlace();
  if (place !== null) quietly(() => sweep(place));
}

function sweep(place: string): void {
  for (const name of listQuietly(place)) {
    const [, pid = "0", there] = FOLDER.exec(name) ?? [];
    if (Number(pid) === 0 || there !== namespace()) continue;
    if (!runtime.system.isAlive(Number(pid))) sweepFolder(`${place}/${name}`);
  }
}

/** Removes a folder whose program's first process is gone, unless another one of the program goes on. */
function sweepFolder(folder: string): void {
  if (isPrivateFolder(folder) && !hasLivingUser(listQuietly(folder))) removeFolder(folder);
}

/** Removes a folder with what is in it, and what its records name, where it is one of this user's. */
export function removeFolder(folder: string): void {
  const { files } = runtime;
  if (!isPrivateFolder(folder)) return;
  for (const name of listQuietly(folder)) {
    const [, memory, id] = RECORD.exec(name) ?? [];
    if (memory !== undefined) removeNamed(memory, Number(id));
    quietly(() => files.unlink(`${folder}/${name}`));
  }
  quietly(() => files.removeEmpty(folder));
}

/** Removes the name of memory, where it is the file of that number and belongs to this user. */
function removeNamed(name: string, id: number): void {
  const path = placeOf(name);
  const facts = runtime.files.look(path);
  if (isOwn(facts, "file") && facts!.id === id) {
    quietly(() => runtime.files.unlink(path));
  }
}

function listQuietly(folder: string): string[] {
  try {
    return runtime.files.list(folder);
  } catch {
    return [];
  }
}

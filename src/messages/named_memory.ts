/**
 * Shared memory that is found by a name: a file of the folder for memory, as Python's `shared_memory` has it, with just the
 * memory's bytes in it. Threads map it like processes do.
 *
 * A name appears when its file is complete, so nobody can open half of it.
 *
 * @module
 */

import { MultiprocessingError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { FileFacts } from "../runtime/files.ts";
import type { Mapping } from "../runtime/shared_memory.ts";
import type { Program } from "../parties/program.ts";
import { isOwn, placeOf } from "../files/shared_place.ts";
import { told } from "../files/told.ts";
import { addRecord, recordFolder, removeRecord } from "../memory/name_records.ts";
import type { PartyTable } from "../parties/party_table.ts";

const WRITABLE_BY_OTHERS = 0o022;

/** Memory of a name, as one party has it. */
export interface NamedMemory {
  readonly name: string;
  /** Tells it from others that had the name before, or have it later. */
  readonly id: number;
  readonly buffer: ArrayBuffer;
}

/** An error with a `code`, as those of files have it. */
function codedError(
  message: string,
  code: "EEXIST" | "ENOENT" | "EACCES",
): MultiprocessingError {
  return Object.assign(new MultiprocessingError(message), { code });
}

/**
 * Creates memory.
 *
 * @param program The program that is responsible for it.
 * @param wanted The name; `null` for any.
 * @param size Bytes.
 * @returns Zeros.
 * @throws {MultiprocessingError} with the code `EEXIST` when there is such a name.
 */
export function createNamed(program: Program, wanted: string | null, size: number): NamedMemory {
  const { parties } = program;
  const mapping = runtime.memory.create(size, recordFolder(parties));
  const { id } = runtime.files.look(mapping.path)!;
  try {
    for (;;) {
      const name = wanted ?? `allcores-shm-${crypto.randomUUID().slice(0, 8)}`;
      if (tryName(parties, mapping, name, id)) return { name, id, buffer: mapping.buffer };
      if (wanted !== null) {
        throw codedError(`Cannot create shared memory "${name}": it exists already`, "EEXIST");
      }
    }
  } finally {
    mapping.close();
  }
}

/** The record comes first: whoever is killed in between leaves a record too many, not a file. */
function tryName(parties: PartyTable, mapping: Mapping, name: string, id: number): boolean {
  const { files } = runtime;
  addRecord(parties, name, id);
  try {
    const path = placeOf(name);
    told(path, () => files.link(mapping.path, path));
    return true;
  } catch (error) {
    removeRecord(parties, name, id);
    if (files.look(placeOf(name)) === null) throw error;
    return false;
  }
}

/**
 * Opens memory.
 *
 * @param name Its name.
 * @param id What tells it from others of the same name; absent: whichever has the name now.
 * @returns The memory.
 * @throws {MultiprocessingError} with the code `ENOENT` when there is none, with `EACCES` when what has the name is no file
 *   of this user's.
 */
export function openNamed(name: string, id?: number): NamedMemory {
  const path = placeOf(name);
  const found = runtime.files.look(path);
  if (found === null || (id !== undefined && found.id !== id)) throw missing("open", name);
  checkOwn(found, "open", name);
  const { buffer } = runtime.memory.open({ path, nonce: 0, size: found.size });
  return { name, id: found.id, buffer };
}

/**
 * Removes a name. The memory lasts until the last one who has it open gives it up.
 *
 * @param program The program that is responsible for it.
 * @param memory The memory.
 * @throws {MultiprocessingError} with the code `ENOENT` when it has no name any more.
 */
export function unlinkNamed(
  program: Program,
  { name, id }: Pick<NamedMemory, "name" | "id">,
): void {
  const { files } = runtime;
  const path = placeOf(name);
  const found = files.look(path);
  if (found?.id !== id) throw missing("unlink", name);
  checkOwn(found, "unlink", name);
  files.unlink(path);
  removeRecord(program.parties, name, id);
}

/** Another user may have put a link or a file of its own there, to be written to in the belief that it is this user's. */
function checkOwn(found: FileFacts, action: string, name: string): void {
  if (isOwn(found, "file") && (found.mode & WRITABLE_BY_OTHERS) === 0) return;
  throw codedError(
    `Cannot ${action} shared memory "${name}": it is no file that belongs to this user alone`,
    "EACCES",
  );
}

function missing(action: string, name: string): MultiprocessingError {
  return codedError(`Cannot ${action} shared memory "${name}": there is none`, "ENOENT");
}

/**
 * Names of shared memory that a program is responsible for: they are removed at its end, and those of programs that
 * were killed are swept by the next one that creates any. The records stand in a folder of the program's own: see
 * `internal/program_folder.ts`.
 *
 * @module
 */

import { removeQuietly } from "../internal/end_files.ts";
import { commonFolder, folderOf, removeFolder } from "../internal/program_folder.ts";
import { sharedPlace } from "../internal/shared_place.ts";
import { runtime } from "../runtime/current.ts";
import type { PartyTable } from "./parties.ts";

/**
 * The folder of a program's records; it is created if there is none.
 *
 * @param parties The parties of the program.
 * @returns Its path.
 * @throws {NotSupportedError} when others could replace what is put there.
 */
export function recordFolder(parties: PartyTable): string {
  sharedPlace();
  parties.chooseNamesKey(crypto.getRandomValues(new Uint32Array(1))[0] >>> 1);
  return commonFolder(parties.mainPid, keyOf(parties));
}

/** Records that a program is responsible for a name. */
export function addRecord(parties: PartyTable, name: string, id: number): void {
  runtime.host.files.write(recordPath(parties, name, id), "");
}

/** Removes a record, if there is one. */
export function removeRecord(parties: PartyTable, name: string, id: number): void {
  if (parties.namesKey === 0) return;
  removeQuietly(() => runtime.host.files.unlink(recordPath(parties, name, id)));
}

/** Removes all names that a program is responsible for. */
export function removeNames(parties: PartyTable): void {
  if (parties.namesKey === 0) return;
  removeQuietly(() => removeFolder(folderOf(parties.mainPid, keyOf(parties))));
}

function recordPath(parties: PartyTable, name: string, id: number): string {
  return `${folderOf(parties.mainPid, keyOf(parties))}/${name}~${id}`;
}

function keyOf(parties: PartyTable): string {
  return parties.namesKey.toString(36);
}

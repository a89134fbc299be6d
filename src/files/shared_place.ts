/**
 * The folder for shared memory and short-lived files, which belongs to everybody: `/dev/shm`, or the one for temporary files.
 *
 * Whatever is found there may have been put there by another user of the machine, under any name. So nothing in it is
 * believed, used or removed before its kind, its owner and its mode were looked at, without following links; and a name that
 * comes from there is used only where it is of the strict pattern that is expected. What belongs to this user cannot be
 * put in another one's place between the look and the use, as long as the folder itself is safe: see {@linkcode sharedPlace}.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { FileFacts } from "../runtime/files.ts";

const STICKY = 0o1000;
const WRITABLE_BY_OTHERS = 0o022;
/** The only mode of a folder of this library. */
const PRIVATE = 0o700;
/** The superuser's id: whoever is that may do anything. */
const ROOT = 0;

let checked: string | null = null;

/**
 * The folder, after a look at whether others can take away what this user puts there.
 *
 * @returns Its path.
 * @throws {NotSupportedError} when they can.
 */
export function sharedPlace(): string {
  const path = runtime.files.temporary;
  if (checked === path) return path;
  if (!isSafe(runtime.files.lookThrough(path))) {
    throw new NotSupportedError(
      `Cannot use ${path} for shared memory and sockets: it is no folder, or other users could replace files there. ` +
        `It must belong to root or to this user, and have the mode 1777 or 0700`,
    );
  }
  checked = path;
  return path;
}

function isSafe(facts: FileFacts | null): boolean {
  if (facts?.kind !== "folder") return false;
  const { userId } = runtime.system;
  const isTrusted = facts.owner === ROOT || userId === null || facts.owner === userId;
  return isTrusted && ((facts.mode & WRITABLE_BY_OTHERS) === 0 || (facts.mode & STICKY) !== 0);
}

/** The path of an entry of the folder; the name is one of a strict pattern, without a slash. */
export function placeOf(name: string): string {
  return `${sharedPlace()}/${name}`;
}

/** Whether something is a folder of this user that nobody else can enter. */
export function isPrivateFolder(path: string): boolean {
  const facts = runtime.files.look(path);
  return isOwn(facts, "folder") && (facts!.mode & 0o777) === PRIVATE;
}

/** Whether something is there, is of a kind, and belongs to this user. */
export function isOwn(facts: FileFacts | null, kind: FileFacts["kind"]): boolean {
  return facts?.kind === kind && facts.owner === runtime.system.userId;
}

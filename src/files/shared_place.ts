/**
 * The folder for shared memory and short-lived files, which belongs to everybody: `/dev/shm`, or the one for temporary files
 * where that is missing or cannot be written.
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
/** How the system says that a folder cannot be written, whatever one writes. */
const NOT_WRITABLE: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM"]);
/** The superuser's id: whoever is that may do anything. */
const ROOT = 0;

/** What to do where the folder cannot be used, without the full stop. */
export const MOUNT_PLACE =
  "Mount /dev/shm for writing (mount -t tmpfs -o mode=1777 tmpfs /dev/shm; containers: --tmpfs /dev/shm)";

let chosen: string | null = null;

/**
 * The folder: the first one that is there and can be written. It was looked at whether others can take away what this
 * user puts there.
 *
 * @returns Its path.
 * @throws {NotSupportedError} when they can, or there is no such folder.
 */
export function sharedPlace(): string {
  return chosen ?? find(() => true)!;
}

/** The folder, where one can be found and written without asking anybody; else `null`. */
export function quietPlace(): string | null {
  const mayWrite = (path: string): boolean => runtime.files.mayWrite(path);
  if (chosen !== null) return mayWrite(chosen) ? chosen : null;
  try {
    return find(mayWrite);
  } catch {
    return null;
  }
}

function find(mayLook: (path: string) => boolean): string | null {
  const reasons: string[] = [];
  for (const path of runtime.files.places) {
    if (!mayLook(path)) return null;
    const reason = whyNot(path);
    if (reason === null) return chosen = path;
    reasons.push(`${path} ${reason}`);
  }
  throw new NotSupportedError(
    `There is no folder for shared memory and sockets: ${
      reasons.join(", ")
    }. ${MOUNT_PLACE}, or name a folder by the variable TMPDIR`,
  );
}

/** Why a folder is not to be used; `null` where it is. One that is not safe is no reason to look for another: it is told. */
function whyNot(path: string): string | null {
  const facts = lookAt(path);
  if (facts === null) return "does not exist";
  if (facts.kind !== "folder") return "is no folder";
  if (isSafe(facts)) return whyNotWritten(path);
  throw new NotSupportedError(
    `Cannot use ${path} for shared memory and sockets: other users could replace files there. ` +
      `It must belong to root or to this user, and have the mode 1777 or 0700`,
  );
}

/** Who may not look must not take another folder: other programs of this user would not find it there. */
function lookAt(path: string): FileFacts | null {
  try {
    return runtime.files.lookThrough(path);
  } catch (cause) {
    const { message } = cause as Error;
    const what = `Cannot use ${path} for shared memory and sockets`;
    throw new NotSupportedError(`${what}: ${message}`, { cause });
  }
}

function isSafe({ owner, mode }: FileFacts): boolean {
  const isTrusted = owner === ROOT || [null, owner].includes(runtime.system.userId);
  return isTrusted && ((mode & WRITABLE_BY_OTHERS) === 0 || (mode & STICKY) !== 0);
}

/** Tried, since neither the mode nor the owner tells of what is mounted read-only. A folder that is full is the right one. */
function whyNotWritten(path: string): string | null {
  const { files } = runtime;
  if (!files.mayWrite(path)) return null;
  const probe = `${path}/allcores-probe-${crypto.randomUUID()}`;
  try {
    files.create(probe);
  } catch (error) {
    const { code } = error as { code?: string };
    return NOT_WRITABLE.has(code) ? `cannot be written (${code})` : null;
  }
  files.removeEmpty(probe);
  return null;
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

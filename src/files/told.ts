/**
 * What the system refuses in the folder for shared memory, as errors that say what to do: alike on every runtime.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { spaceRemedy } from "../runtime/posix/space.ts";
import { shortageIn } from "../support/shortage.ts";

const WRITING = "it cannot be written. Mount it for writing";

/**
 * Does something that makes a file or a folder.
 *
 * @typeParam T What it gives.
 * @param path The file or folder.
 * @param make Makes it.
 * @returns What it gives.
 * @throws {NotSupportedError} when the system has no space for it, or no descriptor, or cannot write there.
 * @throws what `make` throws otherwise.
 */
export function told<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const { code } = cause as { code?: string };
    const reason = reasonOf(code, path);
    if (reason === null) throw cause;
    throw new NotSupportedError(`Cannot create ${path} (${code}): ${reason}`, { cause });
  }
}

/**
 * What the system means, and what to do.
 *
 * @param code The code of its error.
 * @param path What it could not make.
 * @returns Two sentences, without the last full stop; `null` where the code says enough.
 */
export function reasonOf(code: string | undefined, path: string): string | null {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `no space left. ${spaceRemedy(path)}`;
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return WRITING;
    default:
      return shortageIn({ code });
  }
}

/**
 * Files that may not be there, or may not be read.
 *
 * @module
 */

/** Reads a text file; throws where there is none, or it may not be read. */
export type Read = (path: string) => string;

/**
 * Reads a text file.
 *
 * @param read Reads it.
 * @param path Its path.
 * @returns The text; nothing where it cannot be read.
 */
export function tryRead(read: Read, path: string): string {
  try {
    return read(path);
  } catch {
    return "";
  }
}

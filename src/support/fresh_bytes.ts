/**
 * New memory that is filled at once.
 *
 * @module
 */

/** Bytes from which on it is worth preparing memory, which takes a call of the system. */
const LARGE = 2 ** 22;

let prepareLarge: ((bytes: Uint8Array) => void) | null = null;

/**
 * Says how memory is made cheaper to fill.
 *
 * @param prepare Gets new memory, to which nothing was written yet.
 */
export function prepareFreshBytes(prepare: (bytes: Uint8Array) => void): void {
  prepareLarge = prepare;
}

/**
 * Makes memory for bytes that are copied to it at once.
 *
 * @param size Bytes.
 * @returns The memory, of zeros.
 */
export function freshBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  if (size >= LARGE && prepareLarge !== null) prepareLarge(bytes);
  return bytes;
}

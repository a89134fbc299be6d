/**
 * Copies of bytes in new memory.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

/** From how many bytes on the pages of new memory cost more than the copying. */
const LARGE = 2 << 20;

/**
 * Copies bytes into new memory, which is never shared.
 *
 * @param bytes Where from.
 * @param start The first byte.
 * @param end Behind the last byte.
 * @returns The copy.
 */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start);
  if (copy.length >= LARGE) runtime.memory.preferLargePages(copy);
  copy.set(bytes.subarray(start, end));
  return copy;
}

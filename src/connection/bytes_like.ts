/**
 * Memory of the user's that bytes are read from or written to.
 *
 * @module
 */

import { checkCount, show } from "../support/options.ts";

/** Memory that bytes are read from or written to. */
export type BytesLike = ArrayBufferView | ArrayBufferLike;

/**
 * Some of the bytes of a memory, which they stay a part of.
 *
 * @param bytes The memory, as the user gave it.
 * @param offset Where they begin. @default 0
 * @param size How many there are. @default all to the end
 * @returns The bytes.
 * @throws {TypeError} when it is no memory, or a number is none.
 * @throws {RangeError} when there are not so many bytes.
 */
export function partOf(bytes: BytesLike, offset?: number, size?: number): Uint8Array {
  const isView = ArrayBuffer.isView(bytes);
  if (!isView && !(bytes instanceof ArrayBuffer) && !(bytes instanceof SharedArrayBuffer)) {
    throw new TypeError(`Expected bytes, such as a Uint8Array, got ${show(bytes)}`);
  }
  const all = isView
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  const start = offset === undefined ? 0 : checkCount("offset", offset, 0);
  const count = size === undefined ? all.byteLength - start : checkCount("size", size, 0);
  if (start > all.byteLength || start + count > all.byteLength) {
    throw new RangeError(
      `There are ${all.byteLength} bytes: ${count} from ${start} on lie outside of them`,
    );
  }
  return all.subarray(start, start + count);
}

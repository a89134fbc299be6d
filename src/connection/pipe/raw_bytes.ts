/**
 * Bytes as a message of their own.
 *
 * @module
 */

import type { MessageEncoder } from "../../messages/channel.ts";

/** Writes bytes as they are. */
export const raw: MessageEncoder = {
  measure: (value) => (value as Uint8Array).byteLength,
  encode(value, bytes, start, end) {
    const { byteLength: length } = value as Uint8Array;
    if (end - start < length) return -1;
    bytes.set(value as Uint8Array, start);
    return start + length;
  },
};

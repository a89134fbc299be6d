/**
 * How large a message may be: as large as a buffer of this runtime, less what stands around it.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { canHold, largestBuffer } from "../runtime/largest_buffer.ts";
import { LARGEST_PLACE, PLACE_UNIT } from "../sync/block.ts";

/** What stands in front of a message in its block, and behind it to the end of a page (bytes), at most. */
const AROUND = PLACE_UNIT;

/**
 * Refuses a message that nothing here can hold, before any of it is written.
 *
 * @param size Its size (bytes).
 * @param root What the value is called in an error's path.
 * @throws {SerializationError} that says the size and the limit.
 */
export function checkSize(size: number, root: string): void {
  if (size <= LARGEST_PLACE - AROUND && canHold(size + AROUND)) return;
  throw tooLarge(size, Math.min(largestBuffer(), LARGEST_PLACE) - AROUND, root);
}

/**
 * Refuses a message that was larger when it was written than when it was measured: a getter or a proxy may give something else
 * whenever it is read.
 *
 * @param end What the encoder gave: the position behind the message, or -1 where there was no room for it.
 * @param root What the value is called in an error's path.
 * @returns The position.
 * @throws {SerializationError} that says so.
 */
export function checkFits(end: number, root: string): number {
  if (end >= 0) return end;
  throw new SerializationError(`Cannot send ${root}: it is larger whenever it is read`, root);
}

function tooLarge(size: number, limit: number, root: string): SerializationError {
  const message =
    `Cannot send ${root}: it takes ${size} bytes; one message has ${limit} at most. ` +
    "Send it in parts, or put it in a SharedArray";
  return new SerializationError(message, root);
}

/**
 * Memory of this party alone for a message.
 *
 * @param size The message's size (bytes).
 * @param root What the value is called in an error's path.
 * @returns Zeros.
 * @throws {SerializationError} that says the size, when it cannot be had.
 */
export function bytesFor(size: number, root: string): Uint8Array<ArrayBuffer> {
  checkSize(size, root);
  try {
    return new Uint8Array(size);
  } catch (cause) {
    const message =
      `Cannot send ${root}: it takes ${size} bytes, and there is no memory for a copy`;
    throw Object.assign(new SerializationError(message, root), { cause });
  }
}

/**
 * How large one message may be, whichever way it goes.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";

/** The size (bytes) of the largest message: where it ends stands in a word of 32 bits. */
export const LARGEST_MESSAGE: number = 2 ** 31 - 16;

/**
 * Refuses a message that is too large.
 *
 * @param size Its size (bytes).
 * @param root What its value is called in an error's path.
 * @throws {SerializationError} when it is too large; says what to do.
 */
export function checkSize(size: number, root: string): void {
  if (size <= LARGEST_MESSAGE) return;
  throw new SerializationError(
    `Cannot send ${root}: it takes ${size} bytes; one message has ${LARGEST_MESSAGE} at most. ` +
      "Send it in parts, or put it in a SharedArray",
    root,
  );
}

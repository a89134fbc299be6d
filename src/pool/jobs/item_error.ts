/**
 * Errors of a chunk of a map, told as those of the item that they are about.
 *
 * @module
 */

import { MultiprocessingError, SerializationError } from "../../errors.ts";

const FIRST_INDEX = /^(args|result)\[(\d+)\]/;

/**
 * Finds the item that could not be sent: the path of the error starts at the chunk, and leads to the item first. The path is made
 * what it is for a single call.
 *
 * @param error What was thrown while a chunk was encoded.
 * @param path What the item itself is called: `args[0]`, `args` where it is all arguments, or `result`.
 * @returns The position of the item in the chunk; 0 where the error is not about an item.
 */
export function itemOf(error: unknown, path: string): number {
  if (!(error instanceof SerializationError)) return 0;
  const match = FIRST_INDEX.exec(error.path);
  if (match === null) return 0;
  const before = error.path;
  error.path = path + before.slice(match[0].length);
  error.message = error.message.replace(before, () => error.path);
  return Number(match[2]);
}

/** Says which item of a map an error is about. */
export function setItemIndex(error: Error, itemIndex: number): void {
  Object.defineProperty(error, "itemIndex", {
    value: itemIndex,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/**
 * The error of one item, where it failed together with others of its chunk: of those that end with their worker, one ran, and its
 * error is that of all.
 *
 * @param error The error, which may carry the `itemIndex` of another item.
 * @param itemIndex The index of the item.
 * @returns The error; where it is another item's, a copy.
 */
export function errorOfItem(error: unknown, itemIndex: number): unknown {
  if (!(error instanceof MultiprocessingError) || !("itemIndex" in error)) return error;
  if (error.itemIndex === itemIndex) return error;
  const copy = new Error(error.message);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
  Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error));
  copy.stack = error.stack;
  setItemIndex(copy, itemIndex);
  return copy;
}

/**
 * The errors of calls of a manager's pool, told as those of a pool of one's own.
 *
 * @module
 */

import { rememberFirstUse, throwToCaller } from "../../messages/failure.ts";
import { SerializationError } from "../../errors.ts";
import { itemOf, setItemIndex } from "../../pool/jobs/item_error.ts";

/** What a call is about: arguments, an array of items for each iterable, or arrays of arguments. */
export type CallShape = "call" | "items" | "rows";

/** The place of the data among what is sent: behind the function. */
const DATA = "args[1]";

/**
 * Says of what could not be sent where it is for the caller, who knows nothing of the message around it.
 *
 * @param error What a call threw.
 * @param shape What the call is about.
 */
export function toLocalPath(error: unknown, shape: CallShape): void {
  if (!(error instanceof SerializationError) || !error.path.startsWith(DATA)) return;
  itemOf(error, "args");
  if (shape === "call") return;
  const column = itemOf(error, "args");
  setItemIndex(error, itemOf(error, shape === "items" ? `args[${column}]` : "args"));
}

/**
 * Throws the error of a call, with the caller's side in its stack. To be called where the caller's frames are on the stack.
 *
 * @param error The error.
 * @param site The frames of the first use of the function, for runtimes whose stacks do not follow promises.
 */
export function throwFromPool(error: unknown, site: string): never {
  const { itemIndex } = (error ?? {}) as { itemIndex?: unknown };
  // It had to be a field like others to travel.
  if (error instanceof Error && typeof itemIndex === "number") setItemIndex(error, itemIndex);
  rememberFirstUse(error, site);
  throwToCaller(error);
}

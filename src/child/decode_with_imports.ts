/**
 * Decoding what a child is given: it may have loaded no class of handles yet.
 *
 * @module
 */

import { decodeWithImports as decodeWith } from "../domain/decode_with_imports.ts";

/**
 * Decodes a value; what is not known in this child yet is imported.
 *
 * @param decode Decodes the value; may be called again.
 * @returns The value.
 * @throws {UnknownClassError} when a module does not register the class that it is asked for.
 */
export function decodeWithImports(decode: () => unknown): Promise<unknown> {
  return decodeWith(decode, () => import("../api/handle_kinds.ts"));
}

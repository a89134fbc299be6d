/**
 * Functions and classes that a child is given.
 *
 * @module
 */

import type { PackedFunction } from "../callable/packed_function.ts";
import { unpackFunction } from "../callable/unpack_function.ts";
import type { AnyFunction } from "../callable/callable.ts";
import { importUserModule } from "../identity/self.ts";

/**
 * Makes a function, or takes a class, of what was sent.
 *
 * @param packed What the creator sent.
 * @returns The function or class.
 * @throws when its module or its export is missing.
 */
export async function load(packed: unknown): Promise<AnyFunction> {
  return await unpackFunction(packed as PackedFunction, importUserModule);
}

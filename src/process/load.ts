/**
 * Functions and classes that a child is given.
 *
 * @module
 */

import type { CallableDescriptor } from "../callable/descriptor.ts";
import { materialize } from "../callable/materialize.ts";
import type { AnyFunction } from "../callable/types.ts";
import { importUserModule } from "../identity/self.ts";

/**
 * Materialises a callable or a class.
 *
 * @param descriptor What the creator sent.
 * @returns The function or class.
 * @throws when its module or its export is missing.
 */
export async function load(descriptor: unknown): Promise<AnyFunction> {
  return await materialize(descriptor as CallableDescriptor, importUserModule);
}

/**
 * Decoding values whose classes are not known in this party yet.
 *
 * @module
 */

import { UnknownClassError } from "../codec/registry.ts";
import { importUserModule } from "../internal/self.ts";
import { UnknownHandleError } from "./handles.ts";

/**
 * Decodes a value; the modules that register classes of its instances are imported as they are found missing.
 *
 * @param decode Decodes the value; may be called again.
 * @param loadHandles Loads all classes of handles, where they may be missing, too.
 * @returns The value.
 * @throws {UnknownClassError} when a module does not register the class that it is asked for.
 */
export async function decodeWithImports(
  decode: () => unknown,
  loadHandles?: () => Promise<unknown>,
): Promise<unknown> {
  const imported = new Set<string>();
  for (;;) {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof UnknownClassError) || imported.has(error.key)) throw error;
      imported.add(error.key);
      if (!(error instanceof UnknownHandleError)) {
        await importUserModule(error.key.slice(0, error.key.lastIndexOf("#")));
      } else if (loadHandles !== undefined) {
        await loadHandles();
      }
    }
  }
}

/**
 * Decoding values whose classes are not known in this child yet.
 *
 * @module
 */

import { UnknownClassError } from "../codec/registry.ts";
import { UnknownHandleError } from "../domain/handles.ts";
import { importUserModule } from "../internal/self.ts";

/**
 * Decodes a value; the modules that register classes of its instances are imported as they are found missing.
 *
 * @param decode Decodes the value; may be called again.
 * @returns The value.
 * @throws {UnknownClassError} when a module does not register the class that it is asked for.
 */
export async function decodeWithImports(decode: () => unknown): Promise<unknown> {
  const imported = new Set<string>();
  for (;;) {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof UnknownClassError) || imported.has(error.key)) throw error;
      imported.add(error.key);
      if (error instanceof UnknownHandleError) {
        await import("../api/handle_kinds.ts");
        continue;
      }
      await importUserModule(error.key.slice(0, error.key.lastIndexOf("#")));
    }
  }
}

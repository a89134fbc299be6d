/**
 * Decoding values whose classes are not known in this party yet.
 *
 * @module
 */

import { UnknownClassError } from "../codec/registry.ts";
import { importUserModule } from "../identity/self.ts";
import { UnknownHandleError } from "./handles.ts";

/** Loads the class of handles that has a number; all of them for `null`. */
export type LoadHandle = (kind: number | null) => Promise<void>;

/** The main program has loaded all classes of handles. */
let loadHandle: LoadHandle = () => Promise.resolve();

/** Says how classes of handles are loaded in this party. */
export function setHandleLoader(load: LoadHandle): void {
  loadHandle = load;
}

/**
 * Decodes a value; what its instances need is imported as it is found missing: the modules that register their classes, and
 * classes of handles.
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
      if (error instanceof UnknownHandleError) await loadHandle(error.kind);
      else await importUserModule(error.key.slice(0, error.key.lastIndexOf("#")));
    }
  }
}

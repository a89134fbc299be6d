/**
 * Decoding values whose classes are not known in this party yet.
 *
 * @module
 */

import { UnknownClassError } from "../codec/registry.ts";
import { importUserModule } from "../identity/self.ts";
import { handles, UnknownHandleError } from "./handles.ts";

/** Loads the class of handles that has a number; all of them for `null`. */
export type LoadHandle = (kind: number | null) => Promise<void>;

/** The main program has loaded all classes of handles. */
let loadHandle: LoadHandle = () => Promise.resolve();

/** Says how classes of handles are loaded in this party. */
export function setHandleLoader(load: LoadHandle): void {
  loadHandle = load;
}

/**
 * What has arrived in values that are being decoded for another time. Such an object is the same in each attempt, and one that
 * nobody has between two attempts would be collected, and be closed by that.
 */
const arrived = new Set<Set<object>>();

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
  const kept = new Set<object>();
  arrived.add(kept);
  try {
    for (;;) {
      try {
        return decodeKeeping(decode, kept);
      } catch (error) {
        if (!(error instanceof UnknownClassError) || imported.has(error.key)) throw error;
        imported.add(error.key);
        if (error instanceof UnknownHandleError) await loadHandle(error.kind);
        else await importUserModule(error.key.slice(0, error.key.lastIndexOf("#")));
      }
    }
  } finally {
    arrived.delete(kept);
  }
}

function decodeKeeping(decode: () => unknown, kept: Set<object>): unknown {
  const before = handles.arrivals;
  handles.arrivals = kept;
  try {
    return decode();
  } finally {
    handles.arrivals = before;
  }
}

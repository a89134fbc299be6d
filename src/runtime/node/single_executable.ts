/**
 * Single executable applications: Node, and a program in the same file.
 *
 * @module
 */

import type { ChildEntry } from "../children.ts";
import { noCompiledThreads } from "../compiled_threads.ts";
import { builtin } from "./globals.ts";

/** The part of `node:sea` that is used. */
interface Sea {
  isSea(): boolean;
  /** Throws where there is no such asset. Not before Node 20.12. */
  getAsset?(key: string, encoding: string): string;
}

/** The assets that are the program once more: Node gives a program no other way to its own text. */
const COMMON_JS = "allcores.cjs";
const MODULE = "allcores.mjs";

/** What has threads start. */
export const THREADS_NEED: string =
  `add the program to the executable once more, as the asset "${COMMON_JS}" ` +
  `("${MODULE}" for an ES module), so that threads can start with it`;

/** Whether this is a single executable application. */
export function isCompiled(): boolean {
  return sea()?.isSea() ?? false;
}

/** What threads of such a program start with. */
export function compiledThread(): ChildEntry {
  const script = asset(COMMON_JS);
  if (script !== null) return { text: script };
  const module = asset(MODULE);
  if (module !== null) return { module: `data:text/javascript,${encodeURIComponent(module)}` };
  throw noCompiledThreads(`${THREADS_NEED}, or `);
}

function asset(key: string): string | null {
  try {
    return sea()?.getAsset?.(key, "utf8") ?? null;
  } catch {
    return null;
  }
}

function sea(): Sea | undefined {
  return builtin<Sea | undefined>("node:sea");
}

/**
 * Modules that were compiled: their users still name the source, `ref(new URL("./work.ts", import.meta.url), "resize")`, where
 * only `work.js` has come along.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

/** The source of a module, and the extensions that compilers give to what they make of it. */
const SOURCE = /^(file:.*\.)([mc]?)tsx?$/;
const COMPILED: Record<string, readonly string[]> = {
  "": ["js", "mjs", "cjs"],
  m: ["mjs"],
  c: ["cjs"],
};

/**
 * Finds the module that a compiler made of another one.
 *
 * @param url The URL of a module.
 * @returns That of the compiled module where only that is there, or else what was given.
 */
export function compiledModule(url: string): string {
  const [, stem, kind = ""] = SOURCE.exec(url) ?? [];
  if (stem === undefined || isThere(url) !== false) return url;
  return COMPILED[kind].map((extension) => `${stem}${extension}`).find(isThere) ?? url;
}

/** Whether a file is there; `null` where this may not be looked at. */
function isThere(url: string): boolean | null {
  const path = decodeURIComponent(new URL(url).pathname);
  return runtime.files.mayLook(path) ? runtime.files.lookThrough(path) !== null : null;
}

/**
 * The one place that asks which runtime this is.
 *
 * What all three have can be loaded anywhere: it touches its runtime's globals only when it is called.
 *
 * @module
 */

import type { RuntimeName } from "./types.ts";

/**
 * Chooses what belongs to the runtime that this code runs on. Deno and Bun are asked for first, since both answer to Node's
 * name as well.
 *
 * @param each What belongs to each of them.
 * @returns That of this one.
 */
export function choose<T>(each: Readonly<Record<RuntimeName, T>>): T {
  if ("Deno" in globalThis) return each.deno;
  if ("Bun" in globalThis) return each.bun;
  return each.node;
}

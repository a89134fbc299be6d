/**
 * The one place that asks which runtime this is.
 *
 * All three adapters can be loaded anywhere: they touch their runtime's globals only when they are called.
 * Deno and Bun are asked for first, since both answer to Node's name as well.
 *
 * @module
 */

import { bunRuntime } from "./bun/runtime.ts";
import { denoRuntime } from "./deno/runtime.ts";
import { nodeRuntime } from "./node/runtime.ts";
import type { Runtime } from "./runtime.ts";

function choose(): Runtime {
  if ("Deno" in globalThis) return denoRuntime();
  if ("Bun" in globalThis) return bunRuntime();
  return nodeRuntime();
}

/** The runtime that this code runs on. */
export const runtime: Runtime = choose();

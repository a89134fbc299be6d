/**
 * The one place that asks which runtime this is.
 *
 * All three adapters can be loaded anywhere: they touch their runtime's globals only when they are called.
 * Deno and Bun are asked for first, since both answer to Node's name as well.
 *
 * @module
 */

import { BunRuntime } from "./bun/runtime.ts";
import { DenoRuntime } from "./deno/runtime.ts";
import { NodeRuntime } from "./node/runtime.ts";
import type { Runtime } from "./types.ts";

function choose(): Runtime {
  if ("Deno" in globalThis) return new DenoRuntime();
  if ("Bun" in globalThis) return new BunRuntime();
  return new NodeRuntime();
}

/** The runtime that this code runs on. */
export const runtime: Runtime = choose();

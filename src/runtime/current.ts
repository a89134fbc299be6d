/**
 * The runtime that this code runs on.
 *
 * What few programs need stands beside it, and not in it, so that bundlers can leave it out: `system.ts`, `starts.ts`, `boot.ts`.
 *
 * @module
 */

import { bunRuntime } from "./bun/runtime.ts";
import { choose } from "./choose.ts";
import { denoRuntime } from "./deno/runtime.ts";
import { nodeRuntime } from "./node/runtime.ts";
import type { Runtime } from "./runtime.ts";

/** The runtime that this code runs on. */
export const runtime: Runtime = choose({
  deno: denoRuntime,
  bun: bunRuntime,
  node: nodeRuntime,
})();

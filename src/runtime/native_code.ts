/**
 * The C library, as the runtime loads it.
 *
 * @module
 */

import { loadLibc as loadOnBun } from "./bun/libc.ts";
import { choose } from "./choose.ts";
import { loadLibc as loadOnDeno } from "./deno/libc.ts";
import { loadLibc as loadOnNode } from "./node/libc.ts";

/**
 * Loads the C library, where that was not done before.
 *
 * @throws {NotSupportedError} when it cannot be loaded; says the remedy.
 */
export const loadNativeCode: () => unknown = choose({
  deno: loadOnDeno,
  bun: loadOnBun,
  node: loadOnNode,
});

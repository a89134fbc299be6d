/**
 * How a child begins, on any runtime.
 *
 * @module
 */

import * as bunThread from "./bun/thread.ts";
import { choose } from "./choose.ts";
import * as denoThread from "./deno/thread_scope.ts";
import * as nodeThread from "./node/thread.ts";

/** What the creator gave this thread; `null` in a process. Called once, first thing in a child. */
export const threadBoot: () => Promise<unknown> | null = choose({
  deno: denoThread.threadBoot,
  bun: bunThread.threadBoot,
  node: nodeThread.threadBoot,
});

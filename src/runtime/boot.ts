/**
 * How a child begins, on any runtime.
 *
 * @module
 */

import * as bunThread from "./bun/thread.ts";
import { choose } from "./choose.ts";
import * as denoThread from "./deno/thread_scope.ts";
import * as nodeThread from "./node/thread.ts";

/** What the creator gave this thread, or a promise of that; `null` in a process. Called once, first thing in a child. */
export const threadBoot: () => unknown = choose({
  deno: denoThread.threadBoot,
  bun: bunThread.threadBoot,
  node: nodeThread.threadBoot,
});

/** Whether this is a thread, and a child of this library where its runtime can tell. */
export const isThread: () => boolean = choose({
  deno: denoThread.isThread,
  bun: bunThread.isThread,
  node: nodeThread.isThread,
});

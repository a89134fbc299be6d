/**
 * How children are started, on any runtime.
 *
 * @module
 */

import * as bunProcess from "./bun/child_process.ts";
import * as bunThread from "./bun/thread.ts";
import type { ChildHandle, ProcessOptions, ThreadOptions } from "./children.ts";
import { choose } from "./choose.ts";
import * as denoProcess from "./deno/child_process.ts";
import * as denoFlags from "./deno/flags.ts";
import * as denoThread from "./deno/thread.ts";
import * as denoScope from "./deno/thread_scope.ts";
import * as nodeProcess from "./node/child_process.ts";
import * as nodeFlags from "./node/flags.ts";
import * as nodeThread from "./node/thread.ts";

/** Starts a process. */
export const startProcess: (options: ProcessOptions) => ChildHandle = choose({
  deno: denoProcess.startProcess,
  bun: bunProcess.startProcess,
  node: nodeProcess.startProcess,
});

/** Starts a thread. */
export const startThread: (options: ThreadOptions) => ChildHandle = choose({
  deno: denoThread.startThread,
  bun: bunThread.startThread,
  node: nodeThread.startThread,
});

/**
 * A statement for the text that threads of a bundle start with: it fills `messages` with what the creator says. Empty where a
 * thread has that from the beginning.
 */
export const awaitThreadMessage: string = choose({
  deno: denoScope.awaitThreadMessage,
  bun: bunThread.awaitThreadMessage,
  node: "",
});

/** The runtime's own flags, as far as a child should have them too. */
export const childFlags: () => readonly string[] = choose({
  deno: denoFlags.childFlags,
  bun: nodeFlags.childFlags,
  node: nodeFlags.childFlags,
});

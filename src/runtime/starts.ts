/**
 * How children are started, on any runtime.
 *
 * @module
 */

import * as bunProcess from "./bun/child_process.ts";
import * as bunThread from "./bun/thread.ts";
import type { ChildHandle, ProcessOptions, ThreadOptions } from "./children.ts";
import { choose } from "./choose.ts";
import { withDenoPermissions } from "./deno_flags.ts";
import * as denoProcess from "./deno/child_process.ts";
import * as denoFlags from "./deno/flags.ts";
import * as denoThread from "./deno/thread.ts";
import * as denoScope from "./deno/thread_scope.ts";
import * as nodeProcess from "./node/child_process.ts";
import * as nodeFlags from "./node/flags.ts";
import { permissionFlags as nodePermissionFlags } from "./node/permission_flags.ts";
import * as nodeThread from "./node/thread.ts";
import type { PermissionFlags } from "./permissions.ts";

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

/** A program on Deno or Bun can hold a process on Deno to permissions, and no other. */
const denoPermissionFlags: PermissionFlags = (_target, flags, grants) =>
  withDenoPermissions(flags, grants);

/** The flags that hold a child to permissions. */
export const permissionFlags: PermissionFlags = choose({
  deno: denoPermissionFlags,
  bun: denoPermissionFlags,
  node: nodePermissionFlags,
});

/**
 * What the whole library says of runtimes: which there are, how they start children, and what that can do.
 *
 * @module
 */

/** How a child is started: as an operating system's process, or as a thread of this one. */
export type StartMethod = "process" | "thread";

/** A JavaScript runtime that this library runs on. */
export type RuntimeName = "deno" | "bun" | "node";

/** What a start method can do on this runtime: see `Context.capabilities`. */
export interface Capabilities {
  /** Whether the start method can be used at all. */
  readonly available: boolean;
  /** Whether a child has a process id of its own. */
  readonly ownPid: boolean;
  /** Whether a child can have a working directory of its own. */
  readonly cwd: boolean;
  /** Whether a child can have environment variables of its own. */
  readonly env: boolean;
  /** Whether a child can have flags of the runtime of its own. */
  readonly execArgv: boolean;
  /** Whether a child can have permissions of its own. */
  readonly permissions: boolean;
  /** Whether a child can run on another runtime than its creator. */
  readonly otherRuntime: boolean;
  /** Whether a child that is no daemon lives on when its creator is killed. */
  readonly outlivesCreator: boolean;
  /** Whether `terminate()` stops a child that never yields. */
  readonly hardStop: boolean;
  /** Whether the memory of a child can be told, and limited, by itself. */
  readonly ownMemory: boolean;
  /** Whether a child goes on until its event loop is empty; otherwise it ends when its target has settled. */
  readonly drainsEventLoop: boolean;
}

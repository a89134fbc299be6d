/**
 * Children as the runtimes start them and see them.
 *
 * @module
 */

import type { Grants } from "./permissions.ts";
import type { RuntimeName } from "./types.ts";

/** How a process ended. */
export interface ExitStatus {
  /** The exit code, or `null` where a signal ended the process. */
  readonly code: number | null;
  /** The signal's name, or `null`. */
  readonly signal: string | null;
  /**
   * Set where the runtime could not stop a thread: it goes on, and what it shares must not be used for anything else until this
   * resolves. That is when the thread has yielded after all, and was stopped; perhaps never.
   */
  readonly abandoned?: Promise<void>;
}

/** What becomes of a standard stream of a child. */
export type StdioMode = "inherit" | "pipe" | "null";

/** A child as the runtime sees it. */
export interface ChildHandle {
  /** The process id; `null` for a thread. */
  readonly pid: number | null;
  /** Settles when the child has ended, whether its streams have been read or not; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** What the child writes, where it was asked for by `"pipe"`. */
  readonly stdout: ReadableStream<Uint8Array> | null;
  /** What the child writes to its standard error stream, where it was asked for by `"pipe"`. */
  readonly stderr: ReadableStream<Uint8Array> | null;
  /** Sends a signal; a thread is stopped by any. */
  kill(signal: string): void;
  /** Keeps the event loop alive while the child lives. */
  ref(): void;
  /** Lets the program end while the child lives. */
  unref(): void;
}

/** What a child starts with: a module, or the text of one. */
export type ChildEntry =
  | { readonly module: string; readonly text?: undefined }
  | { readonly text: string; readonly module?: undefined };

/** How a process is to be started. */
export interface ProcessOptions {
  /** The executable's path. */
  readonly executable: string;
  /** The runtime that the executable is. */
  readonly runtime: RuntimeName;
  /** Flags for the runtime. */
  readonly execArgv: readonly string[];
  /** What names the module to run; empty where the executable is a compiled program, which starts itself again. */
  readonly entry: readonly string[];
  /** Arguments for the module. */
  readonly args: readonly string[];
  /** All environment variables; `null` for those of this process. */
  readonly env: Record<string, string> | null;
  /** The working directory; `null` for that of this process. */
  readonly cwd: string | null;
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** How a thread is to be started. */
export interface ThreadOptions {
  readonly entry: ChildEntry;
  /** A name for debuggers. */
  readonly name: string;
  /** What `threadBoot()` resolves to in the thread; shared buffers arrive as the same memory. */
  readonly message: unknown;
  /** What it may do; `null` for what this thread may. */
  readonly permissions: Grants | null;
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

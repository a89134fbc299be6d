/**
 * The seam between the library and the runtimes: everything that differs between Deno, Bun and Node,
 * and nothing else. An adapter gives what {@linkcode Runtime} is made from; only `current.ts` knows which one is used.
 *
 * @module
 */

import type { BellHost } from "./bells.ts";
import type { ChildEntry } from "./children.ts";
import type { Files } from "./files.ts";
import type { PermissionHost } from "./permissions.ts";
import type { MemoryHost } from "./shared_memory.ts";
import type { Capabilities, RuntimeName, StartMethod } from "./types.ts";

/** The program that this code is part of, as far as its children are to be the same. */
export interface ProgramFacts {
  /** The URL of the program's main module, where there is one. */
  readonly mainModule: string | null;
  /**
   * The same, if it was loaded here: not in a thread or context that the program made, whose modules are others.
   */
  readonly mainModuleHere: string | null;
  /** Whether the program is compiled to one executable, which contains the runtime. */
  readonly isCompiled: boolean;
  /**
   * What a thread of a compiled program can start with: the text of the program, where it was compiled with that.
   *
   * @throws {NotSupportedError} where it was not; says the remedy.
   */
  compiledThread(): ChildEntry;
  /** The path of the runtime's executable. */
  readonly executable: string;
  /** The arguments behind the main module. */
  readonly args: readonly string[];
  /** A copy of the environment variables, as far as they may be read. */
  environment(): Record<string, string>;
  /**
   * Tells whether the runtime itself has loaded a module, so that importing it runs nothing: not a tool that evaluates modules
   * in its own way.
   *
   * @param name The module as a frame of the stack names it: by a path, or, where the runtime does so with its own, by a URL.
   * @returns Whether it surely has.
   */
  hasLoaded(name: string): boolean;
  /** Makes the main module and the arguments behind it those of the program, where this is a child of it. */
  setArguments(mainModule: string | null, args: readonly string[]): void;
}

/** The beginning and the end of the process or thread that this code runs in. */
export interface Lifecycle {
  /** Ends this process or thread at once; without a code, with the one that was set. */
  exit(code?: number): never;
  /** Sets the exit code that is used when the event loop is empty. */
  setExitCode(code: number): void;
  /** Calls a synchronous function, with the exit code, when this process or thread ends by itself. */
  onExit(callback: (code: number) => void): void;
  /** Reports errors that nobody caught; without a callback any more, the runtime's own way holds again. */
  onUncaught(callback: (error: unknown) => void): void;
  /**
   * Ends this process when its creator dies, or has died: the kernel is asked to, where there is such a thing.
   *
   * @param creator The creator's process id.
   * @param isAlive Asks whether the creator lives.
   */
  dieWithCreator(creator: number, isAlive: () => boolean): void;
}

/** What the operating system tells. */
export interface SystemFacts {
  /** The effective user that this process runs as; `null` where it cannot be told. */
  readonly userId: number | null;
  /** The cores that this process may use: its affinity and the limits of its cgroup are respected. At least 1. */
  cpuCount(): number;
  /**
   * Whether a process runs: one that has ended and was not waited for does not.
   *
   * @param pid Its id.
   * @param started What {@linkcode startedAt} gave in it, so that another process is not taken for it; 0: not known.
   */
  isAlive(pid: number, started?: number): boolean;
  /** What tells a process from others that have its id before or after it; 0 where that cannot be told. */
  startedAt(pid: number): number;
  /** The system's number of the thread that calls this; 0 where it cannot be told. */
  thread(): number;
  /** Whether the system says that a thread of this process has ended; it says nothing of thread 0. */
  hasThreadEnded(thread: number): boolean;
  /** The resident memory of a process in bytes; `null` where it cannot be told, or the process has ended. */
  residentBytes(pid: number): number | null;
}

/** One runtime. */
export interface Runtime {
  readonly name: RuntimeName;
  /** The id of this process. */
  readonly pid: number;
  readonly program: ProgramFacts;
  readonly lifecycle: Lifecycle;
  readonly system: SystemFacts;
  readonly files: Files;
  readonly memory: MemoryHost;
  readonly bells: BellHost;
  readonly permissions: PermissionHost;
  capabilities(method: StartMethod): Capabilities;
  /** Writes to the standard error stream of this process or thread before it returns. */
  writeError(text: string | Uint8Array): void;
}

/**
 * The seam between the library and the runtimes: everything that differs between Deno, Bun and Node,
 * and nothing else. An adapter implements {@linkcode Runtime}; only `current.ts` knows which one is used.
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

/** How a process is to be started. */
export interface ProcessOptions {
  /** The executable's path. */
  readonly executable: string;
  /** The runtime that the executable is. */
  readonly runtime: RuntimeName;
  /** Flags for the runtime. */
  readonly execArgv: readonly string[];
  /** The module to run; `null` where the executable is a compiled program, which starts itself again. */
  readonly entry: string | null;
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
  /** The module to run. */
  readonly entry: string;
  /** A name for debuggers. */
  readonly name: string;
  /** What the thread's `Host.boot()` resolves to; shared buffers arrive as the same memory. */
  readonly message: unknown;
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** Where a block of shared memory is found: plain data, good in every process of the machine's user. */
export interface MappingRef {
  /** A path that opens it. */
  readonly path: string;
  /** Stands in the block's first word, so that a path that was given to another block is noticed. */
  readonly nonce: number;
  /** Bytes. */
  readonly size: number;
}

/** Shared memory between processes. */
export interface MemoryHost {
  /** Whether blocks need no name, so that nothing can be left behind. */
  readonly nameless: boolean;
  /**
   * Creates a block of zeros.
   *
   * @param size Bytes.
   * @param folder A folder to create it in under a lasting name; `null` for a block without a name,
   *   which the kernel frees with its last user.
   * @throws {NotSupportedError} when this machine or its permissions do not allow it; says the remedy.
   */
  create(size: number, folder: string | null): Mapping;
  /** Opens a block that another process created. */
  open(ref: MappingRef): Mapping;
  /** Opens a block so that others can open it through this process as well, under the path of the result. */
  adopt(ref: MappingRef): Mapping;
  /**
   * Reserves more memory in a block's file, behind the block's own bytes; whoever has the block can open it. It ends with the
   * block at the latest, and is unmapped when the buffer is collected.
   *
   * @param path A path of the block.
   * @param offset Where it begins in the file (bytes), a multiple of the page size.
   * @param size Bytes.
   * @throws {NotSupportedError} when there is no memory left.
   */
  createPart(path: string, offset: number, size: number): ArrayBuffer;
  /** Opens what `createPart` has reserved. */
  openPart(path: string, offset: number, size: number): ArrayBuffer;
  /** Gives back what `createPart` has reserved, whoever has it open; may be repeated. */
  freePart(path: string, offset: number, size: number): void;
}

/** A block of shared memory as this process sees it. The memory is unmapped when `buffer` is collected. */
export interface Mapping {
  readonly path: string;
  readonly buffer: ArrayBuffer;
  /** Some of its bytes as a buffer of their own, which does not keep the memory mapped: `buffer` must outlive it. */
  part(offset: number, size: number): ArrayBuffer;
  /** Gives up the path: nobody can open it through this process any more. */
  close(): void;
}

/** A place where a process hears that somebody rings for it. */
export interface Listener {
  close(): void;
}

/** A line to another process, on which one rings and hears that the other has ended. */
export interface Wire {
  /** Wakes the other process. */
  ring(): void;
  /** Resolves when all rings have left this process, which may take turns of the event loop; or never can. */
  sent(): Promise<void>;
  close(): void;
}

/** Doorbells between processes. Nothing here keeps an event loop alive. */
export interface BellHost {
  /** Whether names without a place in the file system can be used. */
  readonly abstractNames: boolean;
  /** Hears rings under a name. The name can be connected to when this returns. */
  listen(name: string, onRing: () => void): Listener;
  /** Connects to a name; `onEnd` is called once, when the other side is gone or was never there. */
  connect(name: string, onEnd: () => void): Wire;
}

/** What stands at a path. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "socket" | "other";
  /** Tells a file from others of its file system. */
  readonly id: number;
  /** Bytes. */
  readonly size: number;
  /** The user that it belongs to. */
  readonly owner: number;
  /** Who may read, write and enter it. */
  readonly mode: number;
}

/** The process or thread that this code runs in. */
export interface Host {
  readonly pid: number;
  /** The URL of the program's main module, where there is one. */
  readonly mainModule: string | null;
  /** Whether the program is compiled to one executable, which contains the runtime. */
  readonly isCompiled: boolean;
  /** The path of the runtime's executable. */
  readonly executable: string;
  /** The runtime's own flags, as far as a child should have them too. */
  readonly execArgv: readonly string[];
  /** The arguments behind the main module. */
  readonly args: readonly string[];
  /** A copy of the environment variables, as far as they may be read. */
  environment(): Record<string, string>;
  /** Makes the main module and the arguments behind it those of the program, where this is a child of it. */
  setArguments(mainModule: string | null, args: readonly string[]): void;
  /** What the creator gave this thread; `null` in a process. Called once, first thing in a child. */
  boot(): Promise<unknown> | null;
  /** Ends this process or thread at once; without a code, with the one that was set. */
  exit(code?: number): never;
  /** Sets the exit code that is used when the event loop is empty. */
  setExitCode(code: number): void;
  /** Sends a signal to a process. Returns whether it exists; signal 0 only asks. */
  kill(pid: number, signal: string | 0): boolean;
  /** Whether a process runs: one that has ended and was not waited for does not. */
  isAlive(pid: number): boolean;
  /** The resident memory of a process in bytes; `null` where it cannot be told, or the process has ended. */
  residentBytes(pid: number): number | null;
  /** How often the system has ended a process for want of memory; 0 where it cannot be told. */
  memoryKills(): number;
  /** Calls a synchronous function, with the exit code, when this process or thread ends by itself. */
  onExit(callback: (code: number) => void): void;
  /** Reports errors that nobody caught; without a callback any more, the runtime's own way holds again. */
  onUncaught(callback: (error: unknown) => void): void;
  /** Asks the kernel to kill this process when its creator dies, where there is such a thing. */
  dieWithParent(): void;
  /** Writes to the standard error stream before it returns. */
  writeError(text: string | Uint8Array): void;
  /** The effective user that this process runs as; `null` where it cannot be told. */
  readonly userId: number | null;
  /** Folders and files for what has no nameless form: see `files/shared_place.ts`. */
  readonly files: {
    /** A folder for short-lived files, in memory where there is such a thing. */
    readonly temporary: string;
    /** Whether files can be written and imported there, without asking anybody. */
    readonly mayWrite: boolean;
    list(folder: string): string[];
    /** Creates a folder that only this user can enter; throws when there is something already. */
    create(folder: string): void;
    /** Writes a file that only this user can read; throws when there is something already. */
    write(path: string, text: string): void;
    /** Gives a file another name; throws when there is something already. */
    link(path: string, name: string): void;
    /** Removes a file, never a folder that has something in it. */
    unlink(path: string): void;
    /** Removes a folder that is empty. */
    removeEmpty(folder: string): void;
    /** What stands at a path, links not followed; `null` when there is nothing. */
    look(path: string): FileFacts | null;
    /** What stands at a path or where a link there leads to; `null` when there is nothing. */
    lookThrough(path: string): FileFacts | null;
  };
}

/** One runtime. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly host: Host;
  readonly memory: MemoryHost;
  readonly bells: BellHost;
  capabilities(method: StartMethod): Capabilities;
  cpuCount(): number;
  startProcess(options: ProcessOptions): ChildHandle;
  startThread(options: ThreadOptions): ChildHandle;
}

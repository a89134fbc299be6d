/**
 * A child process or thread. Long because a class cannot be split over files; what it does is in `launch.ts` and
 * `children.ts`.
 *
 * @module
 */

import {
  type AnyClass,
  type Callable,
  callSiteModules,
  packClass,
  type PackedFunction,
  packFunction,
  unpackFunction,
} from "../callable/mod.ts";
import { type Program, programOf } from "../parties/program.ts";
import { handles } from "../messages/handles.ts";
import { writeMessage } from "../messages/message.ts";
import type { Move } from "../messages/move.ts";
import { takeDeparted } from "../messages/moves.ts";
import { ProcessError, TimeoutError } from "../errors.ts";
import type { ProcessWork } from "../identity/boot.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { signalName } from "./exit_status.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { checkWaitOptions, show, type WaitOptions, within } from "../support/options.ts";
import { importUserModule, type Origin, renameProcess, self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { Block, BlockRef } from "../sync/block.ts";
import { callingModules } from "./calling_modules.ts";
import { checkMayHaveChildren, childPath, describeChild, own } from "./children.ts";
import { heldStream } from "./held_stream.ts";
import { type Child, launch, type LaunchOptions } from "./launch.ts";
import { Sentinel } from "./sentinel.ts";
import { checkProcessOptions, copyOptions, type ProcessOptions } from "./options.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** What only this library sets: who a process is that is not started here. */
export interface Identity {
  readonly daemon: boolean;
  readonly pid: number;
  readonly ident: string;
}

/** The instance that stands for the running process itself. */
const identities = new WeakMap<Process, Identity>();

/** How long (ms) a process that is left behind by its scope may take to end before it is killed. */
const DISPOSE_GRACE = 5_000;

/**
 * A child process or thread that runs a function. Python's `Process`.
 *
 * - `start()` starts it once; `join()` waits for its end as often as one likes.
 * - A child that is no daemon is waited for at the program's end; a daemon is ended then, and may not have children.
 * - Leaving the scope of an `await using` process terminates it if it still runs, waits for its end, and closes it.
 * - An error that nobody catches in the child is printed there, with its stack; the exit code is 1.
 * - A subclass that overrides `run()` must be exported by its module; the instance's own fields travel to the child, its
 *   `#private` fields and what its constructor did do not.
 *
 * Differences from Python: `join()` gives the exit code; under the start method `"thread"` the child is a thread, and
 * `pid` is that of this process.
 *
 * @typeParam Args The types of the target's arguments.
 *
 * @example Run a function in a child
 * ```ts
 * import { Process } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const process = new Process({ target: (name: string) => console.log("hello", name), args: ["bob"] });
 *   await process.start();
 *   console.log(await process.join()); // 0
 * }
 * ```
 */
// deno-lint-ignore no-explicit-any
export class Process<Args extends unknown[] = any[]> implements AsyncDisposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  // deno-lint-ignore no-explicit-any
  readonly #options: ProcessOptions<any>;
  readonly #method: StartMethod;
  readonly #path: readonly number[];
  /** The modules on the stack when this was created, where functions and subclasses are looked for, too. */
  readonly #createdBy: readonly string[];
  #name: string;
  #daemon: boolean;
  #state: "initial" | "starting" | "started" | "closed" = "initial";
  #child: Child | null = null;
  #sentinel: Sentinel | null = null;
  #exitCode: number | null = null;
  #accepted = false;
  #pendingSignal: string | null = null;
  #starting: Promise<void> | null = null;
  #stdout: ReadableStream<Uint8Array> | null = null;
  #stderr: ReadableStream<Uint8Array> | null = null;
  #pid: number | null = null;
  #ident: string | null = null;

  /**
   * Creates a process; nothing is started.
   *
   * @param options What it is to do, and how.
   * @throws {TypeError} when there is no such option, or it is of the wrong type.
   * @throws {NotSupportedError} when the start method cannot do what an option asks for.
   */
  constructor(options: ProcessOptions<Args> = {}) {
    const { startMethod: bound } = new.target as typeof Process;
    this.#method = bound ?? getStartMethod();
    checkProcessOptions(options, this.#method);
    this.#options = copyOptions(options);
    this.#createdBy = callingModules();
    this.#path = childPath();
    this.#name = options.name ?? `${new.target.name || "Process"}-${this.#path.join(":")}`;
    this.#daemon = options.daemon ?? self()?.daemon ?? false;
  }

  /** The name, which is for people. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    if (typeof name !== "string") throw new TypeError(`"name" must be a string, got ${show(name)}`);
    this.#name = name;
    if (identities.has(this)) renameProcess(name);
  }

  /** Whether the process ends with its creator. May be set until it is started. */
  get daemon(): boolean {
    return identities.get(this)?.daemon ?? this.#daemon;
  }

  set daemon(daemon: boolean) {
    if (this.#state !== "initial" || identities.has(this)) {
      throw new ProcessError(`Cannot change "daemon" of ${this.#name}: it was started already`);
    }
    if (typeof daemon !== "boolean") {
      throw new TypeError(`"daemon" must be true or false, got ${show(daemon)}`);
    }
    this.#daemon = daemon;
  }

  /** The process id: `null` until the process is started; a thread has that of its process. */
  get pid(): number | null {
    this.#checkOpen();
    return identities.get(this)?.pid ?? this.#pid;
  }

  /** What tells this child from all others of the program: the process id, or a thread's number. `null` until it is started. */
  get ident(): string | null {
    this.#checkOpen();
    return identities.get(this)?.ident ?? this.#ident;
  }

  /** `null` until the process has ended; then its exit code, or minus the number of the signal that ended it. */
  get exitCode(): number | null {
    this.#checkOpen();
    return this.#exitCode;
  }

  /**
   * Becomes ready when the process ends; for `wait()`.
   *
   * @throws {ProcessError} before the start.
   */
  get sentinel(): Sentinel {
    this.#checkOpen();
    if (this.#sentinel === null) throw new ProcessError(`${this.#name} was not started yet`);
    return this.#sentinel;
  }

  /** What the child writes to its standard output, with the option `stdout: "pipe"`; else `null`. */
  get stdout(): ReadableStream<Uint8Array> | null {
    return this.#stdout;
  }

  /** What the child writes to its standard error stream, with the option `stderr: "pipe"`; else `null`. */
  get stderr(): ReadableStream<Uint8Array> | null {
    return this.#stderr;
  }

  /**
   * What the child does: calls the target. To be overridden by subclasses; called here, it runs here.
   *
   * @returns A promise where the work is asynchronous.
   */
  run(): void | Promise<void> {
    const { target } = this.#options;
    if (target === undefined) return;
    if (typeof target !== "function") return this.#runNamed(target);
    return (target as (...args: unknown[]) => void | Promise<void>)(...this.#arguments());
  }

  /** A `ref()` or a `capture()` becomes a function here as it would in the child. */
  async #runNamed(target: Callable): Promise<void> {
    const described = await packFunction(target, "target", () => this.#createdBy);
    await (await unpackFunction(described, importUserModule))(...this.#arguments());
  }

  /**
   * Starts the child.
   *
   * @returns Resolves when the child has its pid and has accepted its work.
   * @throws {ProcessError} when it was started before, or this process may not have children.
   * @throws {FreeVariableError} when the target uses outer variables.
   * @throws {SerializationError} when an argument cannot be sent.
   * @throws {NotSupportedError} when the start method cannot be used here.
   */
  async start(): Promise<void> {
    this.#checkOpen();
    if (this.#state !== "initial" || identities.has(this)) {
      throw new ProcessError(`Cannot start ${this.name} twice: create a new Process`);
    }
    const origin = checkMayHaveChildren(this.#name);
    this.#state = "starting";
    this.#starting = this.#start(callSiteModules(libraryRoot), origin);
    try {
      await this.#starting;
    } catch (error) {
      // Nothing may be left of it when the caller hears.
      await this.#child?.exited;
      this.#state = "initial";
      this.#child =
        this.#sentinel =
        this.#pid =
        this.#ident =
        this.#stdout =
        this.#stderr =
          null;
      this.#exitCode = this.#pendingSignal = null;
      throw error;
    } finally {
      this.#starting = null;
    }
  }

  async #start(callSite: readonly string[], origin: Origin): Promise<void> {
    const program = programOf(this.#method);
    const blocks: Block[] = [];
    const moves: Move[] = [];
    const unsettled: Promise<unknown>[] = [];
    try {
      const work = await this.#work(callSite, (value, root) => {
        const block = writeMessage(program.memory, value, root);
        blocks.push(block);
        unsettled.push(...handles.unsettled);
        moves.push(...takeDeparted());
        return block.ref;
      });
      await Promise.all(unsettled);
      this.#launch(program, work, origin, moves);
      await this.#child!.accepted;
    } catch (error) {
      for (const move of moves) move.undo();
      throw error;
    } finally {
      for (const block of blocks) block.free();
    }
    this.#accepted = true;
    if (this.#pendingSignal !== null) this.#child!.handle.kill(this.#pendingSignal);
  }

  /**
   * Waits for the end of the process.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The exit code; `null` when the process still runs after the time.
   * @throws {ProcessError} before the start.
   * @throws what `start()` throws, where that is still being waited for.
   * @throws the signal's reason when it is aborted.
   */
  async join(options?: WaitOptions): Promise<number | null> {
    this.#checkOpen();
    checkWaitOptions(options);
    if (this.#child === null && this.#starting === null) {
      throw new ProcessError(`Cannot join ${this.name}: it was not started`);
    }
    try {
      return await holding(within(this.#untilEnd(), options, `${this.#name} to end`));
    } catch (error) {
      if (error instanceof TimeoutError) return null;
      throw error;
    }
  }

  /** Waits for the start first, which somebody may not have awaited. */
  async #untilEnd(): Promise<number> {
    await this.#starting;
    return await this.#child!.exited;
  }

  /** Whether the process runs. */
  isAlive(): boolean {
    this.#checkOpen();
    if (identities.has(this)) return true;
    return this.#state === "started" && this.#exitCode === null;
  }

  /**
   * Ends the process: SIGTERM, or the end of the thread. Does nothing if it has ended already.
   *
   * On Deno a thread that never yields cannot be ended: it is abandoned, with a warning.
   *
   * @throws {ProcessError} before the start.
   */
  terminate(): void {
    this.#signal("SIGTERM");
  }

  /**
   * Ends the process by SIGKILL, which it cannot refuse; a thread as by `terminate()`.
   *
   * @throws {ProcessError} before the start.
   */
  kill(): void {
    this.#signal("SIGKILL");
  }

  /**
   * Interrupts the process as Ctrl-C does: SIGINT; a thread ends.
   *
   * @throws {ProcessError} before the start.
   */
  interrupt(): void {
    this.#signal("SIGINT");
  }

  /**
   * Gives the object up. Afterwards only `name` can be asked for.
   *
   * @throws {ProcessError} while the process runs.
   */
  close(): void {
    if (this.#state === "closed") return;
    if (this.#state === "starting" || this.isAlive()) {
      throw new ProcessError(
        `Cannot close ${this.name} while it runs: join() or terminate() it first`,
      );
    }
    this.#state = "closed";
    this.#child = this.#sentinel = null;
  }

  /** Terminates the process if it still runs, waits for its end, and closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#starting !== null) {
      this.#pendingSignal ??= "SIGTERM";
      await this.#starting.catch(() => {});
    }
    if (this.#state === "started" && this.#exitCode === null) {
      this.terminate();
      if (await this.join({ timeout: DISPOSE_GRACE }) === null) this.kill();
      await this.join();
    }
    this.close();
  }

  /** Shows the process in a console, in Python's form. */
  toString(): string {
    const pid = this.#child === null ? [] : [`pid=${this.#pid}`];
    const parent = identities.has(this) ? self()?.creatorPid : runtime.host.pid;
    const parts = [
      this.constructor.name,
      `name='${this.name}'`,
      ...pid,
      ...(parent === undefined ? [] : [`parent=${parent}`]),
      this.#status(),
      ...(this.daemon ? ["daemon"] : []),
    ];
    return `<${parts.join(" ")}>`;
  }

  #status(): string {
    if (identities.has(this)) return "started";
    if (this.#state === "starting") return "initial";
    if (this.#state !== "started" || this.#exitCode === null) return this.#state;
    const signal = signalName(this.#exitCode);
    return `stopped exitcode=${signal === null ? this.#exitCode : `-${signal}`}`;
  }

  #arguments(): unknown[] {
    const { args = [], kwargs } = this.#options;
    return kwargs === undefined ? [...args] : [...args, kwargs];
  }

  /** Values are written at once: what happens to them while the functions are looked for is not to be seen. */
  async #work(
    callSite: readonly string[],
    write: (value: unknown, root: string) => BlockRef,
  ): Promise<ProcessWork> {
    const { target } = this.#options;
    const modules = [...callSite, ...this.#createdBy];
    const isSubclass = this.run !== Process.prototype.run;
    const args = write(this.#arguments(), "args");
    const fields = isSubclass ? write({ ...this as Record<string, unknown> }, "this") : null;
    return {
      kind: "process",
      target: target === undefined ? null : await packFunction(target, "target", () => modules),
      args,
      subclass: isSubclass ? await packClass(this.constructor as AnyClass, () => modules) : null,
      fields,
    };
  }

  #launch(program: Program, work: ProcessWork, origin: Origin, moves: readonly Move[]): void {
    const child = launch(
      program,
      {
        self: describeChild(this.#name, this.#daemon, this.#path, this.#method, false, origin),
        work,
      },
      launchOptions(this.#options),
      moves,
    );
    this.#child = child;
    this.#pid = child.handle.pid ?? runtime.host.pid;
    this.#ident = String(child.handle.pid ?? child.party);
    this.#state = "started";
    this.#sentinel = new Sentinel(child.exited);
    const { stdout, stderr } = child.handle;
    this.#stdout = this.#daemon ? heldStream(stdout) : stdout;
    this.#stderr = this.#daemon ? heldStream(stderr) : stderr;
    own(child.handle, this.#daemon);
    children.add(this);
    void child.exited.then((exitCode) => {
      this.#exitCode = exitCode;
      children.delete(this);
    });
  }

  /** A child is never stopped before it has accepted its work: some runtimes crash when a thread is stopped while it loads. */
  #signal(signal: string): void {
    this.#checkOpen();
    if (this.#state === "starting" || (this.#child !== null && !this.#accepted)) {
      this.#pendingSignal ??= signal;
    } else if (this.#child === null) {
      throw new ProcessError(`Cannot end ${this.#name}: it was not started`);
    } else if (this.#exitCode === null) {
      this.#child.handle.kill(signal);
    }
  }

  #checkOpen(): void {
    if (this.#state === "closed") throw new ProcessError(`${this.#name} is closed`);
  }
}

/** The consoles of the runtimes show the same text as `toString()`. */
Object.defineProperty(Process.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Process): string {
    return this.toString();
  },
  configurable: true,
  writable: true,
});

const children = new Set<Process>();

/**
 * The children of this process that run. Python's `active_children`.
 *
 * @returns The processes that were started here and have not ended.
 *
 * @example
 * ```ts
 * import { activeChildren } from "@allcores/multiprocessing";
 *
 * console.log(activeChildren().length); // 0
 * ```
 */
export function activeChildren(): Process[] {
  return [...children].filter((process) => process.isAlive());
}

/** Lets an instance stand for the running process itself. */
export function identify(process: Process, identity: Identity): void {
  identities.set(process, identity);
}

// deno-lint-ignore no-explicit-any
function launchOptions(options: ProcessOptions<any>): LaunchOptions {
  const { cwd, env } = options;
  return {
    runtime: options.runtime ?? runtime.name,
    env: env === undefined ? null : { ...runtime.host.environment(), ...env },
    cwd: cwd instanceof URL ? decodeURIComponent(cwd.pathname) : cwd ?? null,
    execArgv: options.execArgv ?? null,
    stdout: options.stdout ?? "inherit",
    stderr: options.stderr ?? "inherit",
  };
}

/** A packed function, for whoever starts children. */
export type { PackedFunction };

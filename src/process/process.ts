/**
 * The class of child processes and threads.
 *
 * Long because the documentation of a public class stands in its file. What becomes of a child is in `child_life.ts`.
 *
 * @module
 */

import { callSiteModules } from "../callable/mod.ts";
import { programOf } from "../parties/program.ts";
import { ProcessError, TimeoutError } from "../errors.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { signalName } from "./exit_status.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { within } from "../support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import { type Origin, renameProcess, self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import { callingModules } from "./calling_modules.ts";
import { ChildLife, type StartPlan } from "./child_life.ts";
import { checkMayHaveChildren, childPath, describeChild } from "./children.ts";
import type { Sentinel } from "./sentinel.ts";
import { checkProcessOptions, copyOptions, launchOptions, type ProcessOptions } from "./options.ts";
import { describeWork, runTarget, type WorkPlan } from "./process_work.ts";
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
 * - A program has 1,024 processes and threads at most at a time, itself among them; the `start()` of one more rejects with a
 *   `NotSupportedError`.
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
  /** The child; `null` until `start()` is called, and again where that failed. */
  #life: ChildLife | null = null;
  #starting: Promise<void> | null = null;

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
    return identities.get(this)?.pid ?? this.#life?.pid ?? null;
  }

  /** What tells this child from all others of the program: the process id, or a thread's number. `null` until it is started. */
  get ident(): string | null {
    this.#checkOpen();
    return identities.get(this)?.ident ?? this.#life?.ident ?? null;
  }

  /** `null` until the process has ended; then its exit code, or minus the number of the signal that ended it. */
  get exitCode(): number | null {
    this.#checkOpen();
    return this.#life?.exitCode ?? null;
  }

  /**
   * Becomes ready when the process ends; for `wait()`.
   *
   * @throws {ProcessError} before the start.
   */
  get sentinel(): Sentinel {
    this.#checkOpen();
    const sentinel = this.#life?.sentinel ?? null;
    if (sentinel === null) throw new ProcessError(`${this.#name} was not started yet`);
    return sentinel;
  }

  /** What the child writes to its standard output, with the option `stdout: "pipe"`; else `null`. */
  get stdout(): ReadableStream<Uint8Array> | null {
    return this.#life?.stdout ?? null;
  }

  /** What the child writes to its standard error stream, with the option `stderr: "pipe"`; else `null`. */
  get stderr(): ReadableStream<Uint8Array> | null {
    return this.#life?.stderr ?? null;
  }

  /**
   * What the child does: calls the target. To be overridden by subclasses; called here, it runs here.
   *
   * @returns A promise where the work is asynchronous.
   */
  run(): void | Promise<void> {
    return runTarget(this.#workPlan(this.#createdBy));
  }

  /**
   * Starts the child.
   *
   * @returns Resolves when the child has its pid and has accepted its work.
   * @throws {ProcessError} when it was started before, or this process may not have children.
   * @throws {FreeVariableError} when the target uses outer variables.
   * @throws {SerializationError} when an argument cannot be sent.
   * @throws {NotSupportedError} when the start method cannot be used here, or the program has 1,024 processes already.
   */
  async start(): Promise<void> {
    this.#checkOpen();
    if (this.#state !== "initial" || identities.has(this)) {
      throw new ProcessError(`Cannot start ${this.name} twice: create a new Process`);
    }
    const origin = checkMayHaveChildren(this.#name);
    const plan = this.#plan(callSiteModules(libraryRoot), origin);
    this.#state = "starting";
    const life = new ChildLife();
    this.#life = life;
    this.#starting = life.start(plan);
    try {
      await this.#starting;
    } catch (error) {
      // Nothing may be left of it when the caller hears.
      await life.ended();
      this.#state = "initial";
      this.#life = null;
      throw error;
    } finally {
      this.#starting = null;
    }
  }

  #plan(callSite: readonly string[], origin: Origin): StartPlan {
    const method = this.#method;
    return {
      program: programOf(method),
      daemon: this.#daemon,
      options: launchOptions(this.#options),
      describe: (write) => describeWork(this.#workPlan([...callSite, ...this.#createdBy]), write),
      identify: () => describeChild(this.#name, this.#daemon, this.#path, method, false, origin),
      onExists: () => {
        this.#state = "started";
        children.add(this);
      },
      onEnd: () => children.delete(this),
    };
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
    const life = this.#life;
    if (life === null) throw new ProcessError(`Cannot join ${this.name}: it was not started`);
    try {
      return await holding(within(this.#untilEnd(life), options, `${this.#name} to end`));
    } catch (error) {
      if (error instanceof TimeoutError) return null;
      throw error;
    }
  }

  /** Waits for the start first, which somebody may not have awaited. */
  async #untilEnd(life: ChildLife): Promise<number | null> {
    await this.#starting;
    return await life.ended();
  }

  /** Whether the process runs. */
  isAlive(): boolean {
    this.#checkOpen();
    if (identities.has(this)) return true;
    return this.#state === "started" && this.#life?.exitCode === null;
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
  }

  /** Terminates the process if it still runs, waits for its end, and closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#starting !== null) {
      this.#life?.signal("SIGTERM");
      await this.#starting.catch(() => {});
    }
    if (this.#state === "started" && this.#life?.exitCode === null) {
      this.terminate();
      if (await this.join({ timeout: DISPOSE_GRACE }) === null) this.kill();
      await this.join();
    }
    this.close();
  }

  /** Shows the process in a console, in Python's form. */
  toString(): string {
    const childPid = this.#state === "closed" ? null : this.#life?.pid ?? null;
    const pid = childPid === null ? [] : [`pid=${childPid}`];
    const parent = identities.has(this) ? self()?.creatorPid : runtime.pid;
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
    const exitCode = this.#life?.exitCode ?? null;
    if (this.#state !== "started" || exitCode === null) return this.#state;
    const signal = signalName(exitCode);
    return `stopped exitcode=${signal === null ? exitCode : `-${signal}`}`;
  }

  #workPlan(modules: readonly string[]): WorkPlan {
    const isSubclass = this.run !== Process.prototype.run;
    return { options: this.#options, modules, instance: isSubclass ? this : null };
  }

  #signal(signal: string): void {
    this.#checkOpen();
    if (this.#life === null) throw new ProcessError(`Cannot end ${this.#name}: it was not started`);
    this.#life.signal(signal);
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

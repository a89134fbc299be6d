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
import { holding } from "../event_loop/keep_alive.ts";
import { within } from "../support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import { type Origin, renameProcess, self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import { joinAtOnce } from "./join_creator.ts";
import { callingModules } from "./calling_modules.ts";
import { ChildLife, type StartPlan } from "./child_life.ts";
import { checkMayHaveChildren, childPath, describeChild, running } from "./children.ts";
import { identityOf } from "./identities.ts";
import type { Sentinel } from "./sentinel.ts";
import { showInConsoles, showProcess } from "./show_process.ts";
import {
  checkProcessOptions,
  copyOptions,
  launchOptions,
  type NamedProcessOptions,
  type ProcessOptions,
  type ProcessOptionsFor,
} from "./options.ts";
import { describeWork, runTarget, type WorkPlan } from "./process_work.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** How long (ms) a process that is left behind by its scope may take to end before it is killed. */
const DISPOSE_GRACE = 5_000;

/**
 * A child process or thread that runs a function. Python's `Process`.
 *
 * - `start()` starts it once, and does not wait until it is at work: children load side by side. `ready()` waits for that, and
 *   `join()` for its end, as often as one likes.
 * - A child that is no daemon is waited for at the program's end; a daemon is ended then, and may not have children.
 * - A program has 1,024 processes and threads at most at a time, itself among them; the `start()` of one more rejects with a
 *   `NotSupportedError`.
 * - Leaving the scope of an `await using` process terminates it if it still runs, waits for its end, and closes it.
 * - An error that nobody catches in the child is printed there, with its stack; the exit code is 1. So is what keeps it from its
 *   work, such as a module that cannot be loaded; `error` is that.
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
  static {
    showInConsoles(Process.prototype);
    joinAtOnce();
  }
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
  constructor(options?: ProcessOptionsFor<Args>);
  /** The same with named arguments. */
  constructor(options: NamedProcessOptions<Args>);
  // deno-lint-ignore no-explicit-any
  constructor(options: ProcessOptions<any> = {}) {
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
    if (identityOf(this) !== null) renameProcess(name);
  }

  /** Whether the process ends with its creator. May be set until it is started. */
  get daemon(): boolean {
    return identityOf(this)?.daemon ?? this.#daemon;
  }

  set daemon(daemon: boolean) {
    if (this.#state !== "initial" || identityOf(this) !== null) {
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
    return identityOf(this)?.pid ?? this.#life?.pid ?? null;
  }

  /** What tells this child from all others of the program: the process id, or a thread's number. `null` until it is started. */
  get ident(): string | null {
    this.#checkOpen();
    return identityOf(this)?.ident ?? this.#life?.ident ?? null;
  }

  /** `null` until the process has ended; then its exit code, or minus the number of the signal that ended it. */
  get exitCode(): number | null {
    this.#checkOpen();
    return this.#life?.exitCode ?? null;
  }

  /**
   * Why the child could not begin its work: its module cannot be loaded, say. The exit code is 1 then, or tells the signal of
   * somebody else; the error was printed. `null` otherwise, also of a child that was ended by this object before it began.
   */
  get error(): Error | null {
    this.#checkOpen();
    return this.#life?.error ?? null;
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
   * @returns Resolves when the child exists, and has its `pid` and `ident`. What it finds out later is told by {@linkcode ready},
   *   {@linkcode error} and its exit code.
   * @throws {ProcessError} when it was started before, or this process may not have children.
   * @throws {ProcessError} when its executable or directory is not there.
   * @throws {FreeVariableError} when the target uses outer variables.
   * @throws {SerializationError} when an argument cannot be sent.
   * @throws {NotSupportedError} when the start method cannot be used here, or the program has 1,024 processes already.
   */
  async start(): Promise<void> {
    this.#checkOpen();
    if (this.#state !== "initial" || identityOf(this) !== null) {
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
        running.add(this);
      },
      onEnd: () => running.delete(this),
    };
  }

  /**
   * Waits until the child has begun its work.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Resolves when its function and arguments are there, and it has called the function or is about to.
   * @throws {ProcessError} before the start; when the child ends, or is ended, before it begins; when it does not load in time.
   * @throws what the child refuses its work with: see {@linkcode error}.
   * @throws what `start()` throws, where that is still being waited for.
   * @throws {TimeoutError} when the time is over.
   * @throws the signal's reason when it is aborted.
   *
   * @example
   * ```ts
   * import { Process, ref } from "@allcores/multiprocessing";
   *
   * if (import.meta.main) {
   *   const child = new Process({ target: ref(import.meta.url, "missing"), stderr: "null" });
   *   await child.start();
   *   await child.ready().catch((error) => console.log(error === child.error)); // true
   *   console.log(await child.join()); // 1
   * }
   * ```
   */
  async ready(options?: WaitOptions): Promise<void> {
    const life = this.#lifeTo("wait for");
    checkWaitOptions(options);
    const begun = this.#afterStart(() => life.begun());
    await holding(within(begun, options, `${this.#name} to begin its work`));
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
    const life = this.#lifeTo("join");
    checkWaitOptions(options);
    const ended = this.#afterStart(() => life.ended());
    try {
      return await holding(within(ended, options, `${this.#name} to end`));
    } catch (error) {
      if (error instanceof TimeoutError) return null;
      throw error;
    }
  }

  /** Waits for the start first, which somebody may not have awaited. */
  async #afterStart<T>(wait: () => Promise<T>): Promise<T> {
    await this.#starting;
    return await wait();
  }

  /** Whether the process runs. */
  isAlive(): boolean {
    this.#checkOpen();
    if (identityOf(this) !== null) return true;
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
    this.#lifeTo("end").stop("SIGTERM");
  }

  /**
   * Ends the process by SIGKILL, which it cannot refuse; a thread as by `terminate()`.
   *
   * @throws {ProcessError} before the start.
   */
  kill(): void {
    this.#lifeTo("end").stop("SIGKILL");
  }

  /**
   * Interrupts the process as Ctrl-C does: SIGINT; a thread ends.
   *
   * @throws {ProcessError} before the start.
   */
  interrupt(): void {
    this.#lifeTo("end").stop("SIGINT");
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
    await this.#starting?.catch(() => {});
    if (this.#state === "started" && this.#life?.exitCode === null) {
      this.terminate();
      if (await this.join({ timeout: DISPOSE_GRACE }) === null) this.kill();
      await this.join();
    }
    this.close();
  }

  /** Shows the process in a console, in Python's form. */
  toString(): string {
    const isSelf = identityOf(this) !== null;
    const isClosed = this.#state === "closed";
    return showProcess({
      className: this.constructor.name,
      name: this.name,
      pid: isClosed ? null : this.#life?.pid ?? null,
      parent: isSelf ? self()?.creatorPid : runtime.pid,
      state: isSelf ? "started" : this.#state === "starting" ? "initial" : this.#state,
      exitCode: this.#life?.exitCode ?? null,
      daemon: this.daemon,
    });
  }

  #workPlan(modules: readonly string[]): WorkPlan {
    const isSubclass = this.run !== Process.prototype.run;
    return { options: this.#options, modules, instance: isSubclass ? this : null };
  }

  #lifeTo(action: string): ChildLife {
    this.#checkOpen();
    if (this.#life !== null) return this.#life;
    throw new ProcessError(`Cannot ${action} ${this.#name}: it was not started`);
  }

  #checkOpen(): void {
    if (this.#state === "closed") throw new ProcessError(`${this.#name} is closed`);
  }
}

/**
 * The process or thread that this code runs in, and its creator.
 *
 * @module
 */

import { boundTo } from "../start_method/bound_class.ts";
import { programOf } from "../parties/program.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { lostByEnd } from "../event_loop/unfinished.ts";
import { within } from "../support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import { creatorEnded, processName, self } from "../identity/self.ts";
import { TimeoutError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import { system } from "../runtime/system.ts";
import { uncounted } from "./children.ts";
import { identify } from "./identities.ts";
import { Process } from "./process.ts";

/**
 * The number of cores that this program may use. Python's `cpu_count`, which counts all of the machine.
 *
 * @returns The number: affinity and the limits of the cgroup are respected.
 *
 * @example
 * ```ts
 * import { cpuCount } from "@allcores/multiprocessing";
 *
 * console.log(cpuCount() >= 1); // true
 * ```
 */
export function cpuCount(): number {
  return system.cpuCount();
}

/**
 * Whether this is the main program: false in every child, process or thread. Python's `__name__ == "__main__"`.
 *
 * @returns Whether it is.
 *
 * @example
 * ```ts
 * import { isMainProcess, Process } from "@allcores/multiprocessing";
 *
 * if (isMainProcess()) {
 *   await using child = new Process({ target: () => console.log("in the child") });
 *   await child.start();
 *   await child.join();
 * }
 * ```
 */
export function isMainProcess(): boolean {
  return self() === null;
}

let current: Process | null = null;

/** Bound to a start method, since asking who one is must not settle the program's. It is never started. */
const Current = boundTo(Process, "thread");

/**
 * The process that this code runs in. Python's `current_process`.
 *
 * @returns The process; in the main program it is called `MainProcess`.
 *
 * @example
 * ```ts
 * import { currentProcess } from "@allcores/multiprocessing";
 *
 * console.log(currentProcess().name); // MainProcess
 * ```
 */
export function currentProcess(): Process {
  if (current === null) becomeCurrent(uncounted(() => new Current()));
  return current!;
}

/** Lets an instance stand for the process that this code runs in. */
export function becomeCurrent(process: Process): void {
  const child = self();
  const ident = child === null || child.method === "process"
    ? runtime.pid
    : programOf("thread").self;
  process.name = processName();
  identify(process, {
    daemon: child?.daemon ?? false,
    pid: runtime.pid,
    ident: String(ident),
  });
  current = process;
}

/**
 * The creator of this child, as the child sees it. What Python's `parent_process()` gives.
 *
 * @example
 * ```ts
 * import { ParentProcess, parentProcess } from "@allcores/multiprocessing";
 *
 * const parent: ParentProcess | null = parentProcess();
 * console.log(parent?.isAlive() ?? "this is the main program");
 * ```
 */
export class ParentProcess {
  readonly #name: string;
  readonly #pid: number;
  readonly #ended: Promise<void>;
  readonly #isAlive: () => boolean;

  /**
   * Creates the object; `parentProcess()` gives the one there is.
   *
   * @param name The creator's name.
   * @param pid Its process id.
   * @param ended Resolves when it has ended.
   * @param isAlive Asks whether it lives.
   */
  constructor(name: string, pid: number, ended: Promise<void>, isAlive: () => boolean) {
    this.#name = name;
    this.#pid = pid;
    this.#ended = ended;
    this.#isAlive = isAlive;
  }

  /** The creator's name. */
  get name(): string {
    return this.#name;
  }

  /** The creator's process id. */
  get pid(): number {
    return this.#pid;
  }

  /** Whether the creator lives; turns false when it has ended or was killed. */
  isAlive(): boolean {
    return this.#isAlive();
  }

  /**
   * Waits for the end of the creator.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Resolves when it has ended or the time is over, as Python's; ask `isAlive()`.
   */
  async join(options?: WaitOptions): Promise<void> {
    checkWaitOptions(options);
    try {
      await holding(within(this.#ended, options, "the parent process to end"));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }
}

let parent: ParentProcess | null = null;

/**
 * The creator of this child. Python's `parent_process`.
 *
 * @returns The creator; `null` in the main program.
 *
 * @example
 * ```ts
 * import { parentProcess } from "@allcores/multiprocessing";
 *
 * console.log(parentProcess()); // null in the main program
 * ```
 */
export function parentProcess(): ParentProcess | null {
  const child = self();
  if (child === null) return null;
  const program = programOf(child.method);
  const isAlive = () => program.isAlive(program.creator);
  parent ??= new ParentProcess(child.creatorName, child.creatorPid, creatorEnded(), isAlive);
  return parent;
}

/**
 * Ends this child, or the main program, at once. Python's `sys.exit`.
 *
 * Items whose `put()` has resolved are in their queue, and stay there; so are those that found room, awaited or not. A `put()` that
 * waits for room and a `send()` that waits, for room or for a large message to be received, end with the child: await them first.
 * What is lost so is told on the standard error stream.
 *
 * Differences from Python: it is no exception, so neither `catch` nor `finally` sees it.
 *
 * @param code The exit code, of which the lowest 8 bits count; `null` and `false` are 0, and `true` is 1; a text goes to
 *   the standard error stream, and the exit code is 1. @default 0
 * @throws {TypeError} when the code is none of these: neither a whole number nor a text.
 *
 * @example
 * ```ts
 * import { exit, Process } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const child = new Process({ target: quit });
 *   await child.start();
 *   console.log(await child.join()); // 3
 * }
 *
 * export function quit(): void {
 *   exit(3);
 * }
 * ```
 */
export function exit(code: number | string | boolean | null = 0): never {
  if (typeof code === "string") {
    tellLost();
    runtime.writeError(`${code}\n`);
    return runtime.lifecycle.exit(1);
  }
  const status = code === null || typeof code === "boolean" ? Number(code) : code;
  if (!Number.isInteger(status)) {
    throw new TypeError(`The exit code must be a whole number or a text, got ${show(code)}`);
  }
  tellLost();
  return runtime.lifecycle.exit(status & 0xff);
}

function tellLost(): void {
  const lost = lostByEnd();
  if (lost.length === 0) return;
  runtime.writeError(
    `exit() of ${processName()} loses ${lost.join(", ")}: await put() and send() before it\n`,
  );
}

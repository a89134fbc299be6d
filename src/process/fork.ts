/**
 * `fork` and `waitpid`, in the shape that JavaScript allows.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { ProcessError } from "../errors.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { within } from "../support/limit.ts";
import { checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import { Process } from "./process.ts";

/** What {@linkcode waitpid} found out. */
export interface WaitResult {
  /** The process id, or a thread's number: what `fork()` gave. */
  readonly pid: number;
  /** The exit code, or minus the number of the signal. */
  readonly exitCode: number;
}

/** Somebody who waits for the end of a forked child. */
interface Waiter {
  readonly pid: number;
  /** What it was given. */
  result: WaitResult | null;
  resolve(result: WaitResult): void;
  reject(error: Error): void;
}

/** The forked children that run, by their pids. The system gives a pid again to another child. */
const running = new Map<number, Process>();
/** Those that have ended, and that nobody has waited for yet. */
const ended = new Map<number, WaitResult>();
const waiters = new Set<Waiter>();

/** Any of the forked children. */
const ANY = -1;

/**
 * Runs a function in a new child. Python's `os.fork`, which copies the whole process instead.
 *
 * @param fn The function.
 * @param args Its arguments, which are copied.
 * @returns As soon as the child exists, its process id; under the start method `"thread"` the thread's number.
 * @throws {FreeVariableError} when the function uses outer variables.
 * @throws {SerializationError} when an argument cannot be sent.
 *
 * @example
 * ```ts
 * import { fork, waitpid } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const pid = await fork((n: number) => console.log(n * n), 7);
 *   console.log(await waitpid(pid)); // { pid: …, exitCode: 0 }
 * }
 * ```
 */
export async function fork<Args extends unknown[]>(
  fn: Callable<Args>,
  ...args: Args
): Promise<number> {
  return await forkWith(new Process<Args>({ target: fn, args }));
}

/** Starts a process, and remembers it for {@linkcode waitpid}. */
export async function forkWith(process: Process): Promise<number> {
  await process.start();
  const pid = Number(process.ident);
  // A child that had this pid before, and that nobody waited for, cannot be asked for any more.
  ended.delete(pid);
  running.set(pid, process);
  void process.join().then((exitCode) => {
    if (running.get(pid) !== process) return;
    running.delete(pid);
    settle(Object.freeze({ pid, exitCode: exitCode! }));
  });
  return pid;
}

/**
 * Waits for a child that `fork()` started; once it was waited for, it is forgotten. Python's `os.waitpid`.
 *
 * @param pid What `fork()` gave; -1 for any of these children.
 * @param options The longest wait (ms), and a signal.
 * @returns The child and its exit code.
 * @throws {ProcessError} when there is no such child, or somebody else was given its end.
 * @throws {TimeoutError} when the time is over; the child can be waited for again.
 *
 * @example
 * ```ts
 * import { fork, waitpid } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const { exitCode } = await waitpid(await fork(() => {}));
 *   console.log(exitCode); // 0
 * }
 * ```
 */
export async function waitpid(pid: number, options?: WaitOptions): Promise<WaitResult> {
  checkWaitOptions(options);
  if (!Number.isInteger(pid)) {
    throw new TypeError(`The pid must be a whole number, got ${show(pid)}`);
  }
  const over = [...ended.values()].find((result) => pid === ANY || result.pid === pid);
  if (over !== undefined) {
    ended.delete(over.pid);
    return over;
  }
  if (pid === ANY ? running.size === 0 : !running.has(pid)) throw noChild(pid);
  return await waitForEnd(pid, options);
}

async function waitForEnd(pid: number, options: WaitOptions | undefined): Promise<WaitResult> {
  let waiter!: Waiter;
  const served = new Promise<WaitResult>((resolve, reject) => {
    waiter = { pid, result: null, resolve, reject };
  });
  waiters.add(waiter);
  try {
    return await holding(within(served, options, `child ${pid} to end`));
  } catch (error) {
    waiters.delete(waiter);
    // A wait that was given up at the very moment of the end has consumed nothing.
    if (waiter.result !== null) settle(waiter.result);
    throw error;
  }
}

/** Gives the end of a child to who has waited longest for it; keeps it where nobody waits. */
function settle(result: WaitResult): void {
  for (const waiter of waiters) {
    if (waiter.pid !== ANY && waiter.pid !== result.pid) continue;
    waiters.delete(waiter);
    waiter.result = result;
    waiter.resolve(result);
    return refuseOthers();
  }
  ended.set(result.pid, result);
}

/** Who waits for a child that somebody else was given waits in vain. */
function refuseOthers(): void {
  for (const waiter of waiters) {
    if (waiter.pid === ANY ? running.size > 0 : running.has(waiter.pid)) continue;
    waiters.delete(waiter);
    waiter.reject(noChild(waiter.pid));
  }
}

function noChild(pid: number): ProcessError {
  return new ProcessError(`There is no forked child ${pid} to wait for`);
}

/**
 * `fork` and `waitpid`, in the shape that JavaScript allows.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { ProcessError } from "../errors.ts";
import { checkWaitOptions, type WaitOptions, within } from "../internal/options.ts";
import { Process } from "./process.ts";

/** What {@linkcode waitpid} found out. */
export interface WaitResult {
  /** The process id, or a thread's number: what `fork()` gave. */
  pid: number;
  /** The exit code, or minus the number of the signal. */
  exitCode: number;
}

/** The forked children that nobody has waited for yet. */
const forked = new Map<number, Promise<WaitResult>>();

/** Any of the forked children. */
const ANY = -1;

/**
 * Runs a function in a new child. Python's `os.fork`, which copies the whole process instead.
 *
 * @param fn The function.
 * @param args Its arguments, which are copied.
 * @returns The child's process id; under the start method `"thread"` the thread's number.
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
export function fork<Args extends unknown[]>(fn: Callable<Args>, ...args: Args): Promise<number> {
  return forkWith(new Process<Args>({ target: fn, args }));
}

/** Starts a process, and remembers it for {@linkcode waitpid}. */
export async function forkWith(process: Process): Promise<number> {
  await process.start();
  const pid = Number(process.ident);
  forked.set(pid, process.join().then((exitCode) => ({ pid, exitCode: exitCode! })));
  return pid;
}

/**
 * Waits for a child that `fork()` started; once it was waited for, it is forgotten. Python's `os.waitpid`.
 *
 * @param pid What `fork()` gave; -1 for any of these children.
 * @param options The longest wait (ms), and a signal.
 * @returns The child and its exit code.
 * @throws {ProcessError} when there is no such child.
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
  const ends = pid === ANY ? [...forked.values()] : [forked.get(pid)].filter((end) => end !== undefined);
  if (ends.length === 0) throw new ProcessError(`There is no forked child ${pid} to wait for`);
  const result = await within(Promise.race(ends), options, `child ${pid} to end`);
  forked.delete(result.pid);
  return result;
}


/**
 * The task that this worker runs, as the task itself may ask.
 *
 * @module
 */

import { CancelledError, ProcessError, TimeoutError } from "../../errors.ts";
import { show } from "../../support/options.ts";

/** The task of a pool that runs now. */
export interface CurrentTask {
  /** Its number in the pool; the same in all attempts. A chunk of a map is one task. */
  readonly id: number;
  /** Which attempt it is: 1, and more under `retries`. */
  readonly attempt: number;
  /**
   * Fires when the task is to stop: its call was cancelled, aborted or ran out of time. A task that yields to the event loop gets
   * the event; one that computes sees it whenever it reads `signal.aborted` or calls `signal.throwIfAborted()`.
   */
  readonly signal: AbortSignal;
  /**
   * What its call took along: whatever a listener to the diagnostics channel `allcores:pool:job:start` has written, for example
   * `traceparent`.
   */
  readonly carrier: Readonly<Record<string, string>>;
  /**
   * Says how far the task is: that is shown below the bar of its map, and told to `onProgress` as one of
   * {@linkcode Progress.tasks}. It may be called as often as one likes: it sends nothing, the pool looks when somebody wants to know. Each
   * item of a map begins anew; after the end of the task nothing is said.
   *
   * @param done How much is done, in whatever it counts.
   * @param total How much there is; may be left out. Where more is done it counts as not known.
   * @throws {TypeError} when one of them is no number.
   * @throws {RangeError} when one of them is negative or not finite.
   *
   * @example A call that says how far it is
   * ```ts
   * import { currentTask, Pool } from "@allcores/multiprocessing";
   *
   * export function sumTo(n: number): number {
   *   const { progress } = currentTask();
   *   let sum = 0;
   *   for (let i = 1; i <= n; i++) {
   *     sum += i;
   *     progress(i, n);
   *   }
   *   return sum;
   * }
   *
   * if (import.meta.main) {
   *   await using pool = new Pool(2);
   *   console.log(await pool.apply(sumTo, [1_000_000], { progress: true })); // 500000500000
   * }
   * ```
   */
  progress(this: void, done: number, total?: number | null): void;
}

/** The worker's side: what it knows of the task that runs. */
export interface TaskSource {
  readonly id: number;
  readonly attempt: number;
  readonly carrier: Readonly<Record<string, string>>;
  /** Why the task is to stop: 0 not at all, 2 for want of time, anything else otherwise. */
  readonly stopReason: number;
  /** Says that the task wants to know when it is to stop: then the callback, which looks, gives true. */
  watch(look: () => boolean): void;
  /** Says how far it is. */
  say(done: number, total: number | null): void;
}

/** Other copies of this library in the same program (a bundled one, say) must find the task, too. */
const KEY = Symbol.for("allcores.multiprocessing.task");

const shared = globalThis as { [KEY]?: () => CurrentTask | null };

/**
 * The task of a pool that this code runs in.
 *
 * It stays the same after an `await`, since a worker runs one task at a time. Python has no such function.
 *
 * @returns Its number, which attempt it is, a signal that fires when it is to stop, and what its call took along.
 * @throws {ProcessError} outside of a pool's task.
 *
 * @example A task that can be stopped, though it never yields
 * ```ts
 * import { CancelledError, currentTask, Pool } from "@allcores/multiprocessing";
 *
 * export function search(from: number): number {
 *   const { signal } = currentTask();
 *   let n = from;
 *   while (!signal.aborted) n++;
 *   return n;
 * }
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(1);
 *   const result = pool.applyAsync(search, [0]);
 *   await result.wait({ timeout: 50 });
 *   result.cancel();
 *   await result.get().catch((error) => console.log(error instanceof CancelledError)); // true
 * }
 * ```
 */
export function currentTask(): CurrentTask {
  const task = shared[KEY]?.() ?? null;
  if (task !== null) return task;
  throw new ProcessError("Cannot tell the current task: this code does not run in a pool's task");
}

/** Says who knows the task that runs; `null` where none does. */
export function provideTask(current: () => CurrentTask | null): void {
  shared[KEY] = current;
}

/** Makes what a task sees of itself. */
export function createTask(source: TaskSource): CurrentTask {
  const { id, attempt, carrier } = source;
  let signal: AbortSignal | null = null;
  return Object.freeze({
    id,
    attempt,
    carrier,
    get signal(): AbortSignal {
      return signal ??= createSignal(source);
    },
    progress(done: number, total: number | null = null): void {
      checkAmount("done", done);
      if (total !== null) checkAmount("total", total);
      source.say(done, total);
    },
  });
}

function checkAmount(name: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot tell progress: "${name}" must be a number, got ${show(value)}`);
  }
  if (value >= 0 && value < Infinity) return;
  throw new RangeError(
    `Cannot tell progress: "${name}" must be finite and at least 0, got ${value}`,
  );
}

/** A signal that looks at the shared memory whenever it is asked: no event comes to a task that does not yield. */
function createSignal(source: TaskSource): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")!;
  let isStopping = false;
  const look = (): boolean => {
    // Some runtimes ask in the course of `abort()` itself.
    if (isStopping) return aborted.get!.call(signal);
    const { stopReason } = source;
    if (stopReason === 0) return false;
    isStopping = true;
    controller.abort(reasonOf(stopReason));
    return true;
  };
  Object.defineProperties(signal, {
    aborted: { get: look, configurable: true },
    throwIfAborted: {
      value: () => {
        if (look()) throw signal.reason;
      },
      configurable: true,
    },
  });
  source.watch(look);
  return signal;
}

function reasonOf(stopReason: number): Error {
  return stopReason === 2
    ? new TimeoutError("The task ran out of time")
    : new CancelledError("The task was cancelled");
}

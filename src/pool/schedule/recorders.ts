/**
 * Who takes note of what pools do, for traces.
 *
 * They are told besides the channels of `diagnostics.ts`: at once, also before those are open, and once for each attempt at a task,
 * without an object for it, since a trace is to slow nothing down: a call may take less than a microsecond.
 *
 * @module
 */

import type { CallEnd } from "./diagnostics.ts";

/** How an attempt at a task ended. */
export type Ending = CallEnd | "retried";

/** What is noted of a task. It may change afterwards. */
export interface NotedTask {
  /** What a worker is asked to do: see `Request`. */
  readonly kind: number;
  /** The number of the task in its pool; 0 where no worker had it. */
  readonly id: number;
  /** The name of the worker that had it last; `null` where none did. */
  readonly worker: string | null;
  /** Which attempt it is, from 1 on. */
  readonly attempt: number;
  /** How many calls it is. */
  readonly calls: number;
  /** The position of its first item. */
  readonly first: number;
  /** When it was asked for (ms), by `performance.now()`. */
  readonly since: number;
  /** The call or map. */
  readonly job: NotedJob;
}

/** What is noted of a call or map. */
export interface NotedJob {
  /** Its number in its pool. */
  readonly number: number;
  readonly fn: { readonly name: string };
}

/** What is noted of a failure. */
export interface NotedFailure {
  /** What the task failed with; `null` where it was ended by others. */
  readonly error: unknown;
  /** How long it waits (ms) before it is run again; 0 where it is not. */
  readonly delayMs: number;
}

/** Something about a worker. */
export interface WorkerNote {
  readonly what: "start" | "ready" | "end";
  /** When (ms), by `performance.now()`. */
  readonly at: number;
  /** The number of the pool. */
  readonly pool: number;
  /** Its name. */
  readonly worker: string;
  /** Its process id; of a thread, that of its process. */
  readonly pid: number;
  /** How long it took to load (ms), and then to run its initializer: where it is ready; 0 otherwise. */
  readonly startMs: number;
  readonly initMs: number;
  /** How it ended, how many tasks it had done, and the bytes that it was sent and sent: where it did; 0 otherwise. */
  readonly exitCode: number;
  readonly tasks: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Who takes note. */
export interface Recorder {
  /**
   * An attempt at a task has ended, or calls that no worker had.
   *
   * @param at When that is known (ms), by `performance.now()`.
   * @param pool The number of the pool.
   * @param task The task.
   * @param ending How.
   * @param hasRun Whether the worker ran it.
   * @param runMs How long it ran (ms); `NaN` where that is not known.
   * @param failure Why, where it failed.
   */
  attempt(
    at: number,
    pool: number,
    task: NotedTask,
    ending: Ending,
    hasRun: boolean,
    runMs: number,
    failure: NotedFailure | null,
  ): void;
  /** Something has happened to a worker. */
  worker(note: WorkerNote): void;
}

/** All who take note of what the pools of this process do; as a rule nobody. */
export const recorders: Recorder[] = [];

/** Tells them of a worker. To be called where there are some. */
export function noteWorker(
  what: WorkerNote["what"],
  of: Pick<WorkerNote, "pool" | "worker" | "pid">,
  rest: Partial<WorkerNote> = {},
): void {
  const none = { startMs: 0, initMs: 0, exitCode: 0, tasks: 0, bytesIn: 0, bytesOut: 0 };
  const note: WorkerNote = { what, at: performance.now(), ...none, ...of, ...rest };
  for (const recorder of recorders) recorder.worker(note);
}

/**
 * Who takes note of what pools do, for traces: told at once, before the channels of `diagnostics.ts` are open, and in one note for
 * each attempt at a task, since a trace should slow nothing down. A note has all that is known of the time before it.
 *
 * @module
 */

import type { CallEnd } from "./diagnostics.ts";

/** How an attempt at a task ended. */
export type Ending = CallEnd | "retried";

/** An attempt at a task has ended, or calls that no worker had. Times (ms) are those of `performance.now()`. */
export interface AttemptNote {
  readonly ending: Ending;
  /** When that was known. */
  readonly at: number;
  /** The number of the pool. */
  readonly pool: number;
  /** The worker that had it last; `null` where none did. */
  readonly worker: string | null;
  /** The function's name. */
  readonly fn: string;
  /** The number of the call or map in its pool. */
  readonly job: number;
  /** The number of the task in its pool; 0 where no worker had it. */
  readonly task: number;
  /** How many calls it is. */
  readonly calls: number;
  /** The position of its first item. */
  readonly first: number;
  /** Which attempt it was, from 1 on. */
  readonly attempt: number;
  /** Whether it is one call, not items of a map. */
  readonly isCall: boolean;
  /** Whether the worker ran it. */
  readonly hasRun: boolean;
  /** When it was asked for. */
  readonly since: number;
  /** How long it waited (ms); `null` where that is not known. */
  readonly waitMs: number | null;
  /** How long it ran (ms); `null` where that is not known. */
  readonly runMs: number | null;
  /** How long it waits (ms) before it is run again. */
  readonly delayMs: number;
  /** What it failed with; `null` where it did not. */
  readonly error: unknown;
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
  /** How it ended, and how many tasks it had done: where it did; 0 otherwise. */
  readonly exitCode: number;
  readonly tasks: number;
}

/** Who takes note. */
export interface Recorder {
  /** An attempt at a task has ended. */
  attempt(note: AttemptNote): void;
  /** Something has happened to a worker. */
  worker(note: WorkerNote): void;
}

/** All who take note of what the pools of this process do; as a rule nobody. */
export const recorders: Recorder[] = [];

/** Tells them of an attempt. To be called where there are some. */
export function noteAttempt(note: AttemptNote): void {
  for (let i = 0; i < recorders.length; i++) recorders[i].attempt(note);
}

/** Tells them of a worker. To be called where there are some. */
export function noteWorker(
  what: WorkerNote["what"],
  of: Pick<WorkerNote, "pool" | "worker" | "pid">,
  rest: Partial<WorkerNote> = {},
): void {
  const none = { startMs: 0, initMs: 0, exitCode: 0, tasks: 0 };
  const note: WorkerNote = { what, at: performance.now(), ...none, ...of, ...rest };
  for (const recorder of recorders) recorder.worker(note);
}

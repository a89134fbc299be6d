/**
 * What a caller asks of a pool is a job. A job gives out tasks, one at a time; a task is what a worker is sent.
 *
 * @module
 */

import { copier, type MessageEncoder, type Outbox } from "../../messages/channel.ts";
import type { PoolFunction } from "./function_table.ts";
import type { RetryPlan } from "./retry.ts";

/** What a worker is sent. */
export interface Task {
  readonly job: Job;
  readonly kind: number;
  /** The arguments or items, or what they were encoded to; `null` when they were sent. */
  payload: unknown;
  /** How `payload` is written. */
  writer: MessageEncoder;
  /** What `payload` is for another attempt; `null` where there is none, or can be none any more. */
  spare: unknown;
  /** The number of the task in its pool; 0 before it is sent. */
  id: number;
  /** The name of the worker that it was given to last; `null` before. */
  worker: string | null;
  /** Which attempt it is, from 1 on. */
  attempt: number;
  /** How many calls it is. */
  readonly calls: number;
  /** The position of its first item. */
  readonly first: number;
  /** When it was asked for (ms). */
  readonly since: number;
}

/** Encodes a task that has to wait although its turn has come. */
export function keepTask(task: Task, outbox: Outbox): void {
  if (task.writer === copier) return;
  task.payload = outbox.encode(task.payload, "args");
  task.writer = copier;
  if (task.spare !== null) task.spare = task.payload;
}

/** What is special about a job. */
export interface JobSettings {
  /** Higher ones run first. */
  readonly priority: number;
  /** Whether tasks that fail are run again; `null`: never. */
  readonly retry: RetryPlan | null;
}

/** The settings of most jobs. */
export const ORDINARY: JobSettings = { priority: 0, retry: null };

/** Somebody's request to a pool. */
export interface Job {
  readonly fn: PoolFunction;
  readonly settings: JobSettings;
  /** Its number in its pool, from 1 on; 0 until its pool has it. */
  number: number;
  /** What its tasks find in `currentTask().carrier`; `null` where nobody has listened when it was made. */
  carrier: Readonly<Record<string, string>> | null;
  /** Whether it waits for workers: the queue says so. */
  isQueued: boolean;
  /** Whether there are tasks to give out. */
  readonly hasNext: boolean;
  /** How many calls are still to be given out. */
  readonly left: number;
  /** Whether nobody waits for its tasks any more. */
  readonly isOver: boolean;
  /** Encodes what must wait, so that the caller may change its values; a map reads its items as it goes. */
  keep(outbox: Outbox): void;
  /** Gives out the next task. */
  next(): Task;
  /** Takes note of a result. */
  succeed(task: Task, value: unknown): void;
  /** Takes note of a failure of a task. */
  fail(task: Task, error: unknown): void;
  /** Settles the whole job with an error. */
  abort(error: unknown): void;
}

/** How a job tells its caller. */
export interface Outcome {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * What a page is told, as JSON. The page's script is written against these types.
 *
 * All times are in milliseconds, memory is in bytes, and the use of processors is in processors: 1 is one that is used all the time.
 * `null` is what is not known here.
 *
 * @module
 */

import type { PoolStats, SlowTask } from "../../pool/schedule/insights.ts";

/** What a process uses. */
export interface UsageView {
  readonly memory: number | null;
  readonly cpu: number | null;
}

/** The program. */
export interface ProgramView extends UsageView {
  /** Tells one run of the program from the next one at the same address. */
  readonly id: string;
  /** Its main module's file name. */
  readonly name: string;
  readonly runtime: string;
  readonly pid: number;
  readonly cores: number;
  /** How long it has been watched. */
  readonly watchedMs: number;
  /** Whether the page may recycle workers and cancel tasks. */
  readonly mayControl: boolean;
}

/** The task that a worker is at. */
export interface TaskView {
  readonly fn: string;
  readonly calls: number;
  readonly job: number;
  readonly task: number;
  readonly ageMs: number;
}

/** A worker. */
export interface WorkerView extends UsageView {
  readonly name: string;
  readonly pid: number;
  readonly state: "starting" | "idle" | "busy" | "leaving";
  /** How many tasks it has done. */
  readonly tasks: number;
  readonly task: TaskView | null;
}

/** A pool. */
export interface PoolView extends Omit<PoolStats, "processes"> {
  /** Its number among the pools of the process. */
  readonly number: number;
  readonly method: string;
  readonly state: "running" | "closing" | "ended";
  readonly slowest: readonly SlowTask[];
  readonly workers: readonly WorkerView[];
  /** How many workers there are that are not listed. */
  readonly moreWorkers: number;
}

/** A map. */
export interface MapView {
  readonly pool: number;
  readonly job: number;
  readonly fn: string;
  /** How many calls it is; `null` where the items are read as they are needed. */
  readonly total: number | null;
  readonly done: number;
  /** How many calls failed, were lost or had no time left, and how many nobody wanted any more. */
  readonly failed: number;
  readonly cancelled: number;
  readonly elapsedMs: number;
  /** How many calls come to their end a second, lately. */
  readonly rate: number;
  readonly remainingMs: number | null;
  readonly isOver: boolean;
}

/** An error, or several that are alike and came one after the other. */
export interface ErrorView {
  readonly id: number;
  /** When it came last, in milliseconds since 1970. */
  readonly at: number;
  readonly times: number;
  readonly pool: number;
  readonly fn: string;
  readonly worker: string | null;
  readonly outcome: "failed" | "lost" | "timeout" | "retried";
  /** Its name and its message. */
  readonly title: string;
  /** Its stack, with those of its causes; empty where it has none. */
  readonly stack: string;
}

/** A queue. */
export interface QueueView {
  readonly number: number;
  readonly kind: string;
  /** How many items there are; `null` when it was closed here. */
  readonly size: number | null;
}

/** A manager. */
export interface ManagerView {
  readonly number: number;
  readonly name: string;
  readonly pid: number | null;
  readonly address: string | null;
  readonly state: "not started" | "serving" | "no answer" | "ended";
  readonly objects: number | null;
  readonly clients: number | null;
  /** How many objects there are of each type. */
  readonly types: Readonly<Record<string, number>>;
}

/** How things stand at one moment. */
export interface Snapshot {
  readonly program: ProgramView;
  readonly pools: readonly PoolView[];
  readonly maps: readonly MapView[];
  readonly queues: readonly QueueView[];
  readonly managers: readonly ManagerView[];
  /** How many there are that are not listed. */
  readonly more: { readonly pools: number; readonly maps: number; readonly queues: number };
}

/** What a pool was at in one second: its number, how many calls waited and ran, and how many were done, failed and lost in it. */
export type Point = readonly [
  second: number,
  waiting: number,
  running: number,
  done: number,
  failed: number,
  lost: number,
];

/** The points of one pool. */
export interface LineView {
  readonly pool: number;
  readonly points: readonly Point[];
}

/** What a page is sent: how things stand, and of what goes on what it has not got yet. */
export interface Update {
  readonly snapshot: Snapshot;
  /** The second that the lines end with. */
  readonly second: number;
  readonly lines: readonly LineView[];
  readonly errors: readonly ErrorView[];
  /** The errors that are still remembered begin with this one. */
  readonly firstError: number;
}

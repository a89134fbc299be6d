/**
 * What happens in pools, as events of `node:diagnostics_channel`, for monitoring tools.
 *
 * | channel | when | message |
 * | --- | --- | --- |
 * | `allcores:pool:worker:start` | a worker is started | {@linkcode WorkerEvent} |
 * | `allcores:pool:worker:ready` | it has run its `initializer`, and takes tasks | {@linkcode WorkerReadyEvent} |
 * | `allcores:pool:worker:end` | it has ended | {@linkcode WorkerEndEvent} |
 * | `allcores:pool:job:start` | a call or a map was made; told while its caller's code runs, so that it is known on whose behalf | {@linkcode JobEvent} |
 * | `allcores:pool:job:end` | all that was queued of it has ended | {@linkcode JobEndEvent} |
 * | `allcores:pool:task:queue` | a call waits for a worker; a map is as many calls as it has items | {@linkcode TaskEvent} |
 * | `allcores:pool:task:start` | a task, which may be several calls of a map, was given to a worker | {@linkcode TaskStartEvent} |
 * | `allcores:pool:task:retry` | it has failed, and is going to be run again | {@linkcode TaskRetryEvent} |
 * | `allcores:pool:task:end` | it has come to its end, in whichever way | {@linkcode TaskEndEvent} |
 *
 * So a monitor can count: each call that was queued is in one `task:end`, whatever becomes of it; and each task that was started
 * has one `task:end` with a `worker`.
 *
 * - Calls that wait or run: the sum of `calls` of `task:queue`, less that of `task:end`.
 * - Tasks that workers have: the number of `task:start`, less that of `task:end` whose `worker` is not `null`.
 *
 * A task is started once: when a worker is given it first. It may come back and go to another worker, or be run again (`retries`);
 * its end tells which worker had it last. Calls that no worker was given end with `worker: null`, those of one map in
 * one event. The items of `imap()`, and of a map with `maxInFlight`, are read as they are needed: each chunk of them is queued when it
 * is started, and where some items of a chunk failed and are run again, these are queued and started as tasks of their own.
 *
 * No event has a time: it is told in the moment in which this process learns of it. Ends are told when the answers are read: often
 * several in one moment, in the order in which their worker ran them.
 *
 * Who listens to `job:start` may write texts into its `carrier`, for example `traceparent`: the tasks find them in
 * `currentTask().carrier`.
 *
 * The module is loaded when the first pool is created, in the background, since that takes milliseconds on some runtimes;
 * what happens until then is told as soon as it is there. Where nobody listens nothing is made; who begins to listen hears of
 * calls from the next turn of the event loop on.
 *
 * @module
 */

/** An event of a worker. */
export interface WorkerEvent {
  /** The number of the pool in this process, counted from 1. */
  readonly pool: number;
  /** The worker's name. */
  readonly worker: string;
  /** Its process id; of a thread, that of its process. */
  readonly pid: number;
}

/** A worker takes tasks now. */
export interface WorkerReadyEvent extends WorkerEvent {
  /** How long it took until it had loaded, in milliseconds. */
  readonly startMs: number;
  /** How long its `initializer` took, in milliseconds. */
  readonly initMs: number;
}

/** A worker has ended. */
export interface WorkerEndEvent extends WorkerEvent {
  /** The exit code, or minus the signal's number. */
  readonly exitCode: number;
  /** How many tasks it has done. */
  readonly tasks: number;
}

/** What a call takes along for its tasks, for example `traceparent`. */
export type Carrier = Record<string, string>;

/** What tells a call or a map. */
export interface OfJob {
  /** The number of the pool in this process, counted from 1. */
  readonly pool: number;
  /** The function's name. */
  readonly fn: string;
  /** The number of the call or map in its pool, counted from 1. */
  readonly job: number;
}

/** A call or a map was made. */
export interface JobEvent extends OfJob {
  /** Whether it is one call, or a function over items. */
  readonly kind: "call" | "map";
  /** How many calls it is; `null` where the items are read as they are needed. */
  readonly total: number | null;
  /** What the tasks are to find in `currentTask().carrier`: listeners write into it, before they return. */
  readonly carrier: Carrier;
}

/** All that was queued of a call or map has ended. */
export type JobEndEvent = OfJob;

/** An event of a call, or of a task. */
export interface TaskEvent extends OfJob {
  /** How many calls it is: of a map, or of a chunk of it, one for each item. */
  readonly calls: number;
}

/** A task was given to a worker for the first time; the worker may still have to do another one before. */
export interface TaskStartEvent extends TaskEvent {
  /** The worker's name. */
  readonly worker: string;
  /** The number of the task in its pool, as in `currentTask().id`. */
  readonly task: number;
}

/** A task has failed, or has ended with its worker, and is going to be run again. */
export interface TaskRetryEvent extends TaskStartEvent {
  /** Which attempt has failed, counted from 1. */
  readonly attempt: number;
  /** What it failed with. */
  readonly error: unknown;
  /** How long it ran, in milliseconds; `null` where that is not known. */
  readonly runMs: number | null;
  /** How long it waits before it is run again, in milliseconds. */
  readonly delayMs: number;
}

/** A task has come to its end, or calls that were never given to a worker. */
export interface TaskEndEvent extends TaskEvent {
  /** The name of the worker that had it last; `null` where it was given to none. */
  readonly worker: string | null;
  /** The number of the task in its pool; `null` where it was given to no worker. */
  readonly task: number | null;
  /** Which attempt it was, counted from 1. */
  readonly attempt: number;
  /**
   * How it ended: with a result; with an error; with its worker; by its time (`timeout`, `taskTimeout`); or because nobody wanted
   * it any more: it was cancelled, another item of its map failed, or the pool was terminated.
   */
  readonly outcome: "done" | "failed" | "lost" | "timeout" | "cancelled";
  /** How long it waited until it ran, in milliseconds; `null` where that is not known. */
  readonly waitMs: number | null;
  /** How long it ran, in milliseconds; `null` where that is not known. */
  readonly runMs: number | null;
  /** What it failed with; `null` where it did not, or its caller has ended it. */
  readonly error: unknown;
}

/** How a task may end. */
export type CallEnd = TaskEndEvent["outcome"];

/** The part of `node:diagnostics_channel` that is used. */
interface DiagnosticsModule {
  channel(name: string): { readonly hasSubscribers: boolean; publish(message: unknown): void };
}

/** How many events are kept until the module is there. */
const MOST_EARLY = 10_000;

/** Resolves when the module is there, or there is none; `null` until it is asked for, and from then on. */
let opening: Promise<void> | null = null;
let isOpen = false;
/** How many events wait for the module. */
let early = 0;

/** One channel. */
class EventChannel<Event> {
  readonly #name: string;
  #channel: ReturnType<DiagnosticsModule["channel"]> | null = null;

  constructor(name: string) {
    this.#name = `allcores:pool:${name}`;
  }

  /** Whether anybody may be listening. To be asked before an event is made. */
  get isHeard(): boolean {
    return this.#channel === null ? opening !== null : this.#channel.hasSubscribers;
  }

  /** Tells those who listen. */
  publish(event: Event): void {
    if (this.#channel !== null) this.#channel.publish(event);
    else if (opening !== null && early++ < MOST_EARLY) {
      // A reaction runs on behalf of whoever asked for it, as the event itself would.
      void opening.then(() => this.#channel?.publish(event));
    }
  }

  connect(diagnostics: DiagnosticsModule): void {
    this.#channel = diagnostics.channel(this.#name);
  }
}

/** All channels, by what they tell. */
interface EventChannels {
  readonly workerStart: EventChannel<WorkerEvent>;
  readonly workerReady: EventChannel<WorkerReadyEvent>;
  readonly workerEnd: EventChannel<WorkerEndEvent>;
  readonly jobStart: EventChannel<JobEvent>;
  readonly jobEnd: EventChannel<JobEndEvent>;
  readonly taskQueue: EventChannel<TaskEvent>;
  readonly taskStart: EventChannel<TaskStartEvent>;
  readonly taskRetry: EventChannel<TaskRetryEvent>;
  readonly taskEnd: EventChannel<TaskEndEvent>;
}

/** The channels, which are opened by {@linkcode openChannels}. */
export const events: EventChannels = {
  workerStart: new EventChannel("worker:start"),
  workerReady: new EventChannel("worker:ready"),
  workerEnd: new EventChannel("worker:end"),
  jobStart: new EventChannel("job:start"),
  jobEnd: new EventChannel("job:end"),
  taskQueue: new EventChannel("task:queue"),
  taskStart: new EventChannel("task:start"),
  taskRetry: new EventChannel("task:retry"),
  taskEnd: new EventChannel("task:end"),
};

/** Whether anybody may be listening to calls or tasks. */
export function areTasksHeard(): boolean {
  const { jobStart, jobEnd, taskQueue, taskStart, taskRetry, taskEnd } = events;
  return taskEnd.isHeard || taskStart.isHeard || taskQueue.isHeard || jobStart.isHeard ||
    jobEnd.isHeard || taskRetry.isHeard;
}

/** Opens the channels, if that has not been done. */
export function openChannels(): void {
  if (!isOpen && opening === null) opening = open();
}

async function open(): Promise<void> {
  try {
    const diagnostics: DiagnosticsModule = await import("node:diagnostics_channel");
    for (const channel of Object.values(events)) channel.connect(diagnostics);
  } catch {
    // A runtime without it has nobody who listens.
  }
  isOpen = true;
  opening = null;
}

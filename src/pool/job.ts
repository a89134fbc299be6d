/**
 * What a caller asks of a pool: one call, or a function over many items. A job gives out tasks, one at a time; a task is
 * what a worker is sent.
 *
 * @module
 */

import { copier, dropEncoded, type Encoded, type MessageEncoder, type Outbox } from "./channel.ts";
import type { PoolFunction } from "./function_table.ts";
import { itemOf } from "./item_error.ts";
import { Request, type TaskFailure } from "./protocol.ts";
import { encoder } from "../domain/message.ts";
import { fromFailure, rememberFirstUse } from "../domain/failure.ts";

/** The longest time (ms) that a chunk of a map should take. */
const CHUNK_TIME = 2;
/** Items of a chunk at most, so that it fits into a ring where the items are numbers. */
const CHUNK_LIMIT = 4096;
/** A chunk is at most so many times as long as the one before, while the items' time is still being learned. */
const CHUNK_GROWTH = 16;

/** What a worker is sent. */
export interface Task {
  readonly job: Job;
  readonly kind: number;
  /** The arguments or items, or what they were encoded to. */
  payload: unknown;
  /** How `payload` is written. */
  writer: MessageEncoder;
  /** How many calls it is. */
  readonly calls: number;
  /** The position of its first item. */
  readonly first: number;
  /** When it was asked for (ms). */
  readonly since: number;
}

/** Somebody's request to a pool. */
export interface Job {
  readonly fn: PoolFunction;
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

/** One call. */
export class CallJob implements Job, Task {
  readonly fn: PoolFunction;
  readonly kind: number = Request.call;
  readonly calls = 1;
  readonly first = 0;
  readonly since: number;
  payload: unknown;
  writer: MessageEncoder = encoder;
  hasNext = true;
  isOver = false;
  readonly #outcome: Outcome;

  constructor(fn: PoolFunction, args: readonly unknown[], since: number, outcome: Outcome) {
    this.fn = fn;
    this.payload = args;
    this.since = since;
    this.#outcome = outcome;
  }

  /** A call whose arguments were encoded before. */
  static kept(fn: PoolFunction, args: Encoded, since: number, outcome: Outcome): CallJob {
    const job = new CallJob(fn, [], since, outcome);
    job.payload = args;
    job.writer = copier;
    return job;
  }

  /** A call is its own only task. */
  get job(): Job {
    return this;
  }

  get left(): number {
    return this.hasNext ? 1 : 0;
  }

  keep(outbox: Outbox): void {
    if (this.writer === copier) return;
    this.payload = outbox.encode(this.payload, "args");
    this.writer = copier;
  }

  next(): Task {
    this.hasNext = false;
    return this;
  }

  succeed(_task: Task, value: unknown): void {
    this.#outcome.resolve(value);
  }

  fail(_task: Task, error: unknown): void {
    this.#outcome.reject(error);
  }

  abort(error: unknown): void {
    if (this.writer === copier && this.payload !== null) dropEncoded(this.payload as Encoded);
    this.hasNext = false;
    this.isOver = true;
    this.#outcome.reject(error);
  }
}

/** How a map is carried out. */
export interface MapJobOptions {
  /** Whether each item is an array of arguments. */
  readonly star: boolean;
  /** Items of a chunk; `null`: as many as take about 2 ms. */
  readonly chunkSize: number | null;
  /** Whether the first failure settles the job, and drops what has not been started. */
  readonly failFast: boolean;
  /** How many workers share the items. */
  readonly workers: number;
}

/** A function over many items, in chunks. */
export class MapJob implements Job {
  readonly fn: PoolFunction;
  readonly #items: readonly unknown[];
  readonly #options: MapJobOptions;
  readonly #since: number;
  readonly #outcome: Outcome;
  readonly #results: unknown[];
  #given = 0;
  #outstanding = 0;
  #lastSize = 1;
  #failure: { error: unknown } | null = null;
  #settled = false;

  constructor(
    fn: PoolFunction,
    items: readonly unknown[],
    options: MapJobOptions,
    since: number,
    outcome: Outcome,
  ) {
    this.fn = fn;
    this.#items = items;
    this.#options = options;
    this.#since = since;
    this.#outcome = outcome;
    this.#results = new Array(items.length);
  }

  get hasNext(): boolean {
    return this.#given < this.#items.length && !this.#settled;
  }

  get left(): number {
    return this.#settled ? 0 : this.#items.length - this.#given;
  }

  get isOver(): boolean {
    return this.#settled;
  }

  keep(): void {}

  next(): Task {
    const first = this.#given;
    const calls = Math.min(this.#chunkSize(), this.#items.length - first);
    this.#given += calls;
    this.#outstanding++;
    return {
      job: this,
      kind: this.#options.star ? Request.starmap : Request.map,
      payload: this.#items.slice(first, first + calls),
      writer: encoder,
      calls,
      first,
      since: this.#since,
    };
  }

  succeed(task: Task, value: unknown): void {
    const values = value as unknown[];
    for (let i = 0; i < values.length; i++) this.#results[task.first + i] = values[i];
    this.#finishTask();
  }

  fail(task: Task, error: unknown): void {
    if (error instanceof Error && !("itemIndex" in error)) {
      const position = itemOf(error, this.#options.star ? "args" : "args[0]");
      setItemIndex(error, task.first + position);
    }
    this.#failure ??= { error };
    this.#finishTask();
  }

  abort(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#outcome.reject(error);
  }

  #finishTask(): void {
    this.#outstanding--;
    const isDone = this.#outstanding === 0 && !this.hasNext;
    if (this.#failure !== null && (this.#options.failFast || isDone)) {
      this.abort(this.#failure.error);
    } else if (isDone && !this.#settled) {
      this.#settled = true;
      this.#outcome.resolve(this.#results);
    }
  }

  /** As many items as take about {@linkcode CHUNK_TIME}, and few enough that all workers get some. */
  #chunkSize(): number {
    const { chunkSize, workers } = this.#options;
    if (chunkSize !== null) return chunkSize;
    const left = this.#items.length - this.#given;
    const share = Math.ceil(left / (workers * 2));
    const timed = this.fn.callTime === 0 ? 1 : Math.ceil(CHUNK_TIME / this.fn.callTime);
    this.#lastSize = Math.min(timed, this.#lastSize * CHUNK_GROWTH, CHUNK_LIMIT);
    return Math.max(1, Math.min(this.#lastSize, share));
  }
}

/**
 * Makes the error of a failed task.
 *
 * @param task The task.
 * @param failure What its worker sent.
 * @returns The thrown value; an error of a map carries `itemIndex`.
 */
export function taskError(task: Task, failure: TaskFailure): unknown {
  const error = fromFailure(failure);
  rememberFirstUse(error, task.job.fn.site);
  if (task.kind !== Request.call && error instanceof Error) {
    setItemIndex(error, task.first + failure.index);
  }
  return error;
}

function setItemIndex(error: Error, itemIndex: number): void {
  Object.defineProperty(error, "itemIndex", {
    value: itemIndex,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

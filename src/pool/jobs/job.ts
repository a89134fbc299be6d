/**
 * What a caller asks of a pool: one call, or a function over many items that are all there.
 *
 * @module
 */

import {
  copier,
  dropEncoded,
  type Encoded,
  type MessageEncoder,
  type Outbox,
} from "../../messages/channel.ts";
import type { ItemMeter } from "./item_meter.ts";
import type { PoolFunction } from "./function_table.ts";
import { timedChunk } from "./chunk_size.ts";
import { itemOf, setItemIndex } from "./item_error.ts";
import { Request } from "../protocol/records.ts";
import { type Job, type JobSettings, ORDINARY, type Outcome, type Task } from "./task.ts";
import { encoder } from "../../messages/message.ts";

/** One call. */
export class CallJob implements Job, Task {
  readonly fn: PoolFunction;
  /** A call is its own only task. */
  readonly job: Job = this;
  readonly kind: number = Request.call;
  readonly calls = 1;
  readonly first = 0;
  readonly since: number;
  payload: unknown;
  writer: MessageEncoder = encoder;
  readonly settings: JobSettings;
  spare: unknown = null;
  id = 0;
  worker: string | null = null;
  attempt = 1;
  hasNext = true;
  isOver = false;
  number = 0;
  carrier: Readonly<Record<string, string>> | null = null;
  isQueued = false;
  readonly #outcome: Outcome;

  constructor(
    fn: PoolFunction,
    args: readonly unknown[],
    since: number,
    outcome: Outcome,
    settings: JobSettings = ORDINARY,
  ) {
    this.fn = fn;
    this.payload = args;
    this.since = since;
    this.settings = settings;
    this.#outcome = outcome;
  }

  /** A call whose arguments were encoded before. */
  static kept(
    fn: PoolFunction,
    args: Encoded,
    since: number,
    outcome: Outcome,
    settings: JobSettings = ORDINARY,
  ): CallJob {
    const job = new CallJob(fn, [], since, outcome, settings);
    job.payload = args;
    job.writer = copier;
    if (settings.retry !== null) job.spare = args;
    return job;
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
    this.spare = null;
    this.isOver = true;
    this.#outcome.resolve(value);
  }

  fail(_task: Task, error: unknown): void {
    this.abort(error);
  }

  abort(error: unknown): void {
    if (this.writer === copier && this.payload !== null) dropEncoded(this.payload as Encoded);
    this.hasNext = false;
    this.isOver = true;
    this.payload = this.spare = null;
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
  /** Told of each task that is over. */
  readonly meter: ItemMeter | null;
}

/** A function over many items, in chunks. */
export class MapJob implements Job {
  readonly fn: PoolFunction;
  readonly #items: readonly unknown[];
  readonly #options: MapJobOptions;
  readonly settings: JobSettings;
  number = 0;
  carrier: Readonly<Record<string, string>> | null = null;
  isQueued = false;
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
    settings: JobSettings = ORDINARY,
  ) {
    this.fn = fn;
    this.settings = settings;
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
    const items = this.#items.slice(first, first + calls);
    return {
      job: this,
      kind: this.#options.star ? Request.starmap : Request.map,
      payload: items,
      writer: encoder,
      spare: this.settings.retry === null ? null : items,
      id: 0,
      worker: null,
      attempt: 1,
      calls,
      first,
      since: this.#since,
    };
  }

  succeed(task: Task, value: unknown): void {
    const values = value as unknown[];
    for (let i = 0; i < values.length; i++) this.#results[task.first + i] = values[i];
    if (!this.#settled) this.#options.meter?.add(task.calls, 0);
    this.#finishTask();
  }

  fail(task: Task, error: unknown): void {
    if (error instanceof Error && !("itemIndex" in error)) {
      const position = itemOf(error, this.#options.star ? "args" : "args[0]");
      setItemIndex(error, task.first + position);
    }
    this.#failure ??= { error };
    if (!this.#settled) this.#options.meter?.add(task.calls, task.calls);
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

  /** As many items as take a good time, and few enough that all workers get some. */
  #chunkSize(): number {
    const { chunkSize, workers } = this.#options;
    if (chunkSize !== null) return chunkSize;
    const left = this.#items.length - this.#given;
    const share = Math.ceil(left / (workers * 2));
    this.#lastSize = timedChunk(this.fn, this.#lastSize);
    return Math.max(1, Math.min(this.#lastSize, share));
  }
}

/**
 * Neighbouring items of a stream, and the tasks that they are sent in.
 *
 * @module
 */

import { encoder } from "../../messages/message.ts";
import type { MessageEncoder } from "../../messages/channel.ts";
import type { Job, Task } from "./task.ts";

/** Who takes a result. */
interface ResultTaker {
  resolve(value: unknown, index: number): void;
  reject(error: unknown, index: number): void;
}

/** Neighbouring items, and what became of them. */
export class StreamChunk {
  /** The position of its first item in the stream. */
  readonly first: number;
  readonly #values: unknown[];
  #errors: Map<number, unknown> | null = null;
  #unsettled: number;
  #taken = 0;

  /**
   * @param first The position of its first item in the stream.
   * @param size How many items there are.
   */
  constructor(first: number, size: number) {
    this.first = first;
    this.#values = new Array(size);
    this.#unsettled = size;
  }

  /** Whether all of its items are settled. */
  get isReady(): boolean {
    return this.#unsettled === 0;
  }

  /** Settles an item. */
  resolve(position: number, value: unknown): void {
    this.#values[position] = value;
    this.#unsettled--;
  }

  /** Settles an item that failed. */
  reject(position: number, error: unknown): void {
    this.#errors ??= new Map();
    this.#errors.set(position, error);
    this.#unsettled--;
  }

  /** Gives out the next result. Returns whether it was the last one. */
  take(taker: ResultTaker): boolean {
    const position = this.#taken++;
    const value = this.#values[position];
    this.#values[position] = undefined;
    const index = this.first + position;
    if (this.#errors?.has(position)) taker.reject(this.#errors.get(position), index);
    else taker.resolve(value, index);
    return this.#taken === this.#values.length;
  }
}

/** A task with items of one chunk. */
export class Piece implements Task {
  readonly job: Job;
  readonly chunk: StreamChunk;
  readonly kind: number;
  payload: unknown;
  writer: MessageEncoder;
  spare: unknown;
  id = 0;
  worker: string | null = null;
  attempt = 1;
  readonly calls: number;
  readonly since: number;
  readonly #offset: number;
  /** The items, where they may have to be sent again one by one. */
  #items: unknown[] | null;

  /**
   * @param job Whose it is.
   * @param chunk The chunk.
   * @param offset The position of its first item in the chunk.
   * @param items The items.
   * @param kind What the worker is told.
   * @param writer How the items are written.
   * @param since When it was asked for (ms).
   */
  constructor(
    job: Job,
    chunk: StreamChunk,
    offset: number,
    items: unknown[],
    kind: number,
    writer: MessageEncoder,
    since: number,
  ) {
    this.job = job;
    this.chunk = chunk;
    this.kind = kind;
    this.payload = items;
    this.writer = writer;
    this.spare = job.settings.retry === null ? null : items;
    this.calls = items.length;
    this.since = since;
    this.#offset = offset;
    this.#items = this.spare === null ? null : items;
  }

  /** Whether its items stand as they were given. */
  get isUnsent(): boolean {
    return Array.isArray(this.payload);
  }

  /** The position of its first item in the stream. */
  get first(): number {
    return this.chunk.first + this.#offset;
  }

  /** One of its items by itself; without the item where it is not going to be sent. */
  split(position: number): Piece {
    const { job, chunk, kind, since } = this;
    const given = this.#items ?? (Array.isArray(this.payload) ? this.payload : []);
    const items = [given[position]];
    const piece = new Piece(job, chunk, this.#offset + position, items, kind, encoder, since);
    piece.attempt = this.attempt;
    if (this.spare === null) piece.spare = null;
    return piece;
  }

  /** Settles its items, but for those that are left out. */
  succeed(values: unknown[], except?: ReadonlySet<number>): void {
    for (let i = 0; i < values.length; i++) {
      if (!except?.has(i)) this.chunk.resolve(this.#offset + i, values[i]);
    }
    this.spare = this.#items = null;
  }

  /** Settles all of its items with an error. */
  fail(error: unknown): void {
    for (let i = 0; i < this.calls; i++) this.chunk.reject(this.#offset + i, error);
    this.spare = this.#items = null;
  }
}

/**
 * A function over items that are read as they are needed, with results that are taken as they are wanted.
 *
 * Where an item is: in the buffer of the input, read and not sent; in a chunk, from then on until its result is taken. A chunk is
 * sent as one task, or in pieces where it could not be sent or answered as a whole. It is ready when each of its items is
 * settled.
 *
 * An error of the input is delivered behind all results; one that ends the job is delivered at once, and instead of them.
 *
 * Long because sending and taking share the chunks.
 *
 * @module
 */

import { SerializationError } from "../../errors.ts";
import { encoder } from "../../messages/message.ts";
import { Deque } from "../../support/deque.ts";
import { timedChunk } from "./chunk_size.ts";
import type { PoolFunction } from "./function_table.ts";
import type { ItemMeter } from "./item_meter.ts";
import { itemOf, setItemIndex } from "./item_error.ts";
import { Request } from "../protocol/records.ts";
import type { ItemSource } from "./reader.ts";
import { StreamInput, type StreamInputOwner } from "./stream_input.ts";
import { Piece, StreamChunk } from "./stream_chunk.ts";
import type { Job, JobSettings, Task } from "./task.ts";

/** Chunks in flight for each worker, where the user does not say how much: one that runs, one ahead, and what is not taken yet. */
const CHUNKS_A_WORKER = 4;

/** How a stream is carried out. */
export interface StreamOptions {
  /** Whether results are taken in the order of the items; otherwise in that of their completion. */
  readonly ordered: boolean;
  /** Whether each item is an array of arguments. */
  readonly star: boolean;
  /** Items of a chunk; `null`: as many as take a good time. */
  readonly chunkSize: number | null;
  /** The width of the window; `null`: as needed. */
  readonly maxInFlight: number | null;
  /** How many workers share the items. */
  readonly workers: number;
  /** Told how far it is. */
  readonly meter: ItemMeter | null;
}

/** Who gives a stream's tasks to workers. */
export interface StreamHost {
  /** Takes the job's tasks when its turn comes. */
  push(job: StreamJob): void;
  /** Says that all has been read and answered, or will never be. */
  finished(job: StreamJob): void;
}

/** Who takes results; of the three, exactly one is called for each that is taken. */
export interface Taker {
  resolve(value: unknown, index: number): void;
  reject(error: unknown, index: number): void;
  /** There is nothing more. */
  end(): void;
}

/** A function over items that are read as they are needed. */
export class StreamJob implements Job, StreamInputOwner {
  readonly fn: PoolFunction;
  readonly settings: JobSettings;
  number = 0;
  carrier: Readonly<Record<string, string>> | null = null;
  isQueued = false;
  isOver = false;
  readonly #input: StreamInput;
  readonly #options: StreamOptions;
  /** Called when there may be something to take. */
  readonly #wake: () => void;
  #host: StreamHost | null = null;
  /** Pieces of chunks that must be sent by themselves. */
  readonly #pieces = new Deque<Piece>();
  /** Chunks in the order in which their results are to be taken. */
  readonly #chunks = new Deque<StreamChunk>();
  #outstanding = 0;
  #given = 0;
  #lastSize = 1;
  #isFinished = false;
  #failure: { error: unknown } | null = null;

  /**
   * @param fn The function.
   * @param source The items.
   * @param options How it is carried out.
   * @param wake Called when there may be something to take.
   * @param settings What is special about it.
   */
  constructor(
    fn: PoolFunction,
    source: ItemSource,
    options: StreamOptions,
    wake: () => void,
    settings: JobSettings,
  ) {
    this.fn = fn;
    this.#input = new StreamInput(source, options.maxInFlight, this);
    this.#options = options;
    this.#wake = wake;
    this.settings = settings;
  }

  /** Whether there is a chunk to give, or at least something where nothing else would come of waiting for more. */
  get hasNext(): boolean {
    if (this.isOver) return false;
    if (this.#pieces.length > 0) return true;
    const { buffer: { length }, hasEnded } = this.#input;
    if (length === 0) return false;
    if (hasEnded || length >= this.#chunkSize()) return true;
    return this.#options.chunkSize === null && this.#outstanding === 0 &&
      !this.#input.isReadingAtOnce;
  }

  /** Whether there is nothing to take any more but the end, or what ended it. */
  get isExhausted(): boolean {
    return this.isOver || (this.#isFinished && this.#chunks.length === 0);
  }

  get left(): number {
    if (this.isOver) return 0;
    let calls = this.#input.buffer.length;
    for (const piece of this.#pieces) calls += piece.calls;
    return calls;
  }

  /** Begins to read. */
  begin(host: StreamHost): void {
    this.#host = host;
    this.#input.read();
  }

  /** Reads to the end from now on, whether or not results are taken; a width that the user gave is kept. */
  widen(): void {
    this.#input.widen();
  }

  /**
   * Takes the next result, if there is one.
   *
   * @param taker Told what it is.
   * @returns Whether it was told.
   */
  take(taker: Taker): boolean {
    const chunk = this.#ready();
    if (chunk !== null) {
      this.#input.inFlight--;
      if (chunk.take(taker)) this.#drop(chunk);
      this.#input.read();
      return true;
    }
    if (this.#failure !== null && (this.isOver || this.#isFinished)) {
      const { error } = this.#failure;
      this.#failure = null;
      taker.reject(error, -1);
      return true;
    }
    if (!this.isOver && !this.#isFinished) return false;
    taker.end();
    return true;
  }

  keep(): void {}

  next(): Task {
    const piece = this.#pieces.shift() ?? this.#nextChunk();
    this.#outstanding++;
    return piece;
  }

  succeed(task: Task, value: unknown): void {
    (task as Piece).succeed(value as unknown[]);
    this.#settled(task as Piece, task.calls, 0);
  }

  /**
   * Takes note of the items that did not fail, of a task in which some did.
   *
   * @param task The task.
   * @param results By position in the task.
   * @param failed The positions of those that failed: each is a task of its own from now on.
   * @returns These tasks.
   */
  succeedExcept(task: Task, results: unknown[], failed: readonly number[]): Task[] {
    const piece = task as Piece;
    const pieces = failed.map((position) => piece.split(position));
    piece.succeed(results, new Set(failed));
    this.#outstanding += pieces.length;
    this.#settled(piece, piece.calls - pieces.length, 0);
    return pieces;
  }

  /** Whether a task that fails so is tried again item by item. */
  splits(task: Task, error: unknown): boolean {
    return task.calls > 1 && (task as Piece).isUnsent && error instanceof SerializationError;
  }

  /** An item that cannot be sent fails alone: the others of its chunk go by themselves. */
  fail(task: Task, error: unknown): void {
    const piece = task as Piece;
    if (this.splits(piece, error)) {
      for (let i = 0; i < piece.calls; i++) this.#pieces.push(piece.split(i));
      this.#outstanding--;
      return this.changed();
    }
    if (error instanceof Error && !("itemIndex" in error)) {
      setItemIndex(error, piece.first + itemOf(error, this.#options.star ? "args" : "args[0]"));
    }
    piece.fail(error);
    this.#settled(piece, piece.calls, piece.calls);
  }

  abort(error: unknown): void {
    this.#stop({ error });
  }

  /** Ends the job, which nobody wants to know more of. */
  stop(): void {
    this.#stop(null);
  }

  /** What waits is dropped, the input is closed. */
  #stop(failure: { error: unknown } | null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#failure = failure;
    this.#pieces.clear();
    this.#chunks.clear();
    this.closing = this.#input.stop();
    this.#finish();
    this.#wake();
  }

  /** Resolves when the input has been closed; `null` where there was nothing to close. */
  closing: Promise<unknown> | null = null;

  /** How many items may be in flight, where the user does not say: as many as keep all workers busy. */
  get width(): number {
    return CHUNKS_A_WORKER * this.#options.workers * this.#chunkSize();
  }

  /** The input has come to its end. */
  ended(): void {
    this.#options.meter?.expect(this.#given + this.#input.buffer.length);
  }

  /** The input has failed: that is told behind all results. */
  failed(error: unknown): void {
    this.#failure = { error };
  }

  /** Gets in line where there is something to give, and says so where everything has been given and answered. */
  changed(): void {
    if (this.hasNext && !this.isQueued && this.#host !== null) this.#host.push(this);
    const { buffer, hasEnded } = this.#input;
    const isIdle = this.#outstanding === 0 && buffer.length === 0;
    if (hasEnded && isIdle && this.#pieces.length === 0) this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#host?.finished(this);
    this.#options.meter?.end();
    if (!this.isOver) this.#wake();
  }

  #nextChunk(): Piece {
    const { buffer } = this.#input;
    const size = Math.min(this.#chunkSize(), buffer.length);
    this.#lastSize = size;
    const items: unknown[] = new Array(size);
    for (let i = 0; i < size; i++) items[i] = buffer.shift();
    const chunk = new StreamChunk(this.#given, size);
    this.#given += size;
    if (this.#options.ordered) this.#chunks.push(chunk);
    const kind = this.#options.star ? Request.starmapEach : Request.mapEach;
    return new Piece(this, chunk, 0, items, kind, encoder, performance.now());
  }

  #settled(piece: Piece, items: number, failed: number): void {
    this.#outstanding--;
    if (this.isOver) return;
    this.#options.meter?.add(items, failed);
    if (!this.#options.ordered && piece.chunk.isReady) this.#chunks.push(piece.chunk);
    this.changed();
    if (this.#chunks.first?.isReady) this.#wake();
  }

  #ready(): StreamChunk | null {
    const chunk = this.#chunks.first;
    return chunk?.isReady ? chunk : null;
  }

  #drop(chunk: StreamChunk): void {
    if (this.#chunks.first === chunk) this.#chunks.shift();
  }

  /** Items of the next chunk; few enough that all workers get some. */
  #chunkSize(): number {
    const { chunkSize, maxInFlight, workers } = this.#options;
    if (chunkSize !== null) return chunkSize;
    const timed = timedChunk(this.fn, this.#lastSize);
    const { buffer, hasEnded } = this.#input;
    const left = hasEnded ? buffer.length : maxInFlight;
    return left === null ? timed : Math.max(1, Math.min(timed, Math.ceil(left / (workers * 2))));
  }
}

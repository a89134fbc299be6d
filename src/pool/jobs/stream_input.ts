/**
 * The items of a stream, which are read as they are needed.
 *
 * An item is in flight from when it is read until its result has been taken. There are never more in flight than the window is
 * wide, so neither input nor output piles up, whatever is endless, slow or not wanted any more. The window is as wide as the
 * user says, or as wide as keeps all workers busy.
 *
 * Reading stops at the input's end, at its error, and at the end of the stream, which closes the input.
 *
 * @module
 */

import { Deque } from "../../support/deque.ts";
import type { ItemSource } from "./reader.ts";

/** Who sends the items. */
export interface StreamInputOwner {
  /** Whether the stream is over. */
  readonly isOver: boolean;
  /** How many items may be in flight, where the user does not say. */
  readonly width: number;
  /** There may be more to send, or nothing more to come. */
  changed(): void;
  /** The input has come to its end. */
  ended(): void;
  /** The input has failed. */
  failed(error: unknown): void;
}

/** The input of one stream. */
export class StreamInput {
  /** What was read and has not been sent. */
  readonly buffer: Deque<unknown> = new Deque();
  /** Whether nothing more is to be read. */
  hasEnded = false;
  /** How many items are in flight: counted up here, and down by the owner when a result is taken. */
  inFlight = 0;
  readonly #source: ItemSource;
  readonly #maxInFlight: number | null;
  readonly #owner: StreamInputOwner;
  #window = 0;
  #isReading = false;

  /**
   * @param source The items.
   * @param maxInFlight The width of the window; `null`: as needed.
   * @param owner Who sends them.
   */
  constructor(source: ItemSource, maxInFlight: number | null, owner: StreamInputOwner) {
    this.#source = source;
    this.#maxInFlight = maxInFlight;
    this.#owner = owner;
  }

  /** Whether an input that gives all at once is being read at this moment. */
  get isReadingAtOnce(): boolean {
    return this.#isReading && !this.#source.isSlow;
  }

  /** Reads what there is room for, and says so; what has to be waited for is read in the background. */
  read(): void {
    if (this.#isReading || this.hasEnded) return this.#owner.changed();
    this.#adjust();
    if (this.inFlight >= this.#window) return this.#owner.changed();
    this.#isReading = true;
    if (this.#source.isSlow) return void this.#readSlowly();
    try {
      while (this.#mayRead()) this.#take(this.#source.take(this.buffer));
    } catch (error) {
      this.#fail(error);
    }
    this.#isReading = false;
    this.#owner.changed();
  }

  /** Reads to the end from now on, whether or not results are taken; a width that the user gave is kept. */
  widen(): void {
    this.#window = Infinity;
    this.read();
  }

  /**
   * Reads nothing more, and drops what has not been sent.
   *
   * @returns Resolves when the input has been closed; `null` where there was nothing to close.
   */
  stop(): Promise<unknown> | null {
    this.buffer.clear();
    const closing = this.hasEnded ? null : this.#source.close();
    this.hasEnded = true;
    return closing;
  }

  async #readSlowly(): Promise<void> {
    try {
      while (this.#mayRead()) {
        this.#take(await this.#source.takeLater(this.buffer));
        this.#owner.changed();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isReading = false;
    this.#owner.changed();
  }

  #mayRead(): boolean {
    return !this.hasEnded && this.inFlight < this.#window;
  }

  /** Takes note of an item, or of the end. */
  #take(found: boolean): void {
    if (found) this.inFlight++;
    else this.#end();
    // It may have been ended by whoever gave the item, or while that was waited for.
    if (this.#owner.isOver) this.buffer.clear();
  }

  #end(): void {
    this.hasEnded = true;
    this.#owner.ended();
  }

  #fail(error: unknown): void {
    void this.#source.close();
    if (this.#owner.isOver) return;
    this.hasEnded = true;
    this.#owner.failed(error);
  }

  /** The window never becomes narrower, lest chunks become smaller than their time allows. */
  #adjust(): void {
    this.#window = this.#maxInFlight ?? Math.max(this.#window, this.#owner.width);
  }
}

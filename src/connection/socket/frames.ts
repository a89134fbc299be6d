/**
 * Messages in a stream of bytes, both directions; no stream and no timer in here.
 *
 * A frame is its length (4 bytes, the most significant first; without these four), its kind (one byte), and what it holds. So
 * a reader knows how much to expect before it has it, and refuses what is longer than the limit of the moment before it
 * keeps any of it.
 *
 * @module
 */

import { ProcessError } from "../../errors.ts";

const HEADER = 5;

/**
 * The longest frame (bytes): a little less than 4 GiB, which is what four bytes can tell, and what every runtime can hold in one
 * array of bytes. The other side may run on any.
 */
export const LARGEST_FRAME: number = 2 ** 32 - 4096;

/** What was received as one frame. */
export interface Frame {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/**
 * The first bytes of a frame.
 *
 * @param kind Its kind.
 * @param size How much it holds (bytes).
 * @returns The header.
 */
export function frameHeader(kind: number, size: number): Uint8Array {
  const header = new Uint8Array(HEADER);
  new DataView(header.buffer).setUint32(0, size + 1);
  header[4] = kind;
  return header;
}

/**
 * Bytes behind other ones, in one array: so they leave in one packet, and are signed as one.
 *
 * @returns A copy.
 */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.byteLength + second.byteLength);
  all.set(first);
  all.set(second, first.byteLength);
  return all;
}

/** Takes a stream apart, one frame at a time. */
export class FrameReader {
  /** The longest frame (bytes) that is accepted from now on. */
  limit: number;
  readonly #header = new Uint8Array(HEADER);
  #headed = 0;
  /** What the present frame holds, as far as it has arrived. */
  #body: Uint8Array | null = null;
  #filled = 0;

  /** @param limit The longest frame (bytes) that is accepted. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether a frame has begun that is not complete. */
  get hasBegun(): boolean {
    return this.#headed > 0;
  }

  /**
   * Takes bytes of the stream, up to the end of a frame.
   *
   * @param chunk The bytes, of which nothing is kept.
   * @param start From where on.
   * @returns Up to where they were taken.
   * @throws {ProcessError} when a frame is empty or too long: the stream cannot be understood any more.
   */
  push(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#body === null) at += this.#takeHeader(chunk, at);
    if (this.#body !== null) at += this.#takeBody(this.#body, chunk, at);
    return at;
  }

  /** The frame that is complete, once; `null` when there is none. */
  take(): Frame | null {
    if (this.#body === null || this.#filled < this.#body.byteLength) return null;
    const frame = { kind: this.#header[4], bytes: this.#body };
    this.#body = null;
    this.#headed = 0;
    return frame;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const count = Math.min(HEADER - this.#headed, chunk.byteLength - at);
    this.#header.set(chunk.subarray(at, at + count), this.#headed);
    this.#headed += count;
    if (this.#headed === HEADER) this.#begin();
    return count;
  }

  #begin(): void {
    const size = new DataView(this.#header.buffer).getUint32(0) - 1;
    if (size < 0 || size > this.limit) {
      throw new ProcessError(`The other side announced a message of ${size} bytes`);
    }
    this.#body = bodyOf(size);
    this.#filled = 0;
  }

  #takeBody(body: Uint8Array, chunk: Uint8Array, at: number): number {
    const count = Math.min(body.byteLength - this.#filled, chunk.byteLength - at);
    body.set(chunk.subarray(at, at + count), this.#filled);
    this.#filled += count;
    return count;
  }
}

function bodyOf(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new ProcessError(`There is no memory for a message of ${size} bytes`, { cause });
  }
}

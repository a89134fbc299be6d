/**
 * Writes to a socket, large messages in pieces, each when the one before has left: a runtime's socket may copy what is left of
 * what it was given whenever some of it has left, so that the time grows with the square of the size, or take no 2 GiB at all.
 *
 * @module
 */

import type { Socket } from "node:net";
import { Deque } from "../../support/deque.ts";

/** How much (bytes) is given to the socket at once. */
const PIECE = 1 << 20;

type Settle = (error?: Error | null) => void;

/** What waits to be written. */
interface Unwritten {
  readonly bytes: Uint8Array;
  /** How much of it was given to the socket. */
  start: number;
  readonly settle: Settle;
}

/** The writing side of a socket. */
export class PieceWriter {
  readonly #socket: Socket;
  readonly #unwritten = new Deque<Unwritten>();
  #isEnding = false;

  /** @param socket A connected socket; nobody else writes to it. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Writes bytes behind all that was written before.
   *
   * @param bytes The bytes, which nobody changes any more.
   * @param settle Called when they have left, or cannot any more.
   */
  write(bytes: Uint8Array, settle: Settle = () => {}): void {
    if (this.#unwritten.length === 0 && bytes.byteLength <= PIECE) {
      return void this.#socket.write(bytes, settle);
    }
    this.#unwritten.push({ bytes, start: 0, settle });
    if (this.#unwritten.length === 1) this.#next();
  }

  /** Ends the stream, behind all that was written before. */
  end(): void {
    this.#isEnding = true;
    if (this.#unwritten.length === 0) this.#socket.end();
  }

  #next(): void {
    const first = this.#unwritten.first;
    if (first === undefined) {
      if (this.#isEnding) this.#socket.end();
      return;
    }
    const { bytes, start, settle } = first;
    first.start = Math.min(start + PIECE, bytes.byteLength);
    this.#socket.write(bytes.subarray(start, first.start), (error) => {
      if (error || first.start === bytes.byteLength) {
        this.#unwritten.shift();
        settle(error);
      }
      this.#next();
    });
  }
}

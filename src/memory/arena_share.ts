/**
 * A block of the arena, as one party has it.
 *
 * @module
 */

import { ARRIVED, PINNED, SENT } from "./block_header.ts";
import { HEADER } from "./holders.ts";
import {
  isBefore,
  nextSending,
  type Outbox,
  type Outgoing,
  type Share,
  toTicket,
} from "./share.ts";

/** The block's place, its size without the header, its nonce, and the number of the sending. */
export type Payload = [offset: number, size: number, nonce: number, ticket: number];

/** A block of the arena. */
export interface Piece {
  readonly offset: number;
  readonly size: number;
  readonly nonce: number;
}

/** What the heap does for a share of it. */
export interface Services {
  readonly extension: Share["extension"];
  /** Does at once what is done else when the share is collected. */
  giveBack(): void;
}

/** {@linkcode Share} of a block of the arena. */
export class ArenaShare implements Share, Outgoing {
  readonly buffer: SharedArrayBuffer;
  readonly start: number;
  readonly size: number;
  readonly #words: Int32Array;
  readonly #piece: Piece;
  readonly #outbox: Outbox<ArenaShare>;
  readonly extension: Share["extension"];
  readonly #giveBack: () => void;
  #lastSent: number;

  constructor(
    buffer: SharedArrayBuffer,
    words: Int32Array,
    piece: Piece,
    outbox: Outbox<ArenaShare>,
    { extension, giveBack }: Services,
  ) {
    this.extension = extension;
    this.#giveBack = giveBack;
    this.buffer = buffer;
    this.start = piece.offset + HEADER;
    this.size = piece.size;
    this.#words = words;
    this.#piece = piece;
    this.#outbox = outbox;
    // One that was inherited is on its way already.
    this.#lastSent = Atomics.load(words, piece.offset / 4 + SENT);
  }

  send(): Payload {
    const { offset, size, nonce } = this.#piece;
    this.#lastSent = nextSending(this.#words, offset / 4 + SENT);
    this.#outbox.add(this);
    return [offset, size, nonce, toTicket(this.#lastSent)];
  }

  delivered(): boolean {
    return !isBefore(Atomics.load(this.#words, this.#piece.offset / 4 + ARRIVED), this.#lastSent);
  }

  get wasSent(): boolean {
    return Atomics.load(this.#words, this.#piece.offset / 4 + SENT) !== 0;
  }

  release(): void {
    this.#giveBack();
  }

  pin(): void {
    Atomics.store(this.#words, this.#piece.offset / 4 + PINNED, 1);
  }
}

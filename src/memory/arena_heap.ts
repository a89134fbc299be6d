/**
 * Shared memory for threads: each piece is a block of the arena, with a list of the parties that have it.
 *
 * Header of a block, in words: 0 its nonce (0: free); 1 whether it is pinned; 2 how often it was sent; 3 the number of
 * the last sending that arrived; the others are the parties that have it: see `holders.ts`.
 *
 * All headers are guarded by one latch, whose place stands in word 8 of the arena; so a thread may be terminated
 * anywhere. A thread that ends drops nothing by itself: whoever drops a block while others have it looks after it, and frees
 * it when those have ended. A nonce tells a block from those that were at its place before.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { align, type ArenaRef, type Extension, type Views } from "../sync/block.ts";
import { Latch, LATCH_WORDS } from "../sync/latch.ts";
import { takeLatch } from "../sync/take_latch.ts";
import type { ArenaMemory } from "./arena_memory.ts";
import { HEADER, Holders, initHolders } from "./holders.ts";
import {
  fromTicket,
  isBefore,
  nextSending,
  Outbox,
  type Outgoing,
  randomWord,
  type Share,
  type SharedHeap,
  toTicket,
} from "./share.ts";

const NONCE = 0;
const PINNED = 1;
const SENT = 2;
const ARRIVED = 3;
/** The word of the arena that names the latch's place, in units of 64 bytes. */
const LATCH_PLACE = 8;

/** The block's place, its size without the header, its nonce, and the number of the sending. */
type Payload = [offset: number, size: number, nonce: number, ticket: number];

interface Piece {
  readonly offset: number;
  readonly size: number;
  readonly nonce: number;
}

/** What the heap does for a share of it. */
interface Services {
  readonly extension: Share["extension"];
  /** Does at once what is done else when the share is collected. */
  giveBack(): void;
}

/** Frees the extension of a piece. */
interface Destroyer {
  readonly nonce: number;
  readonly destroy: (words: Int32Array) => void;
}

/** What the heap needs to know of the parties that have its blocks. */
export interface PartyLife {
  /** Whether a party has ended, as far as anybody has noticed. */
  isDead(party: number): boolean;
  /** Asks the system whether a party has ended, so that `isDead` knows; 0: nobody. */
  probe(party: number): void;
}

/** {@linkcode SharedHeap} over the buffer that all threads of a program share. */
export class ArenaHeap implements SharedHeap {
  readonly #memory: ArenaMemory;
  readonly #self: number;
  readonly #probe: (party: number) => void;
  readonly #words: Int32Array;
  readonly #latch: Latch;
  readonly #holders: Holders;
  readonly #outbox = new Outbox<ArenaShare>();
  /** How many objects of this party stand for a block. */
  readonly #uses = new Map<number, number>();
  /** Blocks that this party has dropped and others may have. */
  readonly #left = new Map<number, Piece>();
  /** What frees the extensions of pieces that have one. */
  readonly #destroyers = new Map<number, Destroyer>();
  readonly #gone = new FinalizationRegistry<Piece>((piece) => this.#release(piece));

  /**
   * @param memory The arena.
   * @param self This party.
   * @param life Tells which parties have ended.
   */
  constructor(memory: ArenaMemory, self: number, { isDead, probe }: PartyLife) {
    this.#memory = memory;
    this.#self = self;
    this.#probe = probe;
    this.#words = new Int32Array(memory.buffer);
    const at = latchPlace(memory, this.#words) / 4;
    this.#latch = new Latch(this.#words, at, self, isDead);
    this.#holders = new Holders(memory, this.#latch, self, isDead);
  }

  allocate(size: number): Share {
    this.#tidy();
    const { offset } = this.#memory.allocate(HEADER + align(size)).ref as ArenaRef;
    const piece = { offset, size, nonce: randomWord() };
    const words = this.#words;
    initHolders(words, offset / 4, this.#self);
    Atomics.store(words, offset / 4 + NONCE, piece.nonce);
    return this.#toShare(piece);
  }

  open(payload: unknown): Share {
    const [offset, size, nonce, ticket] = payload as Payload;
    const number = fromTicket(ticket);
    const at = offset / 4;
    const fits = at > 0 && offset + HEADER + size <= this.#memory.buffer.byteLength;
    const found = fits && this.#enter((latch) => {
      if (latch.get(at + NONCE) !== nonce) return false;
      this.#holders.add(at);
      if (isBefore(latch.get(at + ARRIVED), number)) latch.set(at + ARRIVED, number);
      return true;
    });
    if (found) return this.#toShare({ offset, size, nonce });
    throw new NotSupportedError(
      "Cannot open shared memory: every thread that had it has ended or given it up. Keep it until it was received",
    );
  }

  #toShare(piece: Piece): Share {
    const { nonce } = piece;
    const extension = (destroy: Destroyer["destroy"]): Extension => {
      this.#destroyers.set(piece.offset, { nonce, destroy });
      return new ArenaExtension(this.#memory);
    };
    const giveBack = (): void => {
      if (this.#gone.unregister(piece)) this.#release(piece);
    };
    const { buffer } = this.#memory;
    const share = new ArenaShare(buffer, this.#words, piece, this.#outbox, { extension, giveBack });
    this.#uses.set(piece.offset, (this.#uses.get(piece.offset) ?? 0) + 1);
    this.#left.delete(piece.offset);
    this.#gone.register(share, piece, piece);
    return share;
  }

  #release(piece: Piece): void {
    const uses = this.#uses.get(piece.offset)! - 1;
    if (uses > 0) {
      this.#uses.set(piece.offset, uses);
      return;
    }
    this.#uses.delete(piece.offset);
    this.#drop(piece);
  }

  /** Frees a block, unless others have it. */
  #drop(piece: Piece): void {
    const at = piece.offset / 4;
    let lists: number[] = [];
    const state = this.#enter((latch) => {
      if (latch.get(at + NONCE) !== piece.nonce) return "gone";
      const isHeld = this.#holders.remove(at);
      if (isHeld || latch.get(at + PINNED) !== 0) return "held";
      lists = this.#holders.placesOf(at);
      latch.set(at + NONCE, 0);
      return "free";
    });
    if (state === "held") this.#left.set(piece.offset, piece);
    else this.#left.delete(piece.offset);
    if (state === "held") return;
    const destroyer = this.#destroyers.get(piece.offset);
    if (destroyer?.nonce === piece.nonce) this.#destroyers.delete(piece.offset);
    if (state !== "free") return;
    if (destroyer?.nonce === piece.nonce) {
      destroyer.destroy(new Int32Array(this.#memory.buffer, piece.offset + HEADER, piece.size / 4));
    }
    this.#holders.free(lists);
    const size = HEADER + align(piece.size);
    this.#memory.open({ offset: piece.offset, size }).free();
  }

  #tidy(): void {
    if (!this.#outbox.tidy()) return;
    for (const piece of this.#left.values()) this.#drop(piece);
  }

  #enter<T>(section: (latch: Latch) => T): T {
    const latch = this.#latch;
    takeLatch(latch, this.#probe);
    try {
      const result = section(latch);
      latch.leave();
      return result;
    } catch (error) {
      latch.abandon();
      throw error;
    }
  }
}

class ArenaShare implements Share, Outgoing {
  readonly buffer: SharedArrayBuffer;
  readonly start: number;
  readonly size: number;
  readonly #words: Int32Array;
  readonly #piece: Piece;
  readonly #outbox: Outbox<ArenaShare>;
  readonly extension: Share["extension"];
  readonly #giveBack: () => void;
  #lastSent = 0;

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

  release(): void {
    if (Atomics.load(this.#words, this.#piece.offset / 4 + SENT) === 0) this.#giveBack();
  }

  pin(): void {
    Atomics.store(this.#words, this.#piece.offset / 4 + PINNED, 1);
  }
}

/** {@linkcode Extension} by blocks of the arena, in units of 64 bytes. */
class ArenaExtension implements Extension {
  readonly canFreeTwice: boolean = false;
  readonly #memory: ArenaMemory;

  constructor(memory: ArenaMemory) {
    this.#memory = memory;
  }

  choose(size: number): number {
    return (this.#memory.allocate(size).ref as ArenaRef).offset / 64;
  }

  create(place: number, size: number): Views {
    return this.open(place, size);
  }

  open(place: number, size: number): Views {
    return this.#memory.open({ offset: place * 64, size });
  }

  free(place: number, size: number): void {
    this.#memory.open({ offset: place * 64, size }).free();
  }
}

/** The place of the latch; whoever needs it first puts it somewhere. */
function latchPlace(memory: ArenaMemory, words: Int32Array): number {
  const place = Atomics.load(words, LATCH_PLACE);
  if (place !== 0) return place * 64;
  const block = memory.allocate(LATCH_WORDS * 4);
  const { offset } = block.ref as ArenaRef;
  const found = Atomics.compareExchange(words, LATCH_PLACE, 0, offset / 64);
  if (found === 0) return offset;
  block.free();
  return found * 64;
}

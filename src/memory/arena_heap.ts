/**
 * Shared memory for threads: each piece is a block of the arena, with a list of the parties that have it.
 *
 * All headers are guarded by one latch, whose place stands in word 8 of the arena, with the beginnings of the chains behind
 * it; so a thread may be terminated anywhere. A thread that ends drops nothing by itself. Each block is in the chain of a
 * keeper, at first who made it; whoever buries a keeper frees what nobody has any more, and gives the rest to those who have
 * it. And whoever drops a block while others have it looks after it, and frees it when those have ended. A nonce tells a block
 * from those that were at its place before.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { align, type ArenaRef, type Extension, getSize, putSize } from "../sync/block.ts";
import { Latch, LATCH_WORDS } from "../sync/latch.ts";
import { takeLatch } from "../sync/take_latch.ts";
import { ArenaExtension, partsOf, type Section } from "./arena_extension.ts";
import type { ArenaMemory } from "./arena_memory.ts";
import { ArenaShare, type Payload, type Piece } from "./arena_share.ts";
import { BlockChain, KEPT } from "./block_chains.ts";
import { ARRIVED, NONCE, PINNED, SENT, SIZE } from "./block_header.ts";
import { HEADER, Holders, initHolders } from "./holders.ts";
import { fromTicket, isBefore, Outbox, randomWord, type Share, type SharedHeap } from "./share.ts";

/** The word of the arena that names the latch's place, in units of 64 bytes. */
const LATCH_PLACE = 8;

/** What the heap needs to know of the parties that have its blocks. */
export interface PartyLife {
  /** Whether a party has ended, as far as anybody has noticed. */
  isDead(party: number): boolean;
  /** Asks the system whether a party has ended, so that `isDead` knows; 0: nobody. */
  probe(party: number): void;
  /** Which of {@linkcode slots} chains is a party's: two that live at the same time have different ones. */
  slotOf(party: number): number;
  readonly slots: number;
}

/** A block that nobody has any more, with what goes with it. */
interface Freed {
  readonly block: ArenaRef;
  readonly lists: readonly number[];
  readonly parts: readonly ArenaRef[];
}

/** What became of a block whose keeper has died. */
interface Bequest {
  readonly freed?: Freed;
  readonly inherited?: Piece;
  /** There was none. */
  readonly over?: boolean;
}

/** {@linkcode SharedHeap} over the buffer that all threads of a program share. */
export class ArenaHeap implements SharedHeap {
  readonly #memory: ArenaMemory;
  readonly #self: number;
  readonly #probe: (party: number) => void;
  readonly #words: Int32Array;
  readonly #latch: Latch;
  readonly #holders: Holders;
  /** The chains of the keepers, and where they begin. */
  readonly #kept: BlockChain;
  readonly #firstKept: number;
  readonly #slotOf: (party: number) => number;
  readonly #outbox = new Outbox<ArenaShare>();
  /** How many objects of this party stand for a block. */
  readonly #uses = new Map<number, number>();
  /** Blocks that this party has dropped and others may have. */
  readonly #left = new Map<number, Piece>();
  readonly #gone = new FinalizationRegistry<Piece>((piece) => this.#release(piece));

  /**
   * @param memory The arena.
   * @param self This party.
   * @param life Tells which parties have ended.
   */
  constructor(memory: ArenaMemory, self: number, { isDead, probe, slotOf, slots }: PartyLife) {
    this.#memory = memory;
    this.#self = self;
    this.#probe = probe;
    this.#slotOf = slotOf;
    this.#words = new Int32Array(memory.buffer);
    const at = latchPlace(memory, this.#words, slots) / 4;
    this.#latch = new Latch(this.#words, at, self, isDead);
    this.#holders = new Holders(memory, this.#latch, self, isDead);
    this.#kept = new BlockChain(this.#latch, KEPT);
    this.#firstKept = at + LATCH_WORDS;
  }

  allocate(size: number): Share {
    this.#tidy();
    const { offset } = this.#memory.allocate(HEADER + align(size)).ref as ArenaRef;
    const piece = { offset, size, nonce: randomWord() };
    const words = this.#words;
    const at = offset / 4;
    initHolders(words, at, this.#self);
    putSize(words, at + SIZE, size);
    this.#enter((latch) => {
      latch.set(at + NONCE, piece.nonce);
      this.#kept.push(this.#chainOf(this.#self), at);
    });
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

  #toShare(piece: Piece): ArenaShare {
    const extension = (): Extension =>
      new ArenaExtension(this.#memory, this.#enter, piece.offset / 4);
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
    const freed = this.#enter((latch) => {
      if (latch.get(at + NONCE) !== piece.nonce) return "gone";
      const isHeld = this.#holders.remove(at);
      return isHeld || latch.get(at + PINNED) !== 0 ? "held" : this.#takeOut(latch, at);
    });
    if (freed === "held") this.#left.set(piece.offset, piece);
    else this.#left.delete(piece.offset);
    if (typeof freed !== "string") this.#free(freed);
  }

  bury(party: number): void {
    let isOver = false;
    while (!isOver) {
      const { freed = null, inherited = null, over = false } = this.#enter((latch) =>
        this.#bequeath(latch, party)
      );
      if (freed !== null) this.#free(freed);
      if (inherited !== null) this.#outbox.add(this.#toShare(inherited));
      isOver = over;
    }
  }

  /**
   * Sees to the first block that a dead party kept: gives it to one that has it, or takes it out. One that is on its way, or is
   * used in ways that nobody follows, is this party's from now on.
   */
  #bequeath(latch: Latch, party: number): Bequest {
    const at = this.#kept.first(this.#chainOf(party));
    if (at === 0) return { over: true };
    const piece = {
      offset: at * 4,
      size: getSize(latch.words, at + SIZE),
      nonce: latch.get(at + NONCE),
    };
    const isOnItsWay = isBefore(latch.get(at + ARRIVED), Atomics.load(latch.words, at + SENT));
    const isUsed = isOnItsWay || latch.get(at + PINNED) !== 0;
    const heir = this.#holders.oneLiving(at) || (isUsed ? this.#self : 0);
    if (heir === 0) return { freed: this.#takeOut(latch, at) };
    this.#kept.remove(at);
    this.#kept.push(this.#chainOf(heir), at);
    if (heir !== this.#self) return {};
    this.#holders.add(at);
    return { inherited: piece };
  }

  /** Takes out a block that nobody has; it must be freed when the latch has been left. */
  #takeOut(latch: Latch, at: number): Freed {
    const size = HEADER + align(getSize(latch.words, at + SIZE));
    const freed = {
      block: { offset: at * 4, size },
      lists: this.#holders.placesOf(at),
      parts: partsOf(latch, at),
    };
    this.#kept.remove(at);
    latch.set(at + NONCE, 0);
    return freed;
  }

  #free({ block, lists, parts }: Freed): void {
    for (const part of parts) this.#memory.open(part).free();
    this.#holders.free(lists);
    this.#memory.open(block).free();
  }

  /** The word where the chain of a party begins. */
  #chainOf(party: number): number {
    return this.#firstKept + this.#slotOf(party);
  }

  #tidy(): void {
    if (!this.#outbox.tidy()) return;
    for (const piece of this.#left.values()) this.#drop(piece);
  }

  readonly #enter: Section = (section) => {
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
  };
}

/** The place of the latch and of the chains; whoever needs them first puts them somewhere. */
function latchPlace(memory: ArenaMemory, words: Int32Array, slots: number): number {
  const place = Atomics.load(words, LATCH_PLACE);
  if (place !== 0) return place * 64;
  const block = memory.allocate((LATCH_WORDS + slots) * 4);
  const { offset } = block.ref as ArenaRef;
  const found = Atomics.compareExchange(words, LATCH_PLACE, 0, offset / 64);
  if (found === 0) return offset;
  block.free();
  return found * 64;
}

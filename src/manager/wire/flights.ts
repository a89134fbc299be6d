/**
 * Proxies on their way within a program, in shared memory, as the ends of pipes are: see `sync/pipe_end.ts`.
 *
 * Each party that sends proxies has boards of words, one for each proxy on its way. States of a word:
 *
 * - on its way: below 0, made of the ticket;
 * - claimed: the party that has claimed it, whose claim the server may not have been told of;
 * - over: 0; the sender may use the word again.
 *
 * Steps: the receiver claims it (on its way → claimed), and says so when the server will hear of it, whatever becomes of the
 * receiver (claimed → over). The sender gives it up when what carries it is lost (on its way → over), or when the receiver
 * has died (claimed → over); it tells the server then, which knows whether it has heard of a claim.
 *
 * The race that is avoided: a proxy that is given up in the moment when it arrives. Both exchange the same word, and one succeeds.
 *
 * @module
 */

import { createPiece, registerShared, type SharedPiece } from "../../messages/shared_object.ts";
import { followParty } from "../../parties/follow.ts";
import type { Program } from "../../parties/program.ts";

const WORDS = 64;
const TICKETS = 2 ** 31 - 1;
const OVER = 0;

/** Words of one sender. */
export class FlightBoard {
  readonly #piece: SharedPiece;
  /** The sender's: the words that it may use. */
  readonly free: number[] = [];

  static {
    registerShared<FlightBoard>({
      number: 42,
      prototype: FlightBoard.prototype,
      pieceOf: (value) => value.#piece,
      make: (piece) => new FlightBoard(piece),
    });
  }

  /** @param piece Its memory. */
  constructor(piece: SharedPiece) {
    this.#piece = piece;
  }

  /** Allocates one, whose sender this party is. */
  static create(program: Program): FlightBoard {
    const board = new FlightBoard(createPiece(program, WORDS * 4));
    for (let index = WORDS - 1; index >= 0; index--) board.free.push(index);
    return board;
  }

  get program(): Program {
    return this.#piece.program;
  }

  /** What a word holds. */
  state(index: number): number {
    return Atomics.load(this.#piece.words, index);
  }

  /** A proxy leaves. */
  send(index: number, ticket: number): void {
    Atomics.store(this.#piece.words, index, toWord(ticket));
  }

  /** Changes a word, if it still holds what it held. */
  exchange(index: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#piece.words, index, from, to) === from;
  }

  /**
   * Claims a proxy that has arrived.
   *
   * @param index Its word.
   * @param ticket Its ticket.
   * @returns Says that the server will hear of it; `null` when it was claimed before, or given up.
   */
  claim(index: number, ticket: number): (() => void) | null {
    const { self } = this.program;
    if (!this.exchange(index, toWord(ticket), self)) return null;
    return () => void this.exchange(index, self, OVER);
  }
}

const boards = new WeakMap<Program, FlightBoard[]>();

/** A proxy on its way, as its sender sees it. */
export class Flight {
  readonly board: FlightBoard;
  readonly index: number;
  readonly #word: number;
  #isOver = false;

  /**
   * Lets a proxy leave.
   *
   * @param program The program in which it travels.
   * @param ticket Its ticket.
   */
  constructor(program: Program, ticket: number) {
    const own = boards.get(program) ?? [];
    boards.set(program, own);
    let board = own.find(({ free }) => free.length > 0);
    if (board === undefined) own.push(board = FlightBoard.create(program));
    this.board = board;
    this.index = board.free.pop()!;
    this.#word = toWord(ticket);
    board.send(this.index, ticket);
  }

  /** Looks whether it is over. One whose receiver has died is lost, if the server has not heard of its claim. */
  look(): "open" | "over" | "lost" {
    if (this.#isOver) return "over";
    const { board, index } = this;
    const { program } = board;
    const state = board.state(index);
    if (state < OVER) return "open";
    if (state !== OVER && !program.parties.isDead(state)) {
      followParty(program, state);
      return "open";
    }
    const isLost = state !== OVER && board.exchange(index, state, OVER);
    this.#end();
    return isLost ? "lost" : "over";
  }

  /** Says that it will never arrive. Returns false where it has arrived, or was given up. */
  giveUp(): boolean {
    if (this.#isOver || !this.board.exchange(this.index, this.#word, OVER)) return false;
    this.#end();
    return true;
  }

  #end(): void {
    this.#isOver = true;
    this.board.free.push(this.index);
  }
}

function toWord(ticket: number): number {
  return -1 - ticket % TICKETS;
}

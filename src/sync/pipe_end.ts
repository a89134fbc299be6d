/**
 * Who has an end of a pipe: at most one party at a time, from whose hand it goes to the next one's.
 *
 * States, in one word (`holder`), so that each step is made wholly or not at all:
 *
 * - held: the party's id;
 * - on its way: −ticket. A second word names the party that sent it, its keeper;
 * - closed: −1.
 *
 * Steps: the holder sends it (held → on its way) or closes it; who gets the ticket claims it (on its way → held); the
 * keeper takes it back, or gives it up when what carried it is lost. A ticket is used once for an end, so a claim with an
 * old one fails.
 *
 * Invariants: only the holder changes the words other than `holder`; an end whose holder has died is gone, and so is
 * one on its way whose keeper has died. Nobody has to write that down: it is seen by all who know of the death.
 *
 * The race that is avoided: an end that is declared gone in the moment when it arrives. Both exchange the same ticket, and one
 * succeeds.
 *
 * @module
 */

const HOLDER = 0;
const KEEPER = 1;
const TICKETS = 2;

const CLOSED = -1;
/** Above the number that means closed. */
const FIRST_TICKET = 2;

/** One end of a pipe, in shared memory. */
export class PipeEndWords {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #isDead: (party: number) => boolean;

  /**
   * @param words The words of the pipe.
   * @param at Where those of the end begin; they are 0 at first.
   * @param isDead Tells whether a party has ended.
   */
  constructor(words: Int32Array, at: number, isDead: (party: number) => boolean) {
    this.#words = words;
    this.#at = at;
    this.#isDead = isDead;
  }

  /** Gives a new end to a party. */
  init(party: number): void {
    Atomics.store(this.#words, this.#at + TICKETS, FIRST_TICKET);
    Atomics.store(this.#words, this.#at + HOLDER, party);
  }

  /** The party that has it; 0 when nobody has it at this moment. */
  get holder(): number {
    return Math.max(0, Atomics.load(this.#words, this.#at + HOLDER));
  }

  /** The party on whose life the end depends at this moment; 0 when it is closed. */
  get keeper(): number {
    const holder = Atomics.load(this.#words, this.#at + HOLDER);
    if (holder === CLOSED) return 0;
    return holder > 0 ? holder : Atomics.load(this.#words, this.#at + KEEPER);
  }

  /** Whether nobody has it, or ever will. */
  get isGone(): boolean {
    for (;;) {
      const holder = Atomics.load(this.#words, this.#at + HOLDER);
      if (holder === CLOSED) return true;
      if (holder > 0) return this.#isDead(holder);
      if (!this.#isDead(Atomics.load(this.#words, this.#at + KEEPER))) return false;
      if (this.#exchange(holder, CLOSED)) return true;
    }
  }

  /** The ticket of the next {@linkcode send}. */
  get nextTicket(): number {
    return Atomics.load(this.#words, this.#at + TICKETS);
  }

  /**
   * Sends it, to whoever gets the ticket.
   *
   * @param party Its holder, which stays responsible for it until it is claimed.
   * @returns The ticket.
   */
  send(party: number): number {
    const ticket = this.nextTicket;
    Atomics.store(this.#words, this.#at + TICKETS, ticket + 1);
    Atomics.store(this.#words, this.#at + KEEPER, party);
    Atomics.store(this.#words, this.#at + HOLDER, -ticket);
    return ticket;
  }

  /** Whether it is on its way with a ticket. */
  isOnItsWay(ticket: number): boolean {
    return Atomics.load(this.#words, this.#at + HOLDER) === -ticket;
  }

  /**
   * Takes it, by its receiver or back by its sender.
   *
   * @param ticket The ticket.
   * @param party Who takes it.
   * @returns Whether it was taken: false when somebody else has it, or had it.
   */
  claim(ticket: number, party: number): boolean {
    return this.#exchange(-ticket, party);
  }

  /** Says that a ticket will never arrive. */
  giveUp(ticket: number): void {
    this.#exchange(-ticket, CLOSED);
  }

  /** Closes it, if a party has it. */
  close(party: number): void {
    this.#exchange(party, CLOSED);
  }

  #exchange(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, this.#at + HOLDER, from, to) === from;
  }
}

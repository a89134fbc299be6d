/**
 * What a proxy is, apart from the object that users have: what it stands for, and how it leaves in a message.
 *
 * @module
 */

import type { Leaver } from "../../messages/handles.ts";
import type { Move } from "../../messages/move.ts";
import { keepMoves } from "../../messages/moves.ts";
import { type Program, programOf } from "../../parties/program.ts";
import { Flight } from "./flights.ts";
import { type Link, newTicket } from "./link.ts";
import { Request, type Shared } from "./protocol.ts";

/** What a proxy is made of: an object, which has been counted for it, and the way to its server. */
export interface Target {
  readonly link: Link;
  readonly shared: Shared;
}

/** The state of a proxy, apart from it, so that it can be told of when it is gone. */
export class ProxyState implements Leaver {
  readonly link: Link;
  readonly shared: Shared;
  isDisposed = false;
  /** How the next message with it is told from others: see {@linkcode ProxyState.depart}. */
  #departure: Departure | null = null;

  constructor({ link, shared }: Target) {
    this.link = link;
    this.shared = shared;
  }

  /**
   * What tells the message that is being encoded. Most senders say in the same step that it has left; for all others a count is
   * taken as soon as the running code yields.
   *
   * @param program The program in which the message travels; `null` when it leaves it.
   */
  depart(program: Program | null): Departure {
    if (this.#departure !== null) return this.#departure;
    const ticket = newTicket();
    const departure = { ticket, flight: program === null ? null : new Flight(program, ticket) };
    this.#departure = departure;
    queueMicrotask(() => {
      if (this.#departure === departure) this.#settle(departure);
    });
    return departure;
  }

  /** Takes a count along with a message: see `messages/moves.ts`. */
  leave(): Move {
    const { link, shared: [object] } = this;
    const departure = this.#departure;
    this.#departure = null;
    if (departure === null) return new ProxyMove(link, object, null);
    link.post(Request.hold, object, departure.ticket);
    return new ProxyMove(link, object, departure);
  }

  /** Lets nothing be told of it any more. */
  dispose(): void {
    this.isDisposed = true;
    if (this.#departure !== null) this.#settle(this.#departure);
  }

  /** Nobody has said that it has left: it was not sent, or has been received in the same step. */
  #settle({ flight }: Departure): void {
    if (flight !== null && flight.giveUp()) this.#departure = null;
    else keepMoves([this.leave()], () => false);
  }
}

/** What tells a message with a proxy from others. */
export interface Departure {
  readonly ticket: number;
  /** Where it can be followed. */
  readonly flight: Flight | null;
}

/**
 * A proxy on its way: the connection of its sender, with which the server would drop it, lasts until it has arrived. Where that
 * is not heard of, outside of the program, it lasts as long as the process.
 */
class ProxyMove implements Move {
  readonly program: Program;
  readonly #link: Link;
  readonly #object: number;
  readonly #ticket: number;
  readonly #flight: Flight | null;
  #isOver: boolean;

  /**
   * @param link The way to the server.
   * @param object The object.
   * @param departure What tells the message; `null` where it has none.
   */
  constructor(link: Link, object: number, departure: Departure | null) {
    const { ticket, flight } = departure ?? { ticket: 0, flight: null };
    this.program = flight?.board.program ?? link.program ?? programOf("thread");
    this.#link = link;
    this.#object = object;
    this.#ticket = ticket;
    this.#flight = flight;
    this.#isOver = departure === null;
    if (!this.#isOver) link.addUser();
  }

  get isOver(): boolean {
    if (this.#isOver) return true;
    // There is no count to give back.
    if (this.#link.hasEnded) this.giveUp();
    if (this.#flight === null) return !this.#link.isInFlight(this.#ticket);
    const state = this.#flight.look();
    if (state === "lost") this.#drop();
    else if (state === "over") this.#end();
    return this.#isOver;
  }

  undo(): void {
    this.giveUp();
  }

  giveUp(): void {
    if (!this.#isOver && (this.#flight === null || this.#flight.giveUp())) this.#drop();
  }

  #drop(): void {
    this.#link.post(Request.drop, this.#object, this.#ticket);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#link.removeUser();
  }
}

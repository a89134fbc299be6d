/**
 * One client of a server: reads its requests, and answers them.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import { toFailure } from "../../messages/failure.ts";
import { MessageKind, type Receiving, SENT, type Transport } from "../../connection/transport.ts";
import { Call, Cancelled, Client, Kept } from "../wire/call.ts";
import { Importing, pack, unpackAll } from "../wire/pack.ts";
import { Answer, Request } from "../wire/protocol.ts";
import { applyPost, type ManagerServer, SharedResult } from "./server.ts";

/**
 * Serves a client until it ends.
 *
 * @param server The server.
 * @param transport The way to the client.
 * @param program The program in which it shares memory; `null` over a network.
 * @returns Its connection.
 */
export function serveClient(
  server: ManagerServer,
  transport: Transport,
  program: Program | null,
): Session {
  const session = new Session(server, transport, program);
  server.sessions.add(session);
  transport.listen(session);
  // Something may have arrived before.
  queueMicrotask(() => session.look());
  return session;
}

/** How many answers a client may leave lying before nothing more is read of it. */
const MOST_UNREAD = 1_000;

/** The connection of one client. */
export class Session implements Receiving {
  readonly #server: ManagerServer;
  readonly #transport: Transport;
  readonly #program: Program | null;
  readonly #calls = new Map<number, Call>();
  /** What goes back if the client ends before it has it, by the number of the call. */
  readonly #kept = new Map<number, () => void>();
  #client: Client | null = null;
  #received = 0;
  /** The last call whose arguments need modules that are being imported: later ones begin after it. */
  #delay: Promise<unknown> | null = null;
  #hasEnded = false;
  /** Answers that have not left yet. */
  #unread = 0;

  /**
   * @param server The server.
   * @param transport The way to the client.
   * @param program The program in which it shares memory.
   */
  constructor(server: ManagerServer, transport: Transport, program: Program | null) {
    this.#server = server;
    this.#transport = transport;
    this.#program = program;
  }

  /** Whether the client has said who it is. */
  get isKnown(): boolean {
    return this.#client !== null;
  }

  look(): boolean {
    const transport = this.#transport;
    let found = false;
    const { ended } = transport;
    while (!this.#hasEnded && this.#unread < MOST_UNREAD) {
      const message = transport.first();
      if (message === null) break;
      found = true;
      let frame: unknown = null;
      try {
        frame = transport.decode(message);
      } catch {
        // Not of a manager's client: the connection ends.
      }
      transport.release();
      this.#read(frame);
    }
    if (!ended || this.#hasEnded || transport.first() !== null) return found;
    this.end();
    return true;
  }

  abandon(): void {
    this.end();
  }

  /** Ends it: what its client has taken is given back. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#transport.listen(null);
    this.#transport.close();
    this.#server.sessions.delete(this);
    for (const call of this.#calls.values()) call.cancel();
    this.#calls.clear();
    // The last one that was taken stands first afterwards, and so on: their order is what it was.
    for (const giveBack of [...this.#kept.values()].reverse()) giveBack();
    this.#kept.clear();
    if (this.#client === null) return;
    this.#client.end();
    // What it had sent and others have received is theirs, though nobody may have read yet that they have it.
    for (const other of [...this.#server.sessions]) other.look();
    this.#server.table.forget(this.#client);
  }

  #read(frame: unknown): void {
    if (!Array.isArray(frame)) return this.end();
    const [kind] = frame as unknown[];
    if (this.#client === null) {
      // Anybody else does not know how to talk to a manager.
      if (kind !== Request.hello || typeof frame[1] !== "string" || frame[1] === "") {
        return this.end();
      }
      this.#client = new Client(frame[1], this.#program !== null);
      return;
    }
    this.#received++;
    if (kind === Request.stop && this.#program !== null) return this.#server.stop();
    if (kind === Request.call || kind === Request.create || kind === Request.inspect) {
      return this.#begin(this.#received, frame);
    }
    if (kind === Request.cancel) this.#calls.get(frame[1])?.cancel();
    else if (kind === Request.received) this.#kept.delete(frame[1]);
    else if (!applyPost(this.#server.table, this.#client, frame)) this.end();
  }

  #begin(id: number, frame: unknown[]): void {
    const call = new Call(this.#client!);
    this.#calls.set(id, call);
    try {
      const head = frame[0] === Request.call ? 3 : 2;
      const args = unpackAll(frame.slice(head), this.#program !== null);
      if (this.#delay === null && !(args instanceof Importing)) {
        return this.#settle(id, this.#run(call, frame, args));
      }
      const ready = args instanceof Importing ? args.value : Promise.resolve(args);
      const begun = (this.#delay ?? Promise.resolve()).then(() => ready);
      const delay = begun.catch(() => {}).then(() => {
        if (this.#delay === delay) this.#delay = null;
      });
      this.#delay = delay;
      begun.then((args) => this.#settle(id, this.#run(call, frame, args as unknown[])))
        .catch((error) => this.#fail(id, error));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #run(call: Call, frame: unknown[], args: unknown[]): unknown {
    if (call.isCancelled) throw new Cancelled();
    switch (frame[0]) {
      case Request.call:
        return this.#server.run(call, frame[1], frame[2], args);
      case Request.create:
        return this.#server.create(call, frame[1], args);
      default:
        return this.#server.describe();
    }
  }

  #settle(id: number, result: unknown): void {
    if (typeof (result as PromiseLike<unknown> | null)?.then !== "function") {
      return this.#answer(id, result);
    }
    (result as Promise<unknown>).then(
      (value) => this.#answer(id, value),
      (error) => this.#fail(id, error),
    ).catch((error) => this.#fail(id, error));
  }

  #answer(id: number, result: unknown): void {
    this.#calls.delete(id);
    if (result instanceof Kept) return this.#keep(id, result);
    if (result instanceof SharedResult) return this.#send(Answer.shared, id, result.shared);
    this.#send(Answer.value, id, result);
  }

  #keep(id: number, { value, giveBack }: Kept): void {
    if (this.#hasEnded) return giveBack();
    this.#kept.set(id, giveBack);
    try {
      this.#send(Answer.kept, id, value);
    } catch (error) {
      this.#kept.delete(id);
      giveBack();
      throw error;
    }
  }

  #fail(id: number, error: unknown): void {
    this.#calls.delete(id);
    if (error instanceof Cancelled) return this.#send(Answer.cancelled, id, null);
    this.#send(Answer.failure, id, toFailure(error, this.#server.place.where));
  }

  #send(kind: number, id: number, value: unknown): void {
    if (this.#hasEnded) return;
    const packed = pack(value, "result", this.#program, () => this.#hasEnded);
    const sent = this.#transport.send(MessageKind.value, [kind, id, packed], "message");
    // That the client has ended is seen by the next look.
    if (sent === SENT) return;
    this.#unread++;
    const onSettled = (): void => {
      this.#unread--;
      if (this.#unread === MOST_UNREAD - 1) queueMicrotask(() => this.look());
    };
    sent.then(onSettled, onSettled);
  }
}

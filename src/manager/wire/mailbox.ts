/**
 * Where the clients of a server knock that have shared memory with it: each leaves one end of a pipe.
 *
 * Layout: the server's party, whether the server takes no more, how often somebody knocked, the server's process id; then slots of a kibibyte: who is
 * writing, whether it is full, the bytes of what was written, and that itself from byte 16 on.
 *
 * A slot is claimed by its writer, and freed by the server when it has read it; the slot of a writer that died before it was full
 * is taken over.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import { decoder, encodeFor } from "../../messages/message.ts";
import { followParty } from "../../parties/follow.ts";
import { keepMoves } from "../../messages/moves.ts";
import {
  createPiece,
  openPiece,
  registerShared,
  type SharedPiece,
} from "../../messages/shared_object.ts";
import type { Poller } from "../../parties/waker.ts";
import { EOFError, NotSupportedError } from "../../errors.ts";
import { createPipe, PipeEnd } from "../../connection/pipe/pipe_end.ts";
import type { Transport } from "../../connection/transport.ts";
import { runtime } from "../../runtime/current.ts";

const SERVER = 0;
const CLOSED = 1;
const KNOCKS = 2;
const PID = 3;
const HEADER_WORDS = 16;
const SLOTS = 32;
const SLOT_WORDS = 256;
const OWNER = 0;
const FULL = 1;
const LENGTH = 2;
const CONTENT_BYTES = 16;

/** The pipe's key, its memory, the end, and the ticket. */
type Knock = [key: string, share: unknown, side: 0 | 1, ticket: number];

/** The place in shared memory. */
export class Mailbox {
  readonly #piece: SharedPiece;
  #taker: Poller | null = null;

  static {
    registerShared<Mailbox>({
      number: 41,
      prototype: Mailbox.prototype,
      pieceOf: (value) => value.#piece,
      make: (piece) => new Mailbox(piece),
    });
  }

  /** @param piece Its memory. */
  constructor(piece: SharedPiece) {
    this.#piece = piece;
  }

  /** Allocates one. */
  static create(program: Program): Mailbox {
    return new Mailbox(createPiece(program, (HEADER_WORDS + SLOTS * SLOT_WORDS) * 4));
  }

  get program(): Program {
    return this.#piece.program;
  }

  /** Whether the server has ended, or takes nobody any more. */
  get isClosed(): boolean {
    const { program, words } = this.#piece;
    const server = Atomics.load(words, SERVER);
    return Atomics.load(words, CLOSED) === 1 || (server !== 0 && program.parties.isDead(server));
  }

  /** The process id of the server, also when it has ended; 0 before it lets anybody in. */
  get serverPid(): number {
    return Atomics.load(this.#piece.words, PID);
  }

  /**
   * Knocks. What is sent by the result is read when the server opens.
   *
   * @returns The way to the server.
   * @throws {EOFError} (rejects with it) when the server has ended.
   */
  async knock(): Promise<Transport> {
    const { program, words } = this.#piece;
    const [mine, theirs] = createPipe(program, true);
    const slot = await this.#claimSlot();
    const { piece, side } = theirs.place;
    const knock: Knock = [piece.key, piece.share.send(), side, theirs.nextTicket];
    const start = this.#piece.share.start + slot * 4 + CONTENT_BYTES;
    const bytes = new Uint8Array(this.#piece.share.buffer, start, SLOT_WORDS * 4 - CONTENT_BYTES);
    const end = encodeFor(program.memory).encode(knock, bytes, 0, bytes.length);
    if (end < 0) {
      Atomics.compareExchange(words, slot + OWNER, program.self, 0);
      throw new NotSupportedError("There is no room to connect to the manager");
    }
    Atomics.store(words, slot + LENGTH, end);
    keepMoves([theirs.leave()], () => this.isClosed);
    Atomics.store(words, slot + FULL, 1);
    Atomics.add(words, KNOCKS, 1);
    // Only now: a server that opens meanwhile looks after it has said who it is.
    const server = Atomics.load(words, SERVER);
    followParty(program, server);
    if (server !== 0) program.waker.notify(server);
    return mine;
  }

  /**
   * Lets clients in from now on: this party is the server.
   *
   * @param onClient Called for each.
   */
  open(onClient: (transport: Transport) => void): void {
    const { program, words } = this.#piece;
    let seen = 0;
    this.#taker = {
      waiting: true,
      poll: () => {
        const knocks = Atomics.load(words, KNOCKS);
        if (knocks === seen) return false;
        seen = knocks;
        this.#takeAll(onClient);
        return true;
      },
    };
    Atomics.store(words, PID, runtime.pid);
    Atomics.store(words, SERVER, program.self);
    program.waker.add(this.#taker);
  }

  /** Lets nobody in any more. */
  close(): void {
    const { program, words } = this.#piece;
    Atomics.store(words, CLOSED, 1);
    if (this.#taker !== null) program.waker.remove(this.#taker);
    this.#taker = null;
  }

  #takeAll(onClient: (transport: Transport) => void): void {
    const { program, words, share } = this.#piece;
    for (let i = 0; i < SLOTS; i++) {
      const slot = slotStart(i);
      if (Atomics.load(words, slot + FULL) === 0) continue;
      const start = share.start + slot * 4 + CONTENT_BYTES;
      const length = Atomics.load(words, slot + LENGTH);
      const bytes = new Uint8Array(share.buffer, start, length);
      const [key, payload, side, ticket] = decoder.decode(bytes, 0, length) as Knock;
      // From when it is not full any more, another client may take it over from an owner that has ended.
      const owner = Atomics.load(words, slot + OWNER);
      Atomics.store(words, slot + FULL, 0);
      Atomics.compareExchange(words, slot + OWNER, owner, 0);
      let end: PipeEnd;
      try {
        end = new PipeEnd({ piece: openPiece(program, key, payload), side, duplex: true });
      } catch (error) {
        // Its client has ended, and the memory with it.
        if (error instanceof NotSupportedError) continue;
        throw error;
      }
      end.arrive(ticket);
      onClient(end);
    }
  }

  async #claimSlot(): Promise<number> {
    for (;;) {
      if (this.isClosed) throw new EOFError("Cannot connect to the manager: its server has ended");
      const slot = this.#tryClaim();
      if (slot >= 0) return slot;
      // Only where many connect in the same moment: the server takes all of them with its next look.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #tryClaim(): number {
    const { program, words } = this.#piece;
    for (let i = 0; i < SLOTS; i++) {
      const slot = slotStart(i);
      const owner = Atomics.load(words, slot + OWNER);
      const isFree = owner === 0 ||
        (Atomics.load(words, slot + FULL) === 0 && !program.isAlive(owner));
      if (!isFree) continue;
      if (Atomics.compareExchange(words, slot + OWNER, owner, program.self) === owner) return slot;
    }
    return -1;
  }
}

function slotStart(index: number): number {
  return HEADER_WORDS + index * SLOT_WORDS;
}

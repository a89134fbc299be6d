/**
 * One end of a pipe: a ring for each direction in shared memory, and words that say who has the ends; see `layout.ts`.
 *
 * What has been sent stays readable whatever becomes of the sender: a message in the ring lies in memory that both have;
 * one in a block of its own ends with its sender, so its `send()` is pending until it has been read. A close is seen
 * after what was sent before it: the receiver looks at the end's words first and at the ring second.
 *
 * An end that moves takes nothing with it but its place: all that counts stands in shared memory. It does not move while
 * somebody waits at it, since that wait could not move.
 *
 * Long because both directions share the life of the end.
 *
 * @module
 */

import { Refusal } from "../../codec/refusal.ts";
import type { Program } from "../../parties/program.ts";
import { followParty } from "../../parties/follow.ts";
import type { Leaver } from "../../messages/handles.ts";
import type { Move } from "../../messages/move.ts";
import { decoder, encoder } from "../../messages/message.ts";
import type { Poller } from "../../parties/waker.ts";
import { NotSupportedError, ProcessError } from "../../errors.ts";
import { finishBeforeEnd } from "../../event_loop/unfinished.ts";
import {
  copier,
  type Encoded,
  LARGE,
  type MessageEncoder,
  Outbox,
  Receiver,
  Sender,
} from "../../messages/channel.ts";
import { PipeEndWords } from "../../sync/pipe_end.ts";
import type { RingRecord } from "../../sync/ring.ts";
import {
  type Message,
  MessageKind,
  type Receiving,
  SENT,
  type Transport,
  type TransportState,
} from "../transport.ts";
import {
  createPipePiece,
  END_WORDS,
  type EndPlace,
  findRing,
  makeRing,
  retireEnd,
} from "./layout.ts";
import { goneError, PendingSends, type Unsent } from "./pending_sends.ts";
import { raw } from "./raw_bytes.ts";

const NOTHING = new Uint8Array(0);

/**
 * Allocates a pipe, both of whose ends this party has.
 *
 * @param program The program.
 * @param duplex Whether messages go both ways; else only from the second to the first.
 * @returns The ends.
 */
export function createPipe(program: Program, duplex: boolean): [PipeEnd, PipeEnd] {
  const piece = createPipePiece(program);
  const first = new PipeEnd({ piece, side: 1, duplex });
  const second = new PipeEnd({ piece, side: 0, duplex });
  first.init();
  second.init();
  return [first, second];
}

/** The end that is sending now: see {@linkcode PipeEnd.checkMovable}. */
let carrier: PipeEnd | null = null;

/** {@linkcode Transport} over shared memory. */
export class PipeEnd implements Transport, Poller, Leaver {
  readonly failure = null;
  readonly isTrusted = true;
  readonly place: EndPlace;
  readonly #program: Program;
  readonly #mine: PipeEndWords;
  readonly #other: PipeEndWords;
  /** Where its ring is opened, when it first sends. */
  #sender: Sender | null = null;
  /** Where the other end's ring is opened, when that is there. */
  #receiver: Receiver | null = null;
  readonly #message: { -readonly [key in keyof Message]: Message[key] } = {
    kind: 0,
    bytes: NOTHING,
    start: 0,
    end: 0,
  };
  #pending: PendingSends | null = null;
  #outbox: Outbox | null = null;
  #receiving: Receiving | null = null;
  #state: TransportState = "open";
  /** The ticket with which it came here; 0: it was created here. */
  #ticket = 0;
  /** Whether it was lost on its way here. */
  #isLost = false;
  /** Whether the first message has ended with its sender. */
  #isCut = false;
  #isPolled = false;
  /** The party whose end would be the other end's. */
  #followed = 0;

  /** @param place Where it is. */
  constructor(place: EndPlace) {
    const { piece: { program, words }, side } = place;
    const isDead = (party: number): boolean => program.parties.isLost(party);
    this.place = place;
    this.#program = program;
    this.#mine = new PipeEndWords(words, side * END_WORDS, isDead);
    this.#other = new PipeEndWords(words, (1 - side) * END_WORDS, isDead);
  }

  get state(): TransportState {
    return this.#state;
  }

  get readable(): boolean {
    return this.place.duplex || this.place.side === 1;
  }

  get writable(): boolean {
    return this.place.duplex || this.place.side === 0;
  }

  get ended(): boolean {
    // What is behind a closed end may belong to somebody else by now.
    if (this.#state === "closed") return true;
    return this.#isLost || this.#isCut || this.#other.isGone;
  }

  get waiting(): boolean {
    return this.#receiving !== null || (this.#pending !== null && this.#pending.waiting);
  }

  /** Takes the end of a new pipe. */
  init(): void {
    this.#mine.init(this.#program.self);
  }

  /**
   * Takes an end that was sent here. One that was lost on its way can be used, and finds the other end closed.
   *
   * @param ticket The ticket that it was sent with.
   */
  arrive(ticket: number): void {
    this.#ticket = ticket;
    this.#isLost = !this.#mine.claim(ticket, this.#program.self);
    // Whoever waits at the other end has to follow another party from now on.
    this.#notify();
  }

  /**
   * Whether a message with a ticket stands for this very object: one that is decoded again, or where it was encoded.
   *
   * @param ticket The ticket.
   */
  isMeantBy(ticket: number): boolean {
    return this.#state === "open" && (ticket === this.#ticket || ticket === this.nextTicket);
  }

  /** The ticket of the next move. */
  get nextTicket(): number {
    return this.#mine.nextTicket;
  }

  /**
   * Checks that it can be sent now.
   *
   * @throws {Refusal} when it cannot.
   */
  checkMovable(): void {
    if (this.#state === "moved") throw new Refusal("this connection was given away already");
    if (this.#state === "closed") throw new Refusal("this connection is closed");
    if (this.#pending?.waiting) {
      throw new Refusal("a send() of this connection has not ended: await it first");
    }
    if (this.#receiving !== null) {
      throw new Refusal("a message of this connection is being waited for: await it first");
    }
    const isOther = carrier !== null && carrier !== this;
    if (isOther && carrier!.place.piece.key === this.place.piece.key) {
      throw new Refusal("an end of a pipe cannot go to where only itself leads");
    }
  }

  leave(): Move {
    const { self } = this.#program;
    const mine = this.#mine;
    const ticket = mine.send(self);
    this.#state = "moved";
    this.#sender?.close();
    this.#notify();
    return {
      program: this.#program,
      get isOver() {
        return !mine.isOnItsWay(ticket);
      },
      undo: () => {
        if (mine.claim(ticket, self)) this.#state = "open";
        this.#notify();
      },
      giveUp: () => {
        mine.giveUp(ticket);
        this.#notify();
      },
    };
  }

  send(kind: number, payload: unknown, root: string): Promise<void> {
    if (this.#isLost || this.#other.isGone) return Promise.reject(goneError());
    const isBytes = kind === MessageKind.bytes;
    const length = isBytes ? (payload as Uint8Array).byteLength : 0;
    this.#pending ??= this.#openSender();
    if (
      this.#pending.isFull ||
      !this.#write(kind, length, payload, root, isBytes ? raw : encoder)
    ) {
      return this.#sendLater(kind, payload, root);
    }
    return this.#sender!.isRead ? SENT : this.#pending.untilRead();
  }

  first(): Message | null {
    if (this.#state === "closed") return null;
    const receiver = this.#receiver ??= this.#openReceiver();
    if (receiver === null) return null;
    const record = receiver.ring.peek();
    if (record === null) return null;
    const message = this.#message;
    message.kind = record.kind & ~LARGE;
    if ((record.kind & LARGE) !== 0) return this.#openLarge(record);
    message.bytes = receiver.ring.bytes;
    message.start = record.start;
    message.end = message.kind === MessageKind.bytes ? record.start + record.a : record.end;
    return message;
  }

  release(): void {
    const { ring } = this.#receiver!;
    ring.claim();
    ring.release();
    if (ring.takeWanted()) this.#notify();
  }

  decode({ bytes, start, end }: Message): unknown {
    return decoder.decode(bytes, start, end);
  }

  listen(receiving: Receiving | null): void {
    this.#receiving = receiving;
    this.#change();
  }

  poll(): boolean {
    const pending = this.#pending;
    let found = pending !== null && pending.waiting && pending.flush(this.#other.isGone);
    if (this.#receiving?.look()) found = true;
    if (this.#state !== "closed") this.#follow();
    if (found) this.#update();
    return found;
  }

  close(): void {
    if (this.#state !== "open") return;
    // One that is looked at retires when that ends, which may be within this call.
    const wasPolled = this.#isPolled;
    this.#state = "closed";
    this.#mine.close(this.#program.self);
    this.#notify();
    this.#pending?.rejectUnsent(() =>
      new ProcessError("The connection was closed before this was sent")
    );
    this.#receiving?.abandon(new ProcessError("The connection was closed"));
    this.#change();
    if (!wasPolled) this.#retire();
  }

  #openSender(): PendingSends {
    const isLost = (): boolean => {
      this.#follow();
      return this.#other.isGone;
    };
    const sender = new Sender(this.#program.memory, makeRing(this.place), isLost);
    this.#sender = sender;
    return new PendingSends(sender, (unsent) => this.#writeUnsent(unsent), () => this.#change());
  }

  #openReceiver(): Receiver | null {
    const ring = findRing(this.place, this.place.side === 0 ? 1 : 0);
    return ring === null ? null : new Receiver(this.#program.memory, ring, false);
  }

  #write(
    kind: number,
    length: number,
    payload: unknown,
    root: string,
    from: MessageEncoder,
  ): boolean {
    const sender = this.#sender!;
    carrier = this;
    try {
      if (!sender.send(kind, length, 0, payload, root, from)) {
        sender.ring.wantRoom();
        return false;
      }
    } finally {
      carrier = null;
    }
    this.#notify();
    return true;
  }

  /** There is no room: what is sent is copied, so that the caller may change it. */
  #sendLater(kind: number, payload: unknown, root: string): Promise<void> {
    let encoded: Encoded;
    if (kind === MessageKind.bytes) {
      const bytes = (payload as Uint8Array).slice();
      encoded = { bytes, start: 0, end: bytes.byteLength };
    } else {
      this.#outbox ??= new Outbox(this.#program.memory);
      carrier = this;
      try {
        encoded = this.#outbox.encode(payload, root);
      } finally {
        carrier = null;
      }
    }
    const sent = this.#pending!.untilSent(kind, encoded);
    finishBeforeEnd(sent, "message(s) that wait for room in a pipe");
    return sent;
  }

  #writeUnsent({ kind, encoded }: Unsent): boolean {
    const length = kind === MessageKind.bytes ? encoded.end : 0;
    return this.#write(kind, length, encoded, "value", copier);
  }

  #openLarge(record: RingRecord): Message | null {
    try {
      const { bytes, start, end } = this.#receiver!.openLarge(record);
      return Object.assign(this.#message, { bytes, start, end });
    } catch (error) {
      const { holder } = this.#other;
      if (holder !== 0 && this.#program.isAlive(holder)) throw error;
      if (!(error instanceof NotSupportedError)) throw error;
      this.#isCut = true;
      return null;
    }
  }

  #follow(): void {
    const { keeper } = this.#other;
    if (keeper === this.#followed) return;
    this.#followed = keeper;
    followParty(this.#program, keeper);
  }

  #notify(): void {
    const { holder } = this.#other;
    const { self, waker } = this.#program;
    if (holder === self) waker.expect();
    else if (holder !== 0) waker.notify(holder);
  }

  /** There is something new to wait for, or less. */
  #change(): void {
    if (this.waiting && this.#isPolled) this.#program.waker.expect();
    this.#update();
  }

  /** Is looked for while anything is waited for, and only then. */
  #update(): void {
    const { waker } = this.#program;
    const { waiting } = this;
    if (waiting === this.#isPolled) return;
    this.#isPolled = waiting;
    if (waiting) {
      this.#follow();
      waker.add(this);
    } else {
      waker.remove(this);
      if (this.#state === "closed") this.#retire();
    }
  }

  /** It is closed, and looked at no more. */
  #retire(): void {
    this.#sender?.close();
    retireEnd(this.place);
  }
}

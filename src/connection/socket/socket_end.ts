/**
 * One end of a connection over a socket.
 *
 * What arrives is kept until it is received; when that is much, the socket is paused, so that the other side waits. A message that is cut off by the end of the stream is none.
 * Nothing but what is waited for keeps the event loop alive.
 *
 * Until the sides have agreed to talk, one message is taken at a time, when it is asked for: what the limit for the next one is
 * may depend on it.
 *
 * @module
 */

import { risk } from "../../event_loop/unfinished.ts";
import { KeepAlive } from "../../event_loop/keep_alive.ts";
import type { Socket } from "node:net";
import { AuthenticationError, EOFError, ProcessError, SerializationError } from "../../errors.ts";
import { bytesFor } from "../../messages/message_size.ts";
import { Deque } from "../../support/deque.ts";
import {
  type Message,
  MessageKind,
  type Receiving,
  type Transport,
  type TransportState,
} from "../transport.ts";
import { type Frame, frameHeader, FrameReader, joined, LARGEST_FRAME } from "./frames.ts";
import { outsideDecoder, outsideEncoder } from "./outside_codec.ts";
import { PieceWriter } from "./piece_writer.ts";

/** What the sides say to each other before the first message: the kind of such a frame. */
export const GREETING = 3;

/** How much (bytes) is kept that nobody has received yet, before the other side has to wait. */
const KEPT = 1 << 20;
/** Smaller messages (bytes) are written in one piece with their header. */
const SMALL = 1 << 14;
/** How long (ms) a closed connection waits for the other side to close, too. */
const FAREWELL = 2_000;
/** How long (ms) the other side may pause in the middle of a message, which would be kept for ever otherwise. */
const PATIENCE = 60_000;

const KINDS: readonly number[] = [MessageKind.value, MessageKind.bytes, GREETING];

/** {@linkcode Transport} over a socket of `node:net`. */
export class SocketEnd implements Transport {
  readonly readable = true;
  readonly writable = true;
  readonly isTrusted = false;
  readonly #socket: Socket;
  readonly #writer: PieceWriter;
  readonly #reader: FrameReader;
  readonly #messages = new Deque<Message>();
  #kept = 0;
  /** What has arrived and was not taken apart yet, and from where on in the first piece. */
  readonly #held = new Deque<Uint8Array>();
  #heldFrom = 0;
  #paused = false;
  #ended = false;
  #failure: Error | null = null;
  #state: TransportState = "open";
  #receiving: Receiving | null = null;
  /** Who waits until what was sent has left this process. */
  readonly #sending = new Set<(reason: Error) => void>();
  readonly #keepAlive = new KeepAlive();
  #greeted = false;
  readonly #patience: number;
  /** Whether the rest of a message is waited for. */
  #isWatched = false;

  /**
   * @param socket A connected socket.
   * @param limit The longest message (bytes) that is accepted, until {@linkcode greeted} is called.
   * @param patience How long (ms) the other side may pause in the middle of a message.
   */
  constructor(socket: Socket, limit: number, patience: number = PATIENCE) {
    this.#socket = socket;
    this.#writer = new PieceWriter(socket);
    this.#patience = patience;
    this.#reader = new FrameReader(limit);
    socket.unref();
    socket.setNoDelay?.(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("end", () => this.#end(null));
    socket.on("close", () => this.#end(null));
    socket.on("error", () => this.#end(null));
    socket.on("timeout", () => this.#stall());
  }

  get state(): TransportState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#ended && (this.#held.length === 0 || this.#failure !== null);
  }

  get failure(): Error | null {
    return this.#failure;
  }

  /** Says that the sides have agreed to talk: from now on messages may have any length, and no greeting comes. */
  greeted(): void {
    this.#greeted = true;
    this.#reader.limit = LARGEST_FRAME;
    this.#parse();
  }

  send(kind: number, payload: unknown, root: string): Promise<void> {
    if (this.#ended) return Promise.reject(this.#failure ?? goneError());
    const bytes = kind === MessageKind.value ? encode(payload, root) : payload as Uint8Array;
    checkFrame(bytes.byteLength, root);
    const header = frameHeader(kind, bytes.byteLength);
    return new Promise((resolve, reject) => {
      const isSafe = risk("message(s) that a connection by an address may not have sent");
      const fail = (reason: Error): void => {
        isSafe();
        reject(reason);
      };
      this.#sending.add(fail);
      this.#update();
      const settle = (error?: Error | null): void => {
        if (!this.#sending.delete(fail)) return;
        this.#update();
        if (error) return fail(goneError(error));
        isSafe();
        resolve();
      };
      // What was encoded belongs to nobody else; other bytes are copied before the caller may change them.
      const own = kind === MessageKind.value ? bytes : bytes.slice();
      if (own.byteLength <= SMALL) return void this.#writer.write(joined(header, own), settle);
      this.#writer.write(header);
      this.#writer.write(own, settle);
    });
  }

  first(): Message | null {
    return this.#messages.first ?? null;
  }

  release(): void {
    const message = this.#messages.shift();
    if (message !== undefined) this.#kept -= message.end;
    this.#flow();
  }

  decode({ bytes, start, end }: Message): unknown {
    return outsideDecoder.decode(bytes, start, end);
  }

  listen(receiving: Receiving | null): void {
    this.#receiving = receiving;
    this.#update();
    if (receiving !== null && !this.#greeted && this.#parse()) queueMicrotask(() => this.#tell());
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#ended = true;
    this.#receiving?.abandon(new ProcessError("The connection was closed"));
    this.#forget();
    const socket = this.#socket;
    if (socket.destroyed) return;
    // What has been written is sent first. The other side closes as well then, as a rule.
    this.#writer.end();
    socket.resume();
    const timer: unknown = setTimeout(() => socket.destroy(), FAREWELL);
    (timer as { unref?(): void }).unref?.();
    socket.once("close", () => clearTimeout(timer as ReturnType<typeof setTimeout>));
  }

  /**
   * Breaks the connection off at once.
   *
   * @param reason What who waits or sends is told.
   */
  fail(reason: Error): void {
    this.#end(reason);
  }

  #take(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#held.push(chunk);
    if (this.#parse()) this.#tell();
    this.#flow();
    this.#watch();
  }

  /** Whether the other side has begun a message and is free to go on with it. */
  get #lacksRest(): boolean {
    return this.#reader.hasBegun && !this.#paused && !this.#ended;
  }

  /** Has the socket tell when nothing comes for long, while a message is not complete. */
  #watch(): void {
    if (this.#lacksRest === this.#isWatched) return;
    this.#isWatched = !this.#isWatched;
    this.#socket.setTimeout(this.#isWatched ? this.#patience : 0);
  }

  #stall(): void {
    if (!this.#lacksRest) return;
    this.#end(
      new EOFError(
        `The other side stopped in the middle of a message: nothing came for ${this.#patience} ms`,
      ),
    );
  }

  /** Takes apart what has arrived, as far as it may be. Returns whether there is anything new. */
  #parse(): boolean {
    let found = false;
    try {
      for (let chunk = this.#held.first; chunk !== undefined; chunk = this.#held.first) {
        while (this.#heldFrom < chunk.length) {
          if (!this.#mayTake()) return found;
          this.#heldFrom = this.#reader.push(chunk, this.#heldFrom);
          const frame = this.#reader.take();
          if (frame !== null) this.#add(frame);
          found ||= frame !== null;
        }
        this.#held.shift();
        this.#heldFrom = 0;
      }
    } catch (error) {
      this.#end(error as Error);
    }
    return found;
  }

  #mayTake(): boolean {
    return this.#greeted || (this.#receiving !== null && this.#messages.length === 0);
  }

  /** Has the other side wait while there is much that nobody has received. */
  #flow(): void {
    const pauses = !this.#ended && (this.#kept > KEPT || this.#held.length > 0);
    if (pauses === this.#paused) return;
    this.#paused = pauses;
    if (pauses) this.#socket.pause();
    else this.#socket.resume();
    this.#watch();
  }

  #tell(): void {
    this.#receiving?.look();
  }

  #forget(): void {
    while (this.#held.length > 0) this.#held.shift();
    while (this.#messages.length > 0) this.#messages.shift();
  }

  #add({ kind, bytes }: Frame): void {
    if (!KINDS.includes(kind)) throw new ProcessError(`A message of kind ${kind} is not known`);
    if (kind === GREETING && this.#greeted) {
      throw new AuthenticationError(
        'The other side asks for a key, and this one was given none: pass its "authKey"',
      );
    }
    this.#messages.push({ kind, bytes, start: 0, end: bytes.byteLength });
    this.#kept += bytes.byteLength;
  }

  #end(failure: Error | null): void {
    if (!this.#ended) this.#failure = failure;
    this.#ended = true;
    for (const reject of [...this.#sending]) reject(failure ?? goneError());
    this.#sending.clear();
    this.#socket.destroy();
    this.#tell();
    this.#update();
  }

  #update(): void {
    this.#keepAlive.set(this.#receiving !== null || this.#sending.size > 0);
  }
}

function encode(value: unknown, root: string): Uint8Array {
  const size = outsideEncoder.measure(value, root);
  checkFrame(size, root);
  const bytes = bytesFor(size, root);
  outsideEncoder.encode(value, bytes, 0, bytes.byteLength, root);
  return bytes;
}

function checkFrame(size: number, root: string): void {
  if (size <= LARGEST_FRAME) return;
  throw new SerializationError(
    `Cannot send ${root}: it takes ${size} bytes; one message to an address has ${LARGEST_FRAME} at most`,
    root,
  );
}

function goneError(cause?: Error): EOFError {
  return new EOFError("Cannot send: the other end of the connection is closed", { cause });
}

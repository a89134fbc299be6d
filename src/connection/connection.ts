/**
 * Connections: messages between two processes, in order, both ways or one.
 *
 * Long because the documentation of a public class stands in its file.
 *
 * @module
 */

import { Refusal } from "../codec/refusal.ts";
import { UnknownClassError } from "../codec/registry.ts";
import { decodeWithImports } from "../messages/decode_with_imports.ts";
import { assemble, Parts } from "../messages/parts.ts";
import type { Program } from "../parties/program.ts";
import { registerHandle } from "../messages/handles.ts";
import { openPiece } from "../messages/shared_object.ts";
import { BufferTooShort, EOFError, ProcessError, TimeoutError } from "../errors.ts";
import { within } from "../support/limit.ts";
import { checkCount, checkWaitOptions, type WaitOptions } from "../support/options.ts";
import { isTurnDue, nextTurn } from "../event_loop/turns.ts";
import { type BytesLike, partOf } from "./bytes_like.ts";
import { Inbox, type Read } from "./inbox.ts";
import { PipeEnd } from "./pipe/pipe_end.ts";
import { type Message, MessageKind, SENT, type Transport } from "./transport.ts";
import { makeWaitable } from "../parties/waitable.ts";

/** How `recvBytes()` waits, and what it takes. */
export interface RecvBytesOptions extends WaitOptions {
  /** The longest message (bytes) to take; a longer one is refused, and stays where it is. */
  maxLength?: number;
}

let isMeantBy: (value: Connection, ticket: number) => boolean;

/**
 * One end of a way for messages to another process. Python's `Connection`.
 *
 * - Messages arrive in the order in which they were sent, never merged or split; they may have any size that a buffer has.
 * - `send()` copies the value at once, and resolves when the message cannot be lost any more: it is in memory that
 *   both ends have, or, where it is large, it has been received.
 * - What has been sent is received first; then `recv()` rejects with an `EOFError`, when the other end was closed or its only
 *   holder has ended, however it did.
 * - A connection given to another process moves there, as a `MessagePort` does: the giver's copy is closed. One that is on
 *   its way while what carries it is lost counts as closed.
 * - One that nobody in its process can use any more may be closed at any time, as in Python: keep what should stay open.
 * - Calls in one process are served in their order. A wait that times out or is aborted has taken nothing.
 *
 * Differences from Python: a connection moves where Python's is duplicated; a message that is too long for `maxLength`
 * can still be received.
 *
 * @typeParam Send What this end sends.
 * @typeParam Recv What this end receives.
 *
 * @example
 * ```ts
 * import { Pipe } from "@allcores/multiprocessing";
 *
 * const [here, there] = Pipe<string>();
 * await there.send("hello");
 * console.log(await here.recv()); // hello
 * ```
 */
export class Connection<Send = unknown, Recv = Send> implements Disposable {
  readonly #transport: Transport;
  readonly #inbox: Inbox;
  readonly #readValue: Read<unknown> = (message) => this.#decode(message);
  /** How many calls went on in the background: they keep the connection from being collected. */
  #settled = 0;

  static {
    registerHandle<Connection>({
      number: 24,
      prototype: Connection.prototype,
      programOf: (value) => endOf(value.#transport).place.piece.program,
      toPayload: (value) => toPayload(value, endOf(value.#transport)),
      fromPayload,
      leaverOf: (value) => endOf(value.#transport),
    });
    makeWaitable<Connection>(Connection.prototype, (value) => ({
      ready: () => {
        value.#checkReadable("wait for");
        return value.#inbox.ready;
      },
      watch: (onChange) => value.#inbox.watch(onChange),
    }));
    isMeantBy = (value, ticket) => (value.#transport as PipeEnd).isMeantBy(ticket);
  }

  /**
   * `Pipe()`, `Listener` and `Client()` create connections.
   *
   * @throws {TypeError} always, where a user calls it.
   */
  private constructor(parts?: Parts<Transport>) {
    if (!(parts instanceof Parts)) {
      throw new TypeError("Pipe(), Listener and Client() create connections");
    }
    const transport = parts.content;
    this.#transport = transport;
    this.#inbox = new Inbox(transport);
    forgotten.register(this, transport);
  }

  /** Whether it was closed here, or given to another process. */
  get closed(): boolean {
    return this.#transport.state !== "open";
  }

  /** Whether messages can be received from it. */
  get readable(): boolean {
    return this.#transport.readable;
  }

  /** Whether messages can be sent on it. */
  get writable(): boolean {
    return this.#transport.writable;
  }

  /**
   * Sends a value. Python's `send`.
   *
   * @param value The value, which is copied.
   * @returns Resolves when it has been sent: at once, while there is room.
   * @throws {SerializationError} when it cannot be sent; nothing was sent then.
   * @throws {EOFError} when the other end is closed, or its holder has ended.
   * @throws {ProcessError} when this end is closed, was given away, or only receives.
   */
  send(value: Send): Promise<void> {
    return this.#send(MessageKind.value, value);
  }

  /**
   * Receives a value. Python's `recv`. Bytes that were sent by `sendBytes()` arrive as a `Uint8Array`.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns The next message.
   * @throws {EOFError} when the other end is closed and everything that it sent was received.
   * @throws {TimeoutError} when the time is over.
   * @throws {ProcessError} when this end is closed, was given away, or only sends.
   * @throws the signal's reason when it is aborted.
   */
  recv(options?: WaitOptions): Promise<Recv> {
    return this.#take(this.#readValue as Read<Recv>, options);
  }

  /**
   * Tells whether there is something to receive: a message, or the end. Takes nothing. Python's `poll`.
   *
   * @param options The longest wait (ms), and a signal; without options it does not wait, as in Python.
   * @returns Whether there is; false when the time is over.
   * @throws {ProcessError} when this end is closed, was given away, or only sends.
   * @throws the signal's reason when it is aborted.
   */
  async poll(options: WaitOptions = { timeout: 0 }): Promise<boolean> {
    checkWaitOptions(options);
    this.#checkReadable("poll");
    options.signal?.throwIfAborted();
    if (!this.#inbox.ready && (options.timeout ?? 1) > 0) await this.#change(options);
    else if (isTurnDue()) await nextTurn(undefined);
    this.#checkReadable("poll");
    return this.#inbox.ready;
  }

  /**
   * Sends bytes as one message, without encoding them. Python's `send_bytes`.
   *
   * @param bytes The bytes, which are copied.
   * @param offset Where they begin (bytes). @default 0
   * @param size How many there are. @default all to the end
   * @returns As `send()`.
   * @throws {TypeError} when it is given no bytes.
   * @throws {RangeError} when there are not so many bytes.
   * @throws {EOFError} when the other end is closed, or its holder has ended.
   * @throws {ProcessError} when this end is closed, was given away, or only receives.
   */
  sendBytes(bytes: BytesLike, offset?: number, size?: number): Promise<void> {
    try {
      return this.#send(MessageKind.bytes, partOf(bytes, offset, size));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives a message that was sent by `sendBytes()`. Python's `recv_bytes`.
   *
   * @param options The longest message (bytes), the longest wait (ms), and a signal.
   * @returns The bytes.
   * @throws {RangeError} when the message is longer than `maxLength`; it can still be received.
   * @throws {TypeError} when the next message is a value; it can still be received.
   * @throws as `recv()` in all else.
   */
  recvBytes(options?: RecvBytesOptions): Promise<ReturnType<Uint8Array["slice"]>> {
    const { maxLength } = options ?? {};
    const read = (message: Message) => {
      checkBytes(message);
      const length = message.end - message.start;
      if (maxLength !== undefined && length > maxLength) {
        throw new RangeError(`The message has ${length} bytes, which is more than ${maxLength}`);
      }
      return this.#copyOf(message);
    };
    try {
      if (maxLength !== undefined) checkCount("maxLength", maxLength, 0);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#take(read, options);
  }

  /**
   * Receives a message that was sent by `sendBytes()` into memory that exists. Python's `recv_bytes_into`.
   *
   * @param buffer Where the bytes go.
   * @param offset Where they begin there (bytes). @default 0
   * @param options The longest wait (ms), and a signal.
   * @returns How many bytes there were.
   * @throws {BufferTooShort} when there is no room for them; `data` holds the message, which was taken.
   * @throws {RangeError} when `offset` lies outside of the memory.
   * @throws {TypeError} when it is given no memory, or the next message is a value; that can still be received.
   * @throws as `recv()` in all else.
   */
  recvBytesInto(buffer: BytesLike, offset?: number, options?: WaitOptions): Promise<number> {
    let target: Uint8Array;
    try {
      target = partOf(buffer, offset);
    } catch (error) {
      return Promise.reject(error);
    }
    const read = (message: Message) => {
      checkBytes(message);
      const length = message.end - message.start;
      if (length > target.byteLength) {
        const problem = `The message has ${length} bytes; there is room for ${target.byteLength}`;
        throw new BufferTooShort(problem, this.#copyOf(message));
      }
      target.set(message.bytes.subarray(message.start, message.end));
      this.#transport.release();
      return length;
    };
    return this.#take(read, options);
  }

  /** Closes this end. What was sent still arrives; what has not been received is lost. May be called again. */
  close(): void {
    this.#transport.close();
  }

  /** Closes this end. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Receives messages until the other end is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Recv, void, undefined> {
    for (;;) {
      let value: Recv;
      try {
        value = await this.recv();
      } catch (error) {
        if (error instanceof EOFError && this.#inbox.isAtEnd) return;
        throw error;
      }
      yield value;
    }
  }

  #send(kind: number, payload: unknown): Promise<void> {
    try {
      this.#checkOpen("send");
      if (!this.writable) throw new ProcessError("Cannot send: this end only receives");
      const sent = this.#transport.send(kind, payload, "value");
      if (sent !== SENT) return this.#holding(sent);
      return isTurnDue() ? nextTurn(undefined) : SENT;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #take<T>(read: Read<T>, options: WaitOptions | undefined): Promise<T> {
    try {
      if (options !== undefined) checkWaitOptions(options);
      this.#checkReadable("receive");
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#inbox.take(read, options);
  }

  async #change(options: WaitOptions): Promise<void> {
    let stop!: () => void;
    const change = new Promise<void>((resolve) => stop = this.#inbox.watch(resolve));
    try {
      await within(change, options, "a message to arrive");
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    } finally {
      stop();
    }
  }

  #decode(message: Message): unknown {
    const transport = this.#transport;
    if (message.kind === MessageKind.bytes) return this.#copyOf(message);
    try {
      return transport.decode(message);
    } catch (error) {
      if (!(error instanceof UnknownClassError) || !transport.isTrusted) throw error;
      const bytes = message.bytes.slice(message.start, message.end);
      const copy = { kind: message.kind, bytes, start: 0, end: bytes.byteLength };
      return decodeWithImports(() => transport.decode(copy));
    } finally {
      transport.release();
    }
  }

  #copyOf({ bytes, start, end }: Message): Uint8Array<ArrayBuffer> {
    // Never shared, even where the message is; some engines need not clear the memory first.
    const copy = bytes.slice(start, end) as Uint8Array<ArrayBuffer>;
    this.#transport.release();
    return copy;
  }

  async #holding(sent: Promise<void>): Promise<void> {
    try {
      await sent;
    } finally {
      this.#settled++;
    }
  }

  #checkReadable(verb: string): void {
    this.#checkOpen(verb);
    if (!this.readable) throw new ProcessError(`Cannot ${verb}: this end only sends`);
  }

  #checkOpen(verb: string): void {
    const { state } = this.#transport;
    if (state === "open") return;
    const why = state === "moved" ? "was given to another process" : "is closed";
    throw new ProcessError(`Cannot ${verb}: this connection ${why}`);
  }
}

/** Ends whose connections were collected are closed. */
const forgotten = new FinalizationRegistry<Transport>((transport) => {
  transport.close();
  if (!(transport instanceof PipeEnd)) return;
  const name = nameOf(transport);
  if (known.get(name)?.deref() === undefined) known.delete(name);
});

/** The connections of this party, so that one that is decoded twice is one. */
const known = new Map<string, WeakRef<Connection>>();

/** The connection at this end of a way for messages. */
export function connectionOver<Send, Recv>(transport: Transport): Connection<Send, Recv> {
  return assemble<Connection<Send, Recv>>(Connection, transport);
}

/** The pipe's key, its memory, which end it is, whether it is duplex, and the ticket. */
type Payload = [key: string, share: unknown, side: 0 | 1, duplex: boolean, ticket: number];

function endOf(transport: Transport): PipeEnd {
  if (transport instanceof PipeEnd) return transport;
  throw new Refusal(
    "a connection over a socket cannot leave its process: give the address, and call Client() there",
  );
}

function nameOf({ place: { piece: { program, key }, side } }: PipeEnd): string {
  return `${program.method} ${key} ${side}`;
}

function toPayload(value: Connection, end: PipeEnd): Payload {
  end.checkMovable();
  const { piece: { key, share }, side, duplex } = end.place;
  known.set(nameOf(end), new WeakRef(value));
  return [key, share.send(), side, duplex, end.nextTicket];
}

function fromPayload(payload: unknown, program: Program): Connection {
  const [key, share, side, duplex, ticket] = payload as Payload;
  // Opened in any case: the sender keeps it until then.
  const piece = openPiece(program, key, share);
  const end = new PipeEnd({ piece, side, duplex });
  const name = nameOf(end);
  const before = known.get(name)?.deref();
  if (before !== undefined && isMeantBy(before, ticket)) return before;
  end.arrive(ticket);
  const connection = connectionOver(end);
  known.set(name, new WeakRef(connection));
  return connection;
}

function checkBytes(message: Message): void {
  if (message.kind === MessageKind.bytes) return;
  throw new TypeError("The next message is a value, not bytes: receive it by recv()");
}

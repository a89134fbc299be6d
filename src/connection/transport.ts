/**
 * What a connection needs of the means by which its messages travel: shared memory, or a socket.
 *
 * @module
 */

/** What a message is: the kind of its record. */
export const MessageKind = {
  /** A value, encoded. */
  value: 1,
  /** Bytes, as they are. */
  bytes: 2,
} as const;

/** A message that has arrived, in memory of the transport's: good until it is released. */
export interface Message {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Who receives what a transport brings. */
export interface Receiving {
  /** Called when there may be something new. Returns whether there was. */
  look(): boolean;
  /** Called when nothing can be received here any more. */
  abandon(reason: Error): void;
}

/** Whether a transport can be used here. */
export type TransportState = "open" | "closed" | "moved";

/** One end of a way for messages, in order, both ways or one. */
export interface Transport {
  readonly state: TransportState;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Whether nothing will come any more apart from what is there. Ask for it before the last `first()`. */
  readonly ended: boolean;
  /**
   * Sends a message.
   *
   * @param kind Its kind.
   * @param payload The value, or a `Uint8Array`.
   * @param root What it is called in an error's path.
   * @returns Resolves when the message cannot be lost any more by the end of this process; {@linkcode SENT} where
   *   it has at once. Rejects with an `EOFError` when nobody can receive it.
   * @throws {SerializationError} when it cannot be sent.
   */
  send(kind: number, payload: unknown, root: string): Promise<void>;
  /** The first message that has arrived, which stays where it is; `null` when there is none. */
  first(): Message | null;
  /** Removes the message that `first()` gave. */
  release(): void;
  /** Why nothing will come any more, where that is not that the other end is closed. */
  readonly failure: Error | null;
  /** Whether the other end may name modules to import: whoever has an end of a pipe belongs to the program. */
  readonly isTrusted: boolean;
  /** Decodes a message that is a value; or a copy of it, later. */
  decode(message: Message): unknown;
  /** Keeps somebody told of what arrives, and the event loop alive meanwhile; `null`: nobody. */
  listen(receiving: Receiving | null): void;
  /** Sends no more; what was sent still arrives. */
  close(): void;
}

/** A promise that is resolved. */
export const SENT: Promise<void> = Promise.resolve();

/**
 * What was sent into a pipe and is not safe yet: messages that wait for room, and those that would end with this party before they
 * have been read.
 *
 * Messages stay in their order: while one waits for room, all others wait behind it.
 *
 * @module
 */

import { EOFError } from "../../errors.ts";
import { risk } from "../../event_loop/unfinished.ts";
import { dropEncoded, type Encoded, type Sender } from "../../messages/channel.ts";
import { Deque } from "../../support/deque.ts";

/** A message that waits for room. */
export interface Unsent {
  readonly kind: number;
  readonly encoded: Encoded;
  resolve(): void;
  reject(reason: Error): void;
}

/** A message that waits until it has been read. */
interface Unread {
  /** Where the ring has been read to then. */
  readonly position: number;
  resolve(): void;
  reject(reason: Error): void;
}

/** The sends of one end that have not ended. */
export class PendingSends {
  readonly #sender: Sender;
  readonly #write: (unsent: Unsent) => boolean;
  readonly #onAdd: () => void;
  readonly #unread = new Deque<Unread>();
  readonly #unsent = new Deque<Unsent>();

  /**
   * @param sender The direction.
   * @param write Writes a message, if there is room.
   * @param onAdd Called when there is something more to wait for.
   */
  constructor(sender: Sender, write: (unsent: Unsent) => boolean, onAdd: () => void) {
    this.#sender = sender;
    this.#write = write;
    this.#onAdd = onAdd;
  }

  /** Whether there are any. */
  get waiting(): boolean {
    return this.#unread.length > 0 || this.#unsent.length > 0;
  }

  /** Whether messages wait for room, so that a new one has to wait behind them. */
  get isFull(): boolean {
    return this.#unsent.length > 0;
  }

  /** Lets a message wait for room. */
  untilSent(kind: number, encoded: Encoded): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#unsent.push({ kind, encoded, resolve, reject });
      this.#onAdd();
    });
  }

  /** Waits until everything has been read that was written. */
  untilRead(): Promise<void> {
    const isSafe = risk("message(s) of more than 64 KiB that nobody has received");
    const settled =
      <Args extends unknown[]>(settle: (...args: Args) => void) => (...args: Args) => {
        isSafe();
        settle(...args);
      };
    return new Promise((resolve, reject) => this.#addUnread(settled(resolve), settled(reject)));
  }

  /**
   * Writes what waits for room, and settles what has been read.
   *
   * @param isGone Whether nobody will read any more, as it was known before.
   * @returns Whether there was anything.
   */
  flush(isGone: boolean): boolean {
    let found = this.#settleRead();
    if (!isGone) return this.#sendWaiting() || found;
    for (; this.#unread.length > 0; found = true) this.#unread.shift()!.reject(goneError());
    if (this.#unsent.length > 0) found = true;
    this.rejectUnsent(goneError);
    return found;
  }

  /** Gives up what waits for room. */
  rejectUnsent(reason: () => Error): void {
    while (this.#unsent.length > 0) {
      const { encoded, reject } = this.#unsent.shift()!;
      dropEncoded(encoded);
      reject(reason());
    }
  }

  #addUnread(resolve: () => void, reject: (reason: Error) => void): void {
    const { ring } = this.#sender;
    this.#unread.push({ position: ring.tail, resolve, reject });
    ring.wantRoom();
    this.#onAdd();
  }

  #settleRead(): boolean {
    const { ring } = this.#sender;
    let found = false;
    while (this.#unread.length > 0 && ring.isReleased(this.#unread.first!.position)) {
      this.#unread.shift()!.resolve();
      found = true;
    }
    if (this.#unread.length > 0) ring.wantRoom();
    return found;
  }

  #sendWaiting(): boolean {
    if (this.#unsent.length === 0 || !this.#sender.ring.hasMoved) return false;
    let found = false;
    while (this.#unsent.length > 0) {
      const { resolve, reject } = this.#unsent.first!;
      if (!this.#write(this.#unsent.first!)) break;
      this.#unsent.shift();
      found = true;
      if (this.#sender.isRead) resolve();
      else this.#addUnread(resolve, reject);
    }
    return found;
  }
}

/** What a send rejects with that nobody can receive. */
export function goneError(): EOFError {
  return new EOFError("Cannot send: the other end of the connection is closed");
}

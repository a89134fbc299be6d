/**
 * The waits for the messages of a transport: who takes one, first come, first served, and who only wants to know.
 *
 * @module
 */

import { Deque } from "../support/deque.ts";
import { limited, timedOut } from "../support/limit.ts";
import type { WaitOptions } from "../support/options.ts";
import { isTurnDue, nextTurn } from "../event_loop/turns.ts";
import { EOFError } from "../errors.ts";
import type { Message, Receiving, Transport } from "./transport.ts";

const AWAITED = "a message to arrive";

/** Takes what a message holds, and releases it. */
export type Read<T> = (message: Message) => T | Promise<T>;

interface Taker {
  readonly read: Read<unknown>;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** The receiving side of a connection. */
export class Inbox implements Receiving {
  readonly #transport: Transport;
  readonly #takers = new Deque<Taker>();
  readonly #watchers = new Set<() => void>();

  /** @param transport Where the messages come from. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Whether there is a message, or never will be one. */
  get ready(): boolean {
    const transport = this.#transport;
    return transport.first() !== null || transport.ended;
  }

  /** Whether there never will be a message. */
  get isAtEnd(): boolean {
    return this.#transport.ended && this.#transport.first() === null;
  }

  /**
   * Takes the next message.
   *
   * @param read Takes what it holds.
   * @param options The limits of the wait.
   * @returns What `read` gives.
   */
  take<T>(read: Read<T>, options: WaitOptions | undefined): Promise<T> {
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.#takers.length === 0) {
      try {
        const message = this.#front();
        if (message !== null) {
          const taken = read(message);
          if (taken instanceof Promise || !isTurnDue()) return Promise.resolve(taken);
          return nextTurn(taken);
        }
      } catch (error) {
        return Promise.reject(error);
      }
    }
    if ((options?.timeout ?? 1) <= 0) {
      return Promise.reject(timedOut(options, AWAITED));
    }
    return new Promise<T>((resolve, reject) => {
      const taker = { read, resolve: resolve as (value: unknown) => void, reject };
      this.#wait(options === undefined ? taker : this.#limited(taker, options));
    });
  }

  /**
   * Tells when there may be a message, or none any more.
   *
   * @param onChange Called then.
   * @returns Ends the watch.
   */
  watch(onChange: () => void): () => void {
    // The same function may watch twice.
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    this.#update();
    return () => {
      if (this.#watchers.delete(watcher)) this.#update();
    };
  }

  look(): boolean {
    let found = false;
    while (this.#takers.length > 0) {
      try {
        const message = this.#front();
        if (message === null) break;
        const taker = this.#takers.shift()!;
        found = true;
        this.#give(taker, message);
      } catch (error) {
        found = true;
        this.#takers.shift()!.reject(error);
      }
    }
    if (this.#watchers.size > 0 && this.ready) {
      found = true;
      for (const watcher of [...this.#watchers]) watcher();
    }
    if (found) this.#update();
    return found;
  }

  abandon(reason: Error): void {
    while (this.#takers.length > 0) this.#takers.shift()!.reject(reason);
    for (const watcher of [...this.#watchers]) watcher();
    this.#update();
  }

  #give({ read, resolve, reject }: Taker, message: Message): void {
    try {
      resolve(read(message));
    } catch (error) {
      reject(error);
    }
  }

  /** The first message; `null` when there is none yet. */
  #front(): Message | null {
    const transport = this.#transport;
    let message = transport.first();
    if (message !== null || !transport.ended) return message;
    // It may have come between the two looks.
    message = transport.first();
    if (message === null) throw transport.failure ?? closedError();
    return message;
  }

  #wait(taker: Taker): void {
    this.#takers.push(taker);
    this.#update();
  }

  /** A taker that gives up when its time is over or its signal is aborted. */
  #limited({ read, resolve, reject }: Taker, options: WaitOptions): Taker {
    const giveUp = (reason: unknown): void => {
      this.#takers.remove(taker);
      this.#update();
      taker.reject(reason);
    };
    const limit = limited(options, () => giveUp(timedOut(options, AWAITED)), giveUp);
    const taker: Taker = {
      read,
      resolve: (value) => {
        limit.end();
        resolve(value);
      },
      reject: (reason) => {
        limit.end();
        reject(reason);
      },
    };
    return taker;
  }

  #update(): void {
    const waits = this.#takers.length > 0 || this.#watchers.size > 0;
    this.#transport.listen(waits ? this : null);
  }
}

function closedError(): EOFError {
  return new EOFError("The other end of the connection is closed");
}

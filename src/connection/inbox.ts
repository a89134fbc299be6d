/**
 * The waits for the messages of a transport: who takes one, first come, first served, and who only wants to know.
 *
 * @module
 */

import { Deque } from "../support/deque.ts";
import type { WaitOptions } from "../support/options.ts";
import { isTurnDue, nextTurn } from "../event_loop/turns.ts";
import { EOFError, TimeoutError } from "../errors.ts";
import type { Message, Receiving, Transport } from "./transport.ts";

/** Timers with a longer delay (ms) fire at once; a wait of 24 days is one without an end. */
const LONGEST_TIMER = 2 ** 31 - 1;

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
    if ((options?.timeout ?? 1) <= 0) return Promise.reject(timeoutError(options));
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
    const { timeout, signal } = options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const giveUp = (reason: unknown): void => {
      this.#takers.remove(taker);
      this.#update();
      taker.reject(reason);
    };
    const onAbort = (): void => giveUp(signal!.reason);
    const taker: Taker = {
      read,
      resolve: (value) => {
        settle();
        resolve(value);
      },
      reject: (reason) => {
        settle();
        reject(reason);
      },
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeout !== undefined && timeout < LONGEST_TIMER) {
      const onTime = () => giveUp(timeoutError(options));
      timer = setTimeout(onTime, Math.max(1, timeout));
    }
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

function timeoutError(options: WaitOptions | undefined): TimeoutError {
  return new TimeoutError(`Timed out after ${options?.timeout} ms: a message to arrive`);
}

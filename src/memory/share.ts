/**
 * A piece of memory that parties share, as one of them has it, and what both kinds of heaps have in common.
 *
 * @module
 */

import type { Extension } from "../sync/block.ts";

/** A piece of shared memory, as one party has it. */
export interface Share {
  readonly buffer: ArrayBufferLike;
  /** Where the piece begins in the buffer (bytes), a multiple of 16. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
  /** Gives what another party needs to open it, and keeps the memory until it has done so. */
  send(): unknown;
  /** Whether another party may have it: it was sent, or was received here. */
  readonly wasSent: boolean;
  /**
   * Says that nothing here will use the memory any more, before that would be found out. It must not have been sent. Where
   * unmapping it could end the process it stays until it is collected.
   */
  release(): void;
  /** Says that the memory is used in ways that nobody follows: it is never reused. */
  pin(): void;
  /** Gives the extension of a piece of more than 4 KiB; it ends with the piece. */
  extension(): Extension;
}

/** Where pieces come from. */
export interface SharedHeap {
  allocate(size: number): Share;
  open(payload: unknown): Share;
  /** Frees what a party had that has ended, and nobody else has. */
  bury(party: number): void;
}

/**
 * The number of a sending as it is written. A message is measured before it is written, and each of the two asks for a number:
 * that of the second may be larger, and must not take more bytes. So it is written as a fraction.
 */
export function toTicket(number: number): number {
  return number + 0.5;
}

/** The number of a sending that was written by {@linkcode toTicket}. */
export function fromTicket(ticket: number): number {
  return Math.floor(ticket);
}

/** How long (ms) memory stays with its sender after it was received for the first time. */
const LINGER = 30_000;
/** How often (ms) is looked at most for what need not be kept any more. */
const PAUSE = 1_000;

/** What is kept because it is on its way. */
export interface Outgoing {
  /** Whether the last message with it was received. */
  delivered(): boolean;
}

/** Keeps what was sent. It is looked through when something is sent or allocated; there is no timer. */
export class Outbox<T extends Outgoing> {
  readonly #sent = new Map<T, number>();
  #looked = 0;

  /** Keeps something from now on. */
  add(item: T): void {
    this.tidy();
    this.#sent.set(item, performance.now());
  }

  /**
   * Lets go of what has arrived.
   *
   * @returns Whether it was looked: rarely, however often it is asked for.
   */
  tidy(): boolean {
    const now = performance.now();
    if (now - this.#looked < PAUSE) return false;
    this.#looked = now;
    for (const [item, time] of this.#sent) {
      if (now - time > LINGER && item.delivered()) this.#sent.delete(item);
    }
    return true;
  }
}

/**
 * The number of the next sending of a piece. It wraps, and is never 0, which stands for none.
 *
 * @param words The words that count.
 * @param index Which of them.
 * @returns The number.
 */
export function nextSending(words: Int32Array, index: number): number {
  return (Atomics.add(words, index, 1) + 1 | 0) || nextSending(words, index);
}

/** Whether a sending came before another one: by their difference, since their numbers wrap. */
export function isBefore(sending: number, other: number): boolean {
  return (sending - other | 0) < 0;
}

/** A random word that is not 0. */
export function randomWord(): number {
  return crypto.getRandomValues(new Int32Array(1))[0] || 1;
}

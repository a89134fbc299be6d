/**
 * Events: a flag that processes set and wait for.
 *
 * @module
 */

import type { Wake } from "../parties/monitor.ts";
import { assemble, Parts } from "../messages/parts.ts";
import { registerShared, type SharedPiece } from "../messages/shared_object.ts";
import { programFor } from "../parties/program_for.ts";
import { checkWaitOptions, type WaitOptions } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { createWaits, openWaits, type Waits } from "./waits.ts";

const FLAG = 0;

/**
 * A flag that processes wait for. Python's `Event`.
 *
 * - `set()` lets all go on that wait at this moment, also if `clear()` follows at once.
 * - Whoever has it may give it to other processes, as an argument or inside another value; it stays the same there.
 * - 192 processes or threads at most can wait at a time; whoever else uses it then gets a
 *   `NotSupportedError`.
 * - A process that dies while it waits or after it has set the flag changes nothing for the others.
 *
 * Differences from Python: a `wait()` that `set()` has ended gives `true`, even if the flag has been cleared meanwhile.
 *
 * @example Wait for a start signal
 * ```ts
 * import { Event } from "@allcores/multiprocessing";
 *
 * const ready = new Event();
 * setTimeout(() => ready.set(), 10);
 * console.log(await ready.wait({ timeout: 1000 })); // true
 * ```
 */
export class Event {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #waits: Waits;
  readonly #attempt = (): boolean => this.#waits.list.get(FLAG) === 1;

  static {
    registerShared<Event>({
      number: 20,
      prototype: Event.prototype,
      pieceOf: (value) => value.#waits.piece,
      make: (piece) => assemble(Event, piece),
    });
  }

  /**
   * Creates an event whose flag is not set.
   *
   * @throws {NotSupportedError} when there is no shared memory for it.
   */
  constructor();
  constructor(parts?: Parts<SharedPiece>) {
    const piece = parts instanceof Parts ? parts.content : createWaits(programFor(new.target));
    // Whoever sets the flag may die before everybody has been told.
    const finish = (wake: Wake) => {
      if (this.#attempt()) this.#grantAll(wake);
    };
    this.#waits = openWaits(piece, { passesOn: false, finish });
  }

  /** Whether the flag is set at this moment. */
  isSet(): boolean {
    return this.#waits.list.peek(FLAG) === 1;
  }

  /** Sets the flag, and lets all go on that wait. */
  set(): void {
    this.#waits.monitor.enter((_, wake) => {
      this.#waits.list.set(FLAG, 1);
      this.#grantAll(wake);
    });
  }

  /** Clears the flag. */
  clear(): void {
    this.#waits.monitor.enter(() => this.#waits.list.set(FLAG, 0));
  }

  /**
   * Waits until the flag is set.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it was set; false when the time is over.
   * @throws the signal's reason when it is aborted.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    return await this.#waits.monitor.wait(this.#attempt, options);
  }

  #grantAll(wake: Wake): void {
    this.#waits.list.grant(Infinity, wake);
  }
}

/**
 * Barriers: processes wait for each other until all of them have come.
 *
 * Long because a class cannot be split over files.
 *
 * States: open (some wait), acting (all have come, and the last one runs the action), broken. With an action a second lock, the
 * gate, is held from the last arrival to the end of the action, so that nobody enters the next round before.
 *
 * @module
 */

import type { Callable, PackedAtOnce } from "../callable/mod.ts";
import type { Wake } from "../parties/monitor.ts";
import { assemble, Parts } from "../messages/parts.ts";
import { registerShared, type SharedPiece } from "../messages/shared_object.ts";
import type { BoundClass } from "../start_method/bound_class.ts";
import { programFor } from "../parties/program_for.ts";
import { BrokenBarrierError } from "../errors.ts";
import {
  checkCount,
  checkOptions,
  checkWaitOptions,
  type WaitOptions,
} from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { type Action, newAction, openAction } from "./barrier_action.ts";
import { createLock, type Lock } from "./lock.ts";
import { createWaits, openWaits, type Waits } from "./waits.ts";

const COUNT = 0;
const STATE = 1;
/** Counts rounds and resets, so that whoever ran the action knows whether its round is still there. */
const ROUND = 2;

const OPEN = 0;
const ACTING = 1;
const BROKEN = 2;

/** How a barrier is set up. */
export interface BarrierOptions {
  /** Called by the last one to come, before all go on: a function, a `ref()` or a `capture()`. */
  action?: Callable<[]>;
  /** The longest wait (ms) where `wait()` is given none. @default for ever */
  timeout?: number;
}

/** What a barrier is made of. */
interface BarrierParts {
  readonly piece: SharedPiece;
  readonly parties: number;
  readonly timeout: number | null;
  readonly gate: Lock | null;
  readonly action: Action | null;
}

/**
 * A point at which a number of processes wait for each other. Python's `Barrier`.
 *
 * - The last one to come runs the action, then all go on; the barrier can be used again at once.
 * - It breaks for all who wait when one of them gives up (by its timeout or its signal) or dies, when the action fails, and by
 *   `abort()`; it stays broken until `reset()`.
 * - Whoever has it may give it to other processes, as an argument or inside another value; it stays the same there.
 * - 192 processes or threads at most can wait at a time, each as often as it likes; whoever else uses
 *   it then gets a `NotSupportedError`.
 *
 * The action runs in the process that comes last. Where that is the one that created the barrier, any function will do; sent to
 * others, it must be one that can be named for them, as everywhere: without outer variables, exported, a `capture()` or a `ref()`.
 *
 * Differences from Python: a dead waiter breaks the barrier.
 *
 * @example Go on together
 * ```ts
 * import { Barrier } from "@allcores/multiprocessing";
 *
 * const barrier = new Barrier(2);
 * console.log(await Promise.all([barrier.wait(), barrier.wait()])); // [ 0, 1 ]
 * ```
 */
export class Barrier {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #waits: Waits;
  readonly #parties: number;
  readonly #timeout: number | null;
  readonly #gate: Lock | null;
  readonly #action: Action | null;

  static {
    registerShared<Barrier>({
      number: 22,
      prototype: Barrier.prototype,
      pieceOf: (value) => value.#waits.piece,
      extrasOf: (value) => [
        value.#parties,
        value.#timeout,
        value.#gate,
        value.#action?.packed ?? null,
      ],
      make: (piece, extras) => {
        const [parties, timeout, gate, action] = extras as [
          number,
          number | null,
          Lock | null,
          PackedAtOnce | null,
        ];
        const parts: BarrierParts = { piece, parties, timeout, gate, action: openAction(action) };
        return assemble(Barrier, parts);
      },
    });
  }

  /**
   * Creates a barrier.
   *
   * @param parties How many have to come.
   * @param options An action, and the longest wait.
   * @throws {TypeError} when an option is of the wrong type.
   * @throws {RangeError} when `parties` is less than 1.
   */
  constructor(parties: number, options?: BarrierOptions);
  constructor(given: number | Parts<BarrierParts>, options: BarrierOptions = {}) {
    const parts = given instanceof Parts ? given.content : newParts(new.target, given, options);
    this.#parties = parts.parties;
    this.#timeout = parts.timeout;
    this.#action = parts.action;
    this.#gate = parts.gate;
    this.#waits = openWaits(parts.piece, {
      passesOn: false,
      finish: (wake) => {
        if (this.#isBroken) this.#waits.list.dismissAll(wake);
      },
      dismissal: () => new BrokenBarrierError("The barrier is broken"),
      onDeath: (member, wake) => {
        const { members, queue } = this.#waits.list;
        // One that waits, or runs the action.
        if (queue.wants(member) > 0 || members.holds(member) > 0) this.#break(wake);
        members.setHolds(member, 0);
      },
    });
  }

  /** How many have to come. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait at this moment. */
  get nWaiting(): number {
    return this.#peek(STATE) === OPEN ? this.#peek(COUNT) : 0;
  }

  /** Whether the barrier is broken. */
  get broken(): boolean {
    return this.#peek(STATE) === BROKEN;
  }

  /**
   * Waits until all have come.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns A number from 0 to `parties - 1`, another one for each who waits.
   * @throws {BrokenBarrierError} when the barrier breaks, is reset, or the time is over.
   * @throws the signal's reason when it is aborted; the barrier breaks for the others.
   * @throws what the action throws, if it is run here.
   */
  async wait(options?: WaitOptions): Promise<number> {
    checkWaitOptions(options);
    const signal = options?.signal;
    signal?.throwIfAborted();
    const timeout = options?.timeout ?? this.#timeout ?? undefined;
    const end = timeout === undefined ? Infinity : performance.now() + timeout;
    const limits = (): WaitOptions =>
      timeout === undefined ? { signal } : { signal, timeout: end - performance.now() };
    if (this.#gate === null) return await this.#arrive(limits, null);
    if (!await this.#gate.acquire(limits())) return this.#fail();
    return await this.#arrive(limits, this.#gate);
  }

  /** Sends all away who wait, with a `BrokenBarrierError`; afterwards the barrier is open, also if it was broken. */
  reset(): void {
    this.#waits.monitor.enter((_, wake) => {
      const { list } = this.#waits;
      if (list.get(COUNT) > 0 || list.get(STATE) === ACTING) this.#break(wake);
      this.#begin();
    });
  }

  /** Breaks the barrier: all who wait, and who come later, get a `BrokenBarrierError` until it is reset. */
  abort(): void {
    this.#waits.monitor.enter((_, wake) => this.#break(wake));
  }

  async #arrive(limits: () => WaitOptions, gate: Lock | null): Promise<number> {
    const { list, monitor } = this.#waits;
    monitor.reapKnown();
    const options = limits();
    const isOneTry = (options.timeout ?? 1) <= 0;
    let round = 0;
    const index = monitor.enter((member, wake) => {
      if (this.#isBroken) return -1;
      const count = list.get(COUNT);
      const isLast = count + 1 === this.#parties;
      round = list.get(ROUND);
      if (isLast && gate !== null) this.#beginAction(member);
      else if (isLast) this.#release(wake);
      else if (isOneTry) return -1;
      else {
        monitor.join(member);
        list.set(COUNT, count + 1);
      }
      return count;
    });
    if (index >= 0 && index + 1 === this.#parties) {
      if (gate !== null) await this.#act(gate, round);
      return index;
    }
    if (index < 0) {
      gate?.release();
      return this.#fail();
    }
    const passed = monitor.settled(options);
    gate?.release();
    try {
      if (await passed) return index;
    } catch (error) {
      // Dismissed, or aborted: then the others wait in vain.
      if (!(error instanceof BrokenBarrierError)) this.abort();
      throw error;
    }
    return this.#fail();
  }

  /** Runs the action, and lets all go on. */
  async #act(gate: Lock, round: number): Promise<void> {
    let settle = (wake: Wake): void => this.#break(wake);
    let isOpen = false;
    try {
      await (await this.#action!.load())();
      settle = (wake) => this.#release(wake);
    } finally {
      // Those who wait have to be let go before others come.
      isOpen = this.#endAction(round, settle);
      gate.release();
    }
    if (!isOpen) throw new BrokenBarrierError("The barrier was broken while its action ran");
  }

  #beginAction(member: number): void {
    const { list } = this.#waits;
    list.set(STATE, ACTING);
    list.members.setHolds(member, 1);
  }

  /** Returns false when the barrier was broken or reset meanwhile. */
  #endAction(round: number, settle: (wake: Wake) => void): boolean {
    const { list, monitor } = this.#waits;
    return monitor.enter((member, wake) => {
      list.members.setHolds(member, 0);
      if (list.get(ROUND) !== round || list.get(STATE) !== ACTING) return false;
      settle(wake);
      return true;
    });
  }

  /** Lets all go on, and begins the next round. */
  #release(wake: Wake): void {
    this.#begin();
    this.#waits.list.grant(Infinity, wake);
  }

  #begin(): void {
    const { list } = this.#waits;
    list.set(COUNT, 0);
    list.set(STATE, OPEN);
    list.set(ROUND, (list.get(ROUND) + 1) | 0);
  }

  #break(wake: Wake): void {
    const { list } = this.#waits;
    list.set(COUNT, 0);
    list.set(STATE, BROKEN);
    list.latch.commit();
    list.dismissAll(wake);
  }

  /** Gives up: the barrier breaks for all. */
  #fail(): never {
    this.abort();
    throw new BrokenBarrierError("The barrier is broken");
  }

  get #isBroken(): boolean {
    return this.#waits.list.get(STATE) === BROKEN;
  }

  #peek(word: number): number {
    this.#waits.monitor.reapKnown();
    return this.#waits.list.peek(word);
  }
}

function newParts(target: BoundClass, parties: number, options: BarrierOptions): BarrierParts {
  checkOptions("A barrier", options, ["action", "timeout"], "{ timeout: 1000 }");
  checkWaitOptions({ timeout: options.timeout });
  const count = checkCount("parties", parties, 1);
  const program = programFor(target);
  const action = newAction(options.action);
  const gate = action === null ? null : createLock(program.method);
  const piece = createWaits(program);
  return { piece, parties: count, timeout: options.timeout ?? null, gate, action };
}

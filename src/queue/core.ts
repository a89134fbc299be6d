/**
 * What all queues have in common: items in shared memory, and the promises of those who put and get here.
 *
 * Long because a class cannot be split over files.
 *
 * @module
 */

import { Monitor, type Wake } from "../parties/monitor.ts";
import { keepMoves } from "../messages/moves.ts";
import { Payoff } from "../support/payoff.ts";
import type { SharedPiece } from "../messages/shared_object.ts";
import { ProcessError } from "../errors.ts";
import { timedOut } from "../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../support/options.ts";
import { pause } from "../support/stand_still.ts";
import { isTurnDue, nextTurn } from "../event_loop/turns.ts";
import type { Extension } from "../sync/block.ts";
import { GoneError } from "../sync/latch.ts";
import type { Claim } from "../sync/claims.ts";
import { NO_HAND } from "../sync/hands.ts";
import type { Taken } from "../sync/item_store.ts";
import { Outcome, SharedQueue } from "../sync/shared_queue.ts";
import type { WaitQueue } from "../sync/wait_queue.ts";
import { type Item, QueueItems, StuckItem, UnimportedItem } from "./items.ts";
import type { Readiness } from "../parties/waitable.ts";
import { lossOf } from "./item_loss.ts";
import { queueReadiness } from "./readiness.ts";
import { PendingPuts } from "./pending_puts.ts";
import { isOneTry, tasksLost, wasClosed, wasEmpty, wasFull, wasShutDown } from "./queue_errors.ts";

const DONE: Promise<void> = Promise.resolve();
const NEVER: Promise<never> = new Promise(() => {});
const NO_BYTES = new Uint8Array(0);
/** How often an empty queue is looked at before this party waits: some microseconds. */
const LOOKS = 200;

/** A queue as one party has it. */
export class QueueCore {
  readonly piece: SharedPiece;
  /** The object that it belongs to, which lives as long as somebody waits. */
  owner: object | null = null;
  readonly #queue: SharedQueue;
  readonly #items: QueueItems;
  readonly #gets: Monitor;
  readonly #puts: Monitor;
  readonly #joins: Monitor;
  readonly #payoff = new Payoff(16);
  readonly #pending = new PendingPuts();
  /** What is being put, and what is being taken, where it is done at once. */
  readonly #item: Item = {
    bytes: NO_BYTES,
    size: 0,
    claim: null,
    carries: false,
    number: 0,
    moves: [],
  };
  readonly #taken: Taken = { bytes: NO_BYTES, size: 0, claim: null, hand: NO_HAND };
  readonly #putItem = (member: number, wake: Wake): number =>
    this.#putHere(this.#item, member, false, wake);
  readonly #takeItem = (member: number, wake: Wake): number =>
    this.#queue.take(this.#taken, member, false, wake);
  /** How `wait()` waits for it. */
  readonly readiness: Readiness;
  #isClosed = false;

  /** @param piece The queue's memory, prepared. */
  constructor(piece: SharedPiece) {
    const { program, words, share } = piece;
    const extension = share.extension();
    this.piece = piece;
    const isDead = (party: number) => program.parties.isDead(party);
    this.#queue = new SharedQueue(words, extension, program.self, isDead);
    this.#items = new QueueItems(program.memory, {
      extension,
      claim: (size) => this.#claim(extension, size),
      discard: (claim) => this.#discard([claim]),
    });
    const { consumers, producers, joiners, watchers } = this.#queue;
    this.#gets = this.#monitor(consumers, () => wasShutDown("get from"));
    this.#puts = this.#monitor(producers, () => wasShutDown("put into"));
    this.#joins = this.#monitor(joiners, () => tasksLost(this.#queue.unfinished));
    const checkOpen = () => this.#checkOpen("wait for");
    this.readiness = queueReadiness(
      () => this.#items.stuck > 0 || this.#queue.isReady,
      this.#monitor(watchers),
      checkOpen,
    );
  }

  /** How many items there are. */
  get size(): number {
    this.#checkOpen("look into");
    this.#gets.reapKnown();
    return this.#queue.count + this.#items.stuck;
  }

  /** Whether there is no room for an item. */
  get isFull(): boolean {
    this.#checkOpen("look into");
    this.#gets.reapKnown();
    return this.#queue.isFull;
  }

  /**
   * Puts an item.
   *
   * @param value The item.
   * @param options The longest wait (ms), and a signal.
   */
  put(value: unknown, options?: WaitOptions): Promise<void> {
    try {
      if (options !== undefined) checkWaitOptions(options);
      options?.signal?.throwIfAborted();
      this.#checkOpen("put into");
      const item = this.#item;
      this.#items.encode(value, item);
      if (this.#puts.waiting || !this.#tryPut()) return this.#putLater({ ...item }, options);
      return isTurnDue() ? nextTurn(undefined) : DONE;
    } catch (error) {
      if (error instanceof GoneError) return NEVER;
      return Promise.reject(error);
    }
  }

  /**
   * Gets an item.
   *
   * @param options The longest wait (ms), and a signal.
   */
  get(options?: WaitOptions): Promise<unknown> {
    try {
      if (options !== undefined) checkWaitOptions(options);
      options?.signal?.throwIfAborted();
      this.#checkOpen("get from");
      const kept = this.#items.takeKept();
      if (kept !== null) return this.#give(kept);
      if (this.#gets.waiting || !(this.#mayTake || this.#spin(options))) {
        return this.#getLater(options);
      }
      this.#taken.bytes = this.#items.room;
      return this.#tryTake() ? this.#give(this.#taken) : this.#getLater(options);
    } catch (error) {
      if (error instanceof GoneError) return NEVER;
      return Promise.reject(error);
    }
  }

  /** Says that an item is done. Returns false when there is none to be done; nothing has changed then. */
  taskDone(): boolean {
    return this.#joins.enter((member, wake) => this.#queue.taskDone(member, wake));
  }

  /**
   * Waits until all items are done.
   *
   * @param options The longest wait (ms), and a signal.
   */
  async join(options?: WaitOptions): Promise<void> {
    checkWaitOptions(options);
    const attempt = () => this.#queue.unfinished === 0 || this.#queue.isLost;
    const isOver = await this.#joins.wait(attempt, options);
    if (!isOver) throw timedOut(options, "all items of the queue to be done");
    if (this.#queue.isLost) throw tasksLost(this.#queue.unfinished);
  }

  /** Lets nothing be put any more; drops all items as well, if it is immediate. */
  shutDown(isImmediate: boolean): void {
    this.#gets.enter((_, wake) => this.#queue.shutDown(isImmediate, wake));
    // What the items carried is lost: whoever has sent it has to know.
    if (isImmediate) this.piece.program.tellAll();
  }

  /** Ends the use by this party; puts that wait go on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#gets.cancelAll(wasClosed("get from"));
  }

  /** Waits until the puts of this party have come to an end. */
  async flush(): Promise<void> {
    if (!this.#isClosed) {
      throw new ProcessError("Cannot join the thread of a queue that is open: close() it first");
    }
    await this.#pending.settled();
  }

  /** Lets the program end while puts wait. */
  cancelFlush(): void {
    this.#puts.holdsLoop = false;
    this.#pending.letEnd();
    this.piece.program.waker.expect();
  }

  get #mayTake(): boolean {
    return this.#queue.available > 0 || this.#queue.isShut;
  }

  #monitor(queue: WaitQueue, dismissal?: () => Error): Monitor {
    const { latch, members } = this.#queue;
    return new Monitor(this.piece.program, {
      latch,
      members,
      queue,
      dismissal,
      bury: (member, wake) => this.#queue.bury(member, wake),
      finish: (wake) => this.#queue.balance(wake),
    });
  }

  #checkOpen(what: string): void {
    if (this.#isClosed) throw wasClosed(what);
  }

  /** Puts what was encoded. Returns false when there is no room for it. */
  #tryPut(): boolean {
    let outcome: number = Outcome.shutDown;
    try {
      outcome = this.#puts.enter(this.#putItem);
    } finally {
      if (this.#queue.garbage.length > 0) this.#sweep();
      if (outcome === Outcome.shutDown) this.#forget(this.#item);
    }
    if (outcome === Outcome.shutDown) throw wasShutDown("put into");
    if (outcome !== Outcome.done) return false;
    this.#keep(this.#item);
    return true;
  }

  #putHere(item: Item, member: number, isOffered: boolean, wake: Wake): number {
    const outcome = this.#queue.put(item, member, isOffered, wake);
    if (item.carries) item.number = this.#queue.lastCarrying;
    return outcome;
  }

  #putLater(item: Item, options?: WaitOptions): Promise<void> {
    const bytes = item.bytes.slice(0, item.size);
    const waiting = this.#waitToPut({ ...item, bytes }, options);
    this.#pending.add(waiting);
    return waiting;
  }

  async #waitToPut(item: Item, options?: WaitOptions): Promise<void> {
    let outcome: number = Outcome.mustWait;
    let failure: { error: unknown } | null = null;
    const attempt = (member: number, wake: Wake): boolean => {
      outcome = this.#putHere(item, member, false, wake);
      return outcome !== Outcome.mustWait;
    };
    const redeem = (member: number, wake: Wake): void => {
      try {
        outcome = this.#putHere(item, member, true, wake);
      } catch (error) {
        failure = { error };
        this.#queue.balance(wake);
      }
    };
    try {
      let isOver = await this.#puts.wait(attempt, options, redeem);
      // Nobody may have noticed so far that somebody has died who was offered room.
      if (!isOver && isOneTry(options) && this.#queue.hasOffers) {
        isOver = this.#tryAgain(this.#puts, attempt);
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
      if (outcome === Outcome.shutDown) throw wasShutDown("put into");
      if (!isOver) throw wasFull(options);
      this.#keep(item);
    } catch (error) {
      this.#forget(item);
      throw error;
    } finally {
      if (this.#queue.garbage.length > 0) this.#sweep();
    }
  }

  /** Follows what an item carries that was put. */
  #keep({ carries, number, moves }: Item): void {
    if (carries) keepMoves(moves, lossOf(this.piece.program, this.#queue, number));
  }

  /** Frees the place of an item that cannot be put, and takes back what it has taken away. */
  #forget({ claim, moves }: Item): void {
    for (const move of moves) move.undo();
    if (claim !== null) this.#discard([claim]);
  }

  #tryTake(): boolean {
    const outcome = this.#gets.enter(this.#takeItem);
    if (this.#queue.garbage.length > 0) this.#sweep();
    if (outcome === Outcome.shutDown) throw wasShutDown("get from");
    return outcome === Outcome.done;
  }

  async #getLater(options?: WaitOptions): Promise<unknown> {
    const taken: Taken = { bytes: NO_BYTES, size: 0, claim: null, hand: NO_HAND };
    let outcome: number = Outcome.mustWait;
    let failure: { error: unknown } | null = null;
    const attempt = (member: number, wake: Wake): boolean => {
      outcome = this.#queue.take(taken, member, false, wake);
      return outcome !== Outcome.mustWait;
    };
    const redeem = (member: number, wake: Wake): void => {
      try {
        outcome = this.#queue.take(taken, member, true, wake);
      } catch (error) {
        failure = { error };
        this.#queue.balance(wake);
      }
    };
    let isOver = await this.#gets.wait(attempt, options, redeem);
    // Nobody may have noticed so far that somebody has died who was promised an item.
    if (!isOver && isOneTry(options) && this.#queue.count > 0) {
      isOver = this.#tryAgain(this.#gets, attempt);
    }
    if (this.#queue.garbage.length > 0) this.#sweep();
    if (failure !== null) throw (failure as { error: unknown }).error;
    if (outcome === Outcome.shutDown) throw wasShutDown("get from");
    if (!isOver) throw wasEmpty(options);
    return await this.#give(taken);
  }

  #tryAgain(monitor: Monitor, attempt: (member: number, wake: Wake) => boolean): boolean {
    monitor.reapAll();
    return monitor.enter(attempt);
  }

  #give(taken: Taken): Promise<unknown> {
    const { hand } = taken;
    let value: unknown;
    try {
      value = this.#items.decode(taken);
    } catch (error) {
      if (error instanceof UnimportedItem) return this.#giveLater(error, hand);
      throw this.#failed(error, hand);
    }
    this.#letGo(hand, true);
    return isTurnDue() ? nextTurn(value) : Promise.resolve(value);
  }

  async #giveLater(item: UnimportedItem, hand: number): Promise<unknown> {
    let value: unknown;
    try {
      value = await item.decode();
    } catch (error) {
      throw this.#failed(error, hand);
    }
    this.#letGo(hand, true);
    return value;
  }

  /** What to throw for an item that could not be rebuilt: it is lost, or kept for another try. */
  #failed(error: unknown, hand: number): unknown {
    if (!(error instanceof StuckItem)) {
      this.#letGo(hand, false);
      return error;
    }
    this.#items.keep({ bytes: error.bytes, size: error.bytes.length, claim: null, hand });
    return error.error;
  }

  /** An item that was taken was rebuilt, or cannot be: then what it carried is lost, and who has sent it has to know. */
  #letGo(hand: number, isWhole: boolean): void {
    if (hand === NO_HAND) return;
    this.#gets.enter((member) => this.#queue.hands.letGo(member, hand));
    if (!isWhole) this.piece.program.tellAll();
  }

  /** Looks for an item for a short time, where that has paid lately. */
  #spin(options: WaitOptions | undefined): boolean {
    if (isOneTry(options) || this.piece.program.waker.isCrowded) return false;
    if (!this.#payoff.isWorthIt()) return false;
    for (let i = 0; i < LOOKS; i++) {
      if (this.#mayTake) return this.#payoff.paid(true);
      pause();
    }
    return this.#payoff.paid(false);
  }

  #claim(extension: Extension, size: number): Claim {
    const place = extension.choose(size);
    return this.#puts.enter((member) => this.#queue.claim(member, { place, size }));
  }

  #sweep(): void {
    this.#discard(this.#queue.garbage.splice(0));
  }

  #discard(claims: readonly Claim[]): void {
    this.#queue.discard(claims, (section) => this.#puts.enter(section));
  }
}

/**
 * A queue of items, which many parties put and take.
 *
 * An item is bytes: see `item_store.ts`. Items and waiting
 * consumers never exist at the same time, nor do room and waiting producers: an item is promised to the
 * consumer that has waited longest, and stays in the queue until that one takes it; so does a place for an item. A promise
 * to a member that dies goes to the next one. So each item is taken once, by a party that lives, or remains.
 *
 * States: open; shut down, when nothing can be put and what is there may be taken; cut off, when all items are dropped.
 *
 * Counts: `COUNT` items of which `PROMISED` belong to consumers that have not come for them; `OFFERED` places that belong to
 * producers that have not come for them; `UNFINISHED` items that were put and not yet reported done, of which `LOST` were
 * taken by members that have died since; a member's `holds` are the items that it has taken and not reported.
 *
 * Everything happens under the latch, in changes that are made wholly or not at all; `balance` brings promises in line with the
 * counts, and is called again by whoever inherits the latch from a party that died. So a party may be killed anywhere.
 *
 * Long because a class cannot be split over files.
 *
 * @module
 */

import type { Extension } from "./block.ts";
import { type Claim, CLAIM_WORDS, Claims } from "./claims.ts";
import { HAND_WORDS, Hands, HANDS_WORDS } from "./hands.ts";
import { ITEM_RING_WORDS, type Part } from "./item_ring.ts";
import { type Given, ItemStore, type Taken } from "./item_store.ts";
import { Latch, LATCH_WORDS } from "./latch.ts";
import { Members, memberWords } from "./members.ts";
import { WAIT_QUEUE_WORDS, WaitQueue } from "./wait_queue.ts";

const COUNT = LATCH_WORDS;
const PROMISED = COUNT + 1;
const OFFERED = COUNT + 2;
const MOST = COUNT + 3;
const STATE = COUNT + 4;
const COUNTS_TASKS = COUNT + 5;
const UNFINISHED = COUNT + 6;
const LOST = COUNT + 7;
const RING = COUNT + 8;
const HANDS = RING + ITEM_RING_WORDS;
const QUEUES = HANDS + HANDS_WORDS;
const QUEUE_COUNT = 4;
const MEMBERS = QUEUES + QUEUE_COUNT * WAIT_QUEUE_WORDS;

const OWN_WORDS = CLAIM_WORDS + HAND_WORDS;

/** Bytes of a queue's block. */
export const QUEUE_BYTES: number = (MEMBERS + memberWords(QUEUE_COUNT, OWN_WORDS)) * 4;

const OPEN = 0;
const SHUT = 1;
const CUT = 2;

/** How many items are dropped in one change. */
const DROPS_A_COMMIT = 1024;

type Wake = (member: number) => void;

/** What became of a try to put or take. */
export const Outcome = {
  done: 0,
  /** There is no place for an item, or no item. */
  mustWait: 1,
  /** It was shut down. */
  shutDown: 2,
} as const;

/**
 * Prepares the block of a queue, which nobody else knows yet.
 *
 * @param words A block of zeros.
 * @param most How many items it may hold; 0: any number.
 * @param countsTasks Whether items are to be reported done.
 */
export function initQueue(words: Int32Array, most: number, countsTasks: boolean): void {
  words[MOST] = most;
  words[COUNTS_TASKS] = countsTasks ? 1 : 0;
}

/** A queue in shared words. Methods are called with the latch held; properties need no latch. */
export class SharedQueue {
  readonly latch: Latch;
  readonly members: Members;
  /** Those who wait for an item, for room, for all items to be done, and for something to happen. */
  readonly consumers: WaitQueue;
  readonly producers: WaitQueue;
  readonly joiners: WaitQueue;
  readonly watchers: WaitQueue;
  readonly claims: Claims;
  /** Who has which item in its hand that carries something. */
  readonly hands: Hands;
  /** Places that have to be freed when the latch has been left; see {@linkcode discard}. */
  readonly garbage: Claim[];
  readonly #words: Int32Array;
  readonly #items: ItemStore;
  readonly #extension: Extension;
  readonly #self: number;
  readonly #most: number;
  readonly #countsTasks: boolean;

  /**
   * @param words The block's words.
   * @param extension Where the items are.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   */
  constructor(
    words: Int32Array,
    extension: Extension,
    self: number,
    isDead: (party: number) => boolean,
  ) {
    this.#words = words;
    this.#extension = extension;
    this.#self = self;
    this.#most = words[MOST];
    this.#countsTasks = words[COUNTS_TASKS] === 1;
    this.latch = new Latch(words, 0, self, isDead);
    this.members = new Members(this.latch, MEMBERS, QUEUE_COUNT, OWN_WORDS);
    const queue = (number: number) =>
      new WaitQueue(this.latch, this.members, number, QUEUES + number * WAIT_QUEUE_WORDS);
    this.consumers = queue(0);
    this.producers = queue(1);
    this.joiners = queue(2);
    this.watchers = queue(3);
    this.claims = new Claims(this.latch, this.members, extension);
    this.hands = new Hands(this.latch, this.members, HANDS, CLAIM_WORDS);
    this.#items = new ItemStore(this.latch, RING, this.claims, this.hands, extension);
    this.garbage = this.#items.garbage;
  }

  /** How many items there are. */
  get count(): number {
    return Atomics.load(this.#words, COUNT);
  }

  /** How many items there are that are promised to nobody. */
  get available(): number {
    return this.count - Atomics.load(this.#words, PROMISED);
  }

  /** Whether nothing can be put for want of room. */
  get isFull(): boolean {
    return this.#most > 0 && this.count + Atomics.load(this.#words, OFFERED) >= this.#most;
  }

  /** Whether room is offered to somebody. */
  get hasOffers(): boolean {
    return Atomics.load(this.#words, OFFERED) > 0;
  }

  /** Whether it was shut down. */
  get isShut(): boolean {
    return Atomics.load(this.#words, STATE) !== OPEN;
  }

  /** Whether all items were dropped. */
  get isCut(): boolean {
    return Atomics.load(this.#words, STATE) === CUT;
  }

  /** The number of the last item that this party has put and that carries something: see `hands.ts`. */
  get lastCarrying(): number {
    return this.#items.lastCarrying;
  }

  /** How many items are not reported done. */
  get unfinished(): number {
    return Atomics.load(this.#words, UNFINISHED);
  }

  /** Whether all items that are not reported done were taken by members that have died. */
  get isLost(): boolean {
    const { unfinished } = this;
    return unfinished > 0 && unfinished === Atomics.load(this.#words, LOST);
  }

  /** Whether those who wait for something to happen need wait no more. */
  get isReady(): boolean {
    return this.available > 0 || this.isShut;
  }

  /**
   * Puts an item.
   *
   * @param item The item; if it is a large one, the caller lets go of its place.
   * @param member Who puts it.
   * @param isOffered Whether the member uses the room that it was offered.
   * @param wake Called for each member that must be woken.
   * @returns What became of it; {@linkcode Outcome}.
   * @throws {NotSupportedError} when there is no memory for it; it is not there then, and what was offered is used up.
   */
  put(item: Given, member: number, isOffered: boolean, wake: Wake): number {
    const { latch } = this;
    if (isOffered) latch.set(OFFERED, latch.get(OFFERED) - 1);
    if (latch.get(STATE) !== OPEN) return Outcome.shutDown;
    const count = latch.get(COUNT);
    if (!isOffered && this.#most > 0 && count + latch.get(OFFERED) >= this.#most) {
      return Outcome.mustWait;
    }
    this.#items.write(item, member);
    latch.set(COUNT, count + 1);
    if (this.#countsTasks) latch.set(UNFINISHED, latch.get(UNFINISHED) + 1);
    this.#promise(wake);
    return Outcome.done;
  }

  /**
   * Takes the first item.
   *
   * @param taken Filled with it.
   * @param member Who takes it.
   * @param isPromised Whether the member takes the item that it was promised.
   * @param wake Called for each member that must be woken.
   * @returns What became of it; {@linkcode Outcome}.
   */
  take(taken: Taken, member: number, isPromised: boolean, wake: Wake): number {
    const { latch } = this;
    const count = latch.get(COUNT);
    const promised = latch.get(PROMISED);
    if (isPromised) latch.set(PROMISED, promised - 1);
    if (count === 0 && latch.get(STATE) !== OPEN) return Outcome.shutDown;
    if (!isPromised && count <= promised) return Outcome.mustWait;
    this.#items.read(taken, member);
    latch.set(COUNT, count - 1);
    if (this.#countsTasks) this.members.setHolds(member, this.members.holds(member) + 1);
    if (latch.get(STATE) !== OPEN) this.balance(wake);
    else if (this.#most > 0) this.#offer(wake);
    return Outcome.done;
  }

  /**
   * Says that an item is done.
   *
   * @returns Whether there was one to be done.
   */
  taskDone(member: number, wake: Wake): boolean {
    const { latch, members } = this;
    const unfinished = latch.get(UNFINISHED);
    if (unfinished === 0) return false;
    latch.set(UNFINISHED, unfinished - 1);
    const lost = latch.get(LOST);
    const holder = members.holds(member) > 0 || lost > 0 ? member : members.findHolder();
    if (holder >= 0 && members.holds(holder) > 0) {
      members.setHolds(holder, members.holds(holder) - 1);
    } else if (lost > 0) latch.set(LOST, lost - 1);
    this.#release(wake);
    return true;
  }

  /**
   * Lets nothing be put any more.
   *
   * @param isImmediate Whether all items are dropped as well.
   * @param wake Called for each member that must be woken.
   */
  shutDown(isImmediate: boolean, wake: Wake): void {
    const state = isImmediate ? CUT : SHUT;
    if (this.latch.get(STATE) < state) this.latch.set(STATE, state);
    this.balance(wake);
  }

  /** Brings promises in line with counts: after anything that may have changed both, and after a death. */
  balance(wake: Wake): void {
    const { latch } = this;
    latch.commit();
    if (latch.get(STATE) === CUT) this.#dropAll();
    this.#promise(wake);
    this.#offer(wake);
    this.#release(wake);
    if (latch.get(STATE) === OPEN) return;
    dismissAll(this.producers, latch, wake);
    if (latch.get(COUNT) === 0) dismissAll(this.consumers, latch, wake);
  }

  /**
   * Forgets a member that has died.
   *
   * @param member The member.
   * @param wake Called for each member that must be woken.
   */
  bury(member: number, wake: Wake): void {
    const { latch, members } = this;
    this.claims.bury(member);
    this.hands.bury(member);
    latch.commit();
    this.joiners.drop(member);
    this.watchers.drop(member);
    latch.set(PROMISED, latch.get(PROMISED) - this.consumers.drop(member));
    latch.commit();
    latch.set(OFFERED, latch.get(OFFERED) - this.producers.drop(member));
    latch.set(LOST, latch.get(LOST) + members.holds(member));
    members.setHolds(member, 0);
    members.remove(member);
    this.balance(wake);
  }

  /** Takes note that a member has a place in its hand, so that it is freed if the member dies. */
  claim(member: number, part: Part): Claim {
    return this.claims.add(member, part);
  }

  /** Frees places that a member has in its hand. To be called by `enter`s of its own, since freeing takes time. */
  discard(claims: readonly Claim[], enter: (section: (member: number) => void) => void): void {
    for (const claim of claims) {
      const forget = () => enter((member) => this.claims.remove(member, claim));
      if (!this.#extension.canFreeTwice) forget();
      this.#extension.free(claim.place, claim.size);
      if (this.#extension.canFreeTwice) forget();
    }
  }

  /** Promises items to consumers, and tells those who watch. */
  #promise(wake: Wake): void {
    const { latch, consumers, watchers } = this;
    while (consumers.first >= 0) {
      const promised = latch.get(PROMISED);
      if (latch.get(COUNT) <= promised) break;
      latch.set(PROMISED, promised + 1);
      wake(consumers.grant());
      latch.commit();
    }
    if (watchers.first < 0) return;
    if (latch.get(COUNT) > latch.get(PROMISED) || latch.get(STATE) !== OPEN) {
      grantAll(watchers, latch, wake);
    }
  }

  /** Offers room to producers. */
  #offer(wake: Wake): void {
    const { latch, producers } = this;
    while (producers.first >= 0 && latch.get(STATE) === OPEN) {
      const offered = latch.get(OFFERED);
      if (latch.get(COUNT) + offered >= this.#most) return;
      latch.set(OFFERED, offered + 1);
      wake(producers.grant());
      latch.commit();
    }
  }

  /** Lets those go on who wait until all is done, if it is, or if it never can be. */
  #release(wake: Wake): void {
    const { latch, joiners } = this;
    if (joiners.first < 0) return;
    const unfinished = latch.get(UNFINISHED);
    if (unfinished === 0) grantAll(joiners, latch, wake);
    else if (unfinished === latch.get(LOST)) dismissAll(joiners, latch, wake);
  }

  /** Drops all items. */
  #dropAll(): void {
    const { latch } = this;
    for (let dropped = 1; latch.get(COUNT) > 0; dropped++) {
      const unused = this.#items.drop();
      latch.set(COUNT, latch.get(COUNT) - 1);
      if (this.#countsTasks) latch.set(UNFINISHED, latch.get(UNFINISHED) - 1);
      for (const part of unused) this.#items.free(part, this.members.enter(this.#self));
      if (dropped % DROPS_A_COMMIT === 0) latch.commit();
    }
    latch.commit();
  }
}

function grantAll(queue: WaitQueue, latch: Latch, wake: Wake): void {
  for (let member = queue.grant(); member >= 0; member = queue.grant()) {
    wake(member);
    latch.commit();
  }
}

function dismissAll(queue: WaitQueue, latch: Latch, wake: Wake): void {
  for (let member = queue.dismiss(); member >= 0; member = queue.dismiss()) {
    wake(member);
    latch.commit();
  }
}

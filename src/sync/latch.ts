/**
 * A latch: the mutual exclusion of parties for a few hundred nanoseconds, with changes that are made wholly or not at all.
 *
 * Every structure that several parties change is guarded by one latch. Inside, words are read freely; what is changed is
 * collected by `set` and made by `leave`. So a party may be killed at any step:
 *
 * - before the commit point nothing has changed;
 * - after it, whoever takes the latch over from the dead owner makes the changes again; they are absolute values, so
 *   it does not matter how many of them had been made.
 *
 * Layout, from the word `at` on: the owner (a party's id; 0: free), the number of changes in the journal (0: none; setting it
 * is the commit point), and the journal: pairs of index and value.
 *
 * Invariants: only the owner writes the journal and the guarded words, and who has lost the latch is told so when it tries; the journal is empty whenever the latch is free;
 * a party that is killed inside leaves its id as the owner, so that others see that something may be left to do.
 *
 * The race that is avoided: two parties that both find the owner dead. Both try to exchange the dead owner for themselves,
 * and one succeeds; the dead owner's id is never used again, so the exchange cannot hit a new owner.
 *
 * @module
 */

import { ProcessError } from "../errors.ts";

const OWNER = 0;
const CHANGES = 1;
const JOURNAL = 2;
const MOST_CHANGES = 24;

/** How many words a latch takes. */
export const LATCH_WORDS: number = JOURNAL + 2 * MOST_CHANGES;

/**
 * Thrown in a process or thread that counts as ended and still runs: nothing that it does may be seen. A thread may run on for a
 * moment after its end.
 */
export class GoneError extends ProcessError {
  /** The class's name. */
  override name: string = "GoneError";

  /** Creates the error. */
  constructor() {
    super("This process or thread counts as ended: others have taken over what it had");
  }
}

/** A latch over shared words. */
export class Latch {
  readonly words: Int32Array;
  readonly #at: number;
  readonly #self: number;
  readonly #isDead: (party: number) => boolean;
  /** The changes so far: a list with a count, since emptying an array would throw its memory away each time. */
  readonly #indexes = new Int32Array(MOST_CHANGES);
  readonly #values = new Int32Array(MOST_CHANGES);
  #count = 0;
  #inherited = false;

  /**
   * @param words The words that it guards, which hold the latch, too.
   * @param at Where the latch begins; the words there are 0 at first.
   * @param self This party.
   * @param isDead Tells whether a party has ended.
   */
  constructor(words: Int32Array, at: number, self: number, isDead: (party: number) => boolean) {
    this.words = words;
    this.#at = at;
    this.#self = self;
    this.#isDead = isDead;
  }

  /** The party that holds the latch; 0 when it is free. */
  get owner(): number {
    return Atomics.load(this.words, this.#at + OWNER);
  }

  /**
   * Takes the latch, if it is free or its owner is dead.
   *
   * @returns Whether it was taken.
   */
  tryEnter(): boolean {
    const owner = Atomics.compareExchange(this.words, this.#at + OWNER, 0, this.#self);
    return owner === 0 || (this.#isDead(owner) && this.#seize(owner));
  }

  /** Whether its owner has died inside, so that whoever enters next has something to finish. */
  get isOrphaned(): boolean {
    const { owner } = this;
    return owner !== 0 && this.#isDead(owner);
  }

  /** Whether it was taken from a dead owner, whose work may be half done; to be asked inside. */
  get isInherited(): boolean {
    return this.#inherited;
  }

  /** Takes the latch from an owner that has ended; false when somebody else was faster. */
  #seize(owner: number): boolean {
    if (Atomics.compareExchange(this.words, this.#at + OWNER, owner, this.#self) !== owner) {
      return false;
    }
    this.#redo();
    this.#inherited = true;
    return true;
  }

  /** Reads a guarded word, as it will be after the changes so far. */
  get(index: number): number {
    for (let i = this.#count - 1; i >= 0; i--) {
      if (this.#indexes[i] === index) return this.#values[i];
    }
    return Atomics.load(this.words, index);
  }

  /** Changes a guarded word, when the latch is left. */
  set(index: number, value: number): void {
    let at = this.#count - 1;
    while (at >= 0 && this.#indexes[at] !== index) at--;
    if (at < 0) {
      at = this.#count;
      if (at === MOST_CHANGES) throw new RangeError("too many changes at once");
      this.#indexes[at] = index;
      this.#count++;
    }
    this.#values[at] = value;
  }

  /**
   * Makes the changes so far, wholly or not at all; more may follow.
   *
   * @throws {GoneError} when this party is not the owner: it counted as ended, and nothing of what it does may be seen.
   */
  commit(): void {
    const { words } = this;
    const indexes = this.#indexes;
    const values = this.#values;
    const count = this.#count;
    if (count === 0) return;
    if (this.owner !== this.#self) throw new GoneError();
    if (count > 1) this.#writeJournal(count);
    for (let i = 0; i < count; i++) Atomics.store(words, indexes[i], values[i]);
    if (count > 1) Atomics.store(words, this.#at + CHANGES, 0);
    this.#count = 0;
  }

  /**
   * Makes the changes, and frees the latch.
   *
   * @throws {GoneError} as {@linkcode commit}.
   */
  leave(): void {
    this.commit();
    if (!this.#free()) throw new GoneError();
  }

  /** Forgets the changes since the last commit, and frees the latch, if this party is the owner. */
  abandon(): void {
    this.#count = 0;
    this.#free();
  }

  /** Frees it; false when somebody else has it by now. */
  #free(): boolean {
    this.#inherited = false;
    const self = this.#self;
    return Atomics.compareExchange(this.words, this.#at + OWNER, self, 0) === self;
  }

  #writeJournal(count: number): void {
    const { words } = this;
    const journal = this.#at + JOURNAL;
    for (let i = 0; i < count; i++) {
      Atomics.store(words, journal + 2 * i, this.#indexes[i]);
      Atomics.store(words, journal + 2 * i + 1, this.#values[i]);
    }
    Atomics.store(words, this.#at + CHANGES, count);
  }

  /** Makes the changes that a dead owner had committed. */
  #redo(): void {
    const { words } = this;
    const count = Atomics.load(words, this.#at + CHANGES);
    const journal = this.#at + JOURNAL;
    for (let i = 0; i < count; i++) {
      const index = Atomics.load(words, journal + 2 * i);
      Atomics.store(words, index, Atomics.load(words, journal + 2 * i + 1));
    }
    Atomics.store(words, this.#at + CHANGES, 0);
  }
}

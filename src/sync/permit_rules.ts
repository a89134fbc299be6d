/**
 * The rules of permits, which all locks and semaphores have in common, in shared memory and in a manager's server:
 *
 * - A permit is free, held by an owner, or taken by nobody in particular: it stays taken until somebody releases one.
 * - First come, first served: a release gives the permit to who has waited longest, so that free permits and owners that wait
 *   never exist at the same time, and nobody can overtake.
 * - Of a lock all permits have owners: a release takes the one of the owner that releases, if it has one, else of some other.
 *   Of a semaphore only those have one that are held for a scope: the end of the scope gives it back, and any other release
 *   adds a permit and takes none from an owner.
 * - The death of an owner gives back what it held, up to the bound, and sets `abandoned` until the next release.
 * - Where they are re-entrant there is one permit, which its holder may take again and again: what it holds is the depth then,
 *   only the last release lets go, and all waits of the owner that gets the permit are granted with it.
 *
 * Where all this is written down is the business of subclasses; what becomes of a wait that is granted, too.
 *
 * @module
 */

/** Permits, and who holds them. */
export abstract class PermitRules<Owner> {
  /** Whether the holder of the only permit may take it again. */
  abstract readonly isReentrant: boolean;

  /** How many are free. */
  protected abstract get free(): number;
  protected abstract set free(count: number);

  /** How many may be free at most. */
  protected abstract get largest(): number;

  /** How many an owner holds. */
  protected abstract holdsOf(owner: Owner): number;

  /** Changes how many an owner holds. */
  protected abstract setHolds(owner: Owner, count: number): void;

  /** Some owner that holds one; `null` when there is none. */
  protected abstract findHolder(): Owner | null;

  /** Says whether a holder has died since the last release. */
  protected abstract markAbandoned(isAbandoned: boolean): void;

  /** Who has waited longest; `null` when nobody waits. */
  protected abstract firstWaiting(): Owner | null;

  /**
   * Grants the first wait.
   *
   * @param owner Whose it is.
   * @param all Whether all other waits of that owner are granted, too.
   * @returns How many the owner holds by that; a permit that nobody is to own counts until its grant has been taken.
   */
  protected abstract grantTo(owner: Owner, all: boolean): number;

  /** Makes what was written so far one step: whoever writes may die after it, and not in the middle. */
  protected commit(): void {}

  /** Whether a release would exceed the bound. */
  get isFull(): boolean {
    return this.free >= this.largest;
  }

  /**
   * Takes a permit, if there is one; nobody waits then.
   *
   * @param owner Who takes it.
   * @returns Whether it was taken.
   */
  tryTake(owner: Owner): boolean {
    const held = this.holdsOf(owner);
    const isHeldAgain = this.isReentrant && held > 0 && this.free === 0;
    if (!isHeldAgain && !this.tryTakeUnowned()) return false;
    this.setHolds(owner, held + 1);
    return true;
  }

  /**
   * Takes a permit, if there is one, that belongs to nobody then.
   *
   * @returns Whether it was taken.
   */
  tryTakeUnowned(): boolean {
    const { free } = this;
    if (free === 0) return false;
    this.free = free - 1;
    return true;
  }

  /**
   * Lets a permit that an owner holds belong to nobody.
   *
   * @param owner The owner.
   */
  disown(owner: Owner): void {
    this.setHolds(owner, this.holdsOf(owner) - 1);
  }

  /**
   * Adds a permit, and takes none from an owner.
   *
   * @returns The owner that has got it; `null` when nobody waits.
   */
  add(): Owner | null {
    this.markAbandoned(false);
    return this.#pass();
  }

  /**
   * Gives a permit back.
   *
   * @param owner Who releases it.
   * @returns The owner that has got it; `null` when nobody waits, or it is still held.
   */
  giveBack(owner: Owner): Owner | null {
    const holder = this.holdsOf(owner) > 0 ? owner : this.findHolder();
    const left = holder === null ? 0 : this.holdsOf(holder) - 1;
    if (holder !== null) this.setHolds(holder, left);
    if (this.isReentrant && left > 0) return null;
    this.markAbandoned(false);
    return this.#pass();
  }

  /**
   * Takes back what an owner had that has died. It waits no more.
   *
   * @param owner The owner.
   * @param onPass Called for each owner that has got a permit by that.
   */
  takeBack(owner: Owner, onPass: (next: Owner) => void): void {
    let held = this.holdsOf(owner);
    if (held > 0) this.markAbandoned(true);
    if (this.isReentrant && held > 1) this.setHolds(owner, held = 1);
    this.commit();
    // One at a time: whoever does this may die, and then another one goes on.
    for (; held > 0; held--) {
      this.setHolds(owner, held - 1);
      const next = this.#pass();
      this.commit();
      if (next !== null) onPass(next);
    }
  }

  /** Gives a permit to who has waited longest, or to nobody. */
  #pass(): Owner | null {
    const next = this.firstWaiting();
    if (next === null) {
      // Somebody may have added a permit in place of one that comes back by a death.
      if (!this.isFull) this.free++;
      return null;
    }
    const count = this.grantTo(next, this.isReentrant);
    this.setHolds(next, this.holdsOf(next) + count);
    return next;
  }
}

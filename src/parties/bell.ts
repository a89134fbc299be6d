/**
 * How parties wake each other.
 *
 * @module
 */

/** One party's doorbell: how it wakes another one that sleeps, and hears that it has ended. */
export interface Bell {
  /** Wakes a party. Costs a system call: ask `PartyTable.takeRing` first. */
  ring(party: number): void;
  /** Resolves when a party has been rung for: before that, code that never yields would hold the ring back. */
  sent(party: number): Promise<void>;
  /** Makes sure that rings are heard from now on, until the next one. */
  listen(): void;
  /**
   * Tells once when a party has ended.
   *
   * @param party Whom to watch.
   * @param onEnd What to call.
   */
  watch(party: number, onEnd: () => void): void;
  /** Hears and rings no more. */
  close(): void;
}

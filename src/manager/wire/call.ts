/**
 * A call as the server sees it, and the client that made it.
 *
 * @module
 */

/** A client of the server: what it has taken is given back when it ends. */
export class Client {
  /** Tells it from all others. */
  readonly name: string;
  /** Whether functions that it sends may be run: those of its own program. */
  readonly mayRun: boolean;
  readonly #onEnd = new Set<() => void>();
  #hasEnded = false;

  /**
   * @param name Tells it from all others.
   * @param mayRun Whether functions that it sends may be run.
   */
  constructor(name: string, mayRun: boolean) {
    this.name = name;
    this.mayRun = mayRun;
  }

  /** Whether it has ended, or gone away. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Calls a function when the client ends. */
  onEnd(callback: () => void): void {
    this.#onEnd.add(callback);
  }

  /** Forgets a function. */
  offEnd(callback: () => void): void {
    this.#onEnd.delete(callback);
  }

  /** Says that it has ended. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const callback of [...this.#onEnd]) callback();
    this.#onEnd.clear();
  }
}

/** One call. */
export class Call {
  readonly client: Client;
  /** What ends its wait; set by what waits. */
  onCancel: (() => void) | null = null;
  #isCancelled = false;

  /** @param client Who calls. */
  constructor(client: Client) {
    this.client = client;
  }

  /** Whether nobody waits for it any more. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Ends its wait, if it waits. */
  cancel(): void {
    this.#isCancelled = true;
    this.onCancel?.();
  }
}

/** What a wait rejects with that was cancelled. */
export class Cancelled extends Error {}

/** A result that goes back if it does not arrive. */
export class Kept {
  readonly value: unknown;
  readonly giveBack: () => void;

  /**
   * @param value The result.
   * @param giveBack Called when it does not arrive.
   */
  constructor(value: unknown, giveBack: () => void) {
    this.value = value;
    this.giveBack = giveBack;
  }
}

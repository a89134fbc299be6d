/**
 * One listener on each of the callers' signals, however many calls it ends.
 *
 * @module
 */

/** What a signal ends. */
export interface SignalTarget {
  /** Ends it with the signal's reason. */
  stop(reason: unknown): void;
}

interface Entry {
  readonly targets: Set<SignalTarget>;
  readonly onAbort: () => void;
}

/** The signals that end calls. */
export class SignalHub {
  readonly #entries = new Map<AbortSignal, Entry>();

  /** Lets a signal, which is not aborted, end something. */
  add(signal: AbortSignal, target: SignalTarget): void {
    let entry = this.#entries.get(signal);
    if (entry === undefined) {
      const targets = new Set<SignalTarget>();
      entry = { targets, onAbort: () => this.#abort(signal, targets) };
      this.#entries.set(signal, entry);
      signal.addEventListener("abort", entry.onAbort, { once: true });
    }
    entry.targets.add(target);
  }

  /** Lets it end that no more; the last one takes the listener away. */
  remove(signal: AbortSignal, target: SignalTarget): void {
    const entry = this.#entries.get(signal);
    if (entry === undefined || !entry.targets.delete(target) || entry.targets.size > 0) return;
    this.#entries.delete(signal);
    signal.removeEventListener("abort", entry.onAbort);
  }

  #abort(signal: AbortSignal, targets: Set<SignalTarget>): void {
    this.#entries.delete(signal);
    for (const target of [...targets]) target.stop(signal.reason);
  }
}

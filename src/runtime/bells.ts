/**
 * Doorbells between processes, as the runtimes give them.
 *
 * @module
 */

/** A place where a process hears that somebody rings for it. */
export interface Listener {
  close(): void;
}

/** A line to another process, on which one rings. */
export interface Wire {
  /** Wakes the other process. */
  ring(): void;
  /** Resolves when all rings have left this process, which may take turns of the event loop; or never can. */
  sent(): Promise<void>;
  close(): void;
}

/** Doorbells between processes. Nothing here keeps an event loop alive. */
export interface BellHost {
  /** Whether names without a place in the file system can be used. */
  readonly abstractNames: boolean;
  /**
   * Hears rings under a name. The name can be connected to when this returns.
   *
   * @param name The name.
   * @param onRing Called for each ring.
   * @param onFail Called when nothing can be heard, if that turns out later.
   * @throws when nothing can be heard.
   */
  listen(name: string, onRing: () => void, onFail: () => void): Listener;
  /**
   * Connects to a name; `onEnd` is called once, later, when the line has ended or could not be made: that proves nothing of
   * the other side, which may live.
   */
  connect(name: string, onEnd: () => void): Wire;
}

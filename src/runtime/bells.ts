/**
 * Doorbells between processes, as the runtimes give them.
 *
 * @module
 */

/** A place where a process hears that somebody rings for it. */
export interface Listener {
  close(): void;
}

/** A line to another process, on which one rings and hears that the other has ended. */
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
  /** Hears rings under a name. The name can be connected to when this returns. */
  listen(name: string, onRing: () => void): Listener;
  /** Connects to a name; `onEnd` is called once, when the other side is gone or was never there. */
  connect(name: string, onEnd: () => void): Wire;
}

/**
 * Something that becomes ready when a process ends.
 *
 * @module
 */

import { holding, KeepAlive } from "../event_loop/keep_alive.ts";
import { within } from "../support/limit.ts";
import { checkWaitOptions, type WaitOptions } from "../support/options.ts";
import { TimeoutError } from "../errors.ts";
import { makeWaitable } from "../parties/waitable.ts";

/**
 * Becomes ready when its process ends, and stays so. Python's `Process.sentinel`, which is a number there.
 *
 * @example Wait for the end of a process
 * ```ts
 * import { Process } from "@allcores/multiprocessing";
 *
 * const process = new Process({ target: () => {} });
 * await process.start();
 * console.log(await process.sentinel.wait()); // true
 * ```
 */
export class Sentinel {
  #ready = false;
  readonly #ended: Promise<void>;
  readonly #watchers = new Set<() => void>();

  static {
    makeWaitable<Sentinel>(Sentinel.prototype, (value) => ({
      ready: () => value.#ready,
      watch: (onChange) => value.#watch(onChange),
    }));
  }

  /**
   * Creates a sentinel; `process.sentinel` gives the one of a process.
   *
   * @param ended Resolves when the process has ended.
   */
  constructor(ended: Promise<unknown>) {
    this.#ended = ended.then(() => {
      this.#ready = true;
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  /** Whether the process has ended. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Waits until the process has ended.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Whether it has ended; false when the time is over.
   * @throws the signal's reason when it is aborted.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    try {
      await holding(within(this.#ended, options, "a process to end"));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
    return this.#ready;
  }

  #watch(onChange: () => void): () => void {
    const watcher = () => onChange();
    const keepAlive = new KeepAlive();
    keepAlive.set(true);
    this.#watchers.add(watcher);
    if (this.#ready) queueMicrotask(() => this.#watchers.has(watcher) && watcher());
    return () => {
      keepAlive.set(false);
      this.#watchers.delete(watcher);
    };
  }
}

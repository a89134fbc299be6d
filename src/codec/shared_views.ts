/**
 * Decides whether a view comes with its own bytes only, or with its whole buffer because others
 * look at that too.
 *
 * @module
 */

import { SeenTable } from "./seen_table.ts";

/**
 * The buffers of one message's views.
 *
 * That a buffer is shared is known only when its second view is met. Then the message is written
 * once more, with what is known by then: this happens so rarely that it is better than to look
 * through every message beforehand.
 */
export class SharedViews {
  readonly #lone = new SeenTable();
  #shared: Set<ArrayBufferLike> | null = null;
  #again = false;

  /** Whether the message must be written once more. */
  get again(): boolean {
    return this.#again;
  }

  /**
   * Decides for a view.
   *
   * @param buffer The view's buffer.
   * @returns Whether the view may come with its own bytes only, as far as is known now.
   */
  isLone(buffer: ArrayBufferLike): boolean {
    if (this.#shared?.has(buffer)) return false;
    if (this.#lone.find(buffer) >= 0) this.#share(buffer);
    return true;
  }

  /**
   * Takes note of a buffer that is in the message as a whole.
   *
   * @param buffer The buffer.
   */
  comesWhole(buffer: ArrayBufferLike): void {
    if (this.#lone.has(buffer)) this.#share(buffer);
  }

  /** Prepares for writing the same message once more. */
  restart(): void {
    this.#lone.clear();
    this.#again = false;
  }

  /** Forgets the message. */
  clear(): void {
    if (this.#lone.isEmpty && this.#shared === null) return;
    this.restart();
    this.#shared = null;
  }

  #share(buffer: ArrayBufferLike): void {
    (this.#shared ??= new Set()).add(buffer);
    this.#again = true;
  }
}

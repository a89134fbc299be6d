/**
 * Another party at an exact moment: runs an action between two atomic operations of the code under test.
 *
 * What several parties do to shared words is a sequence of atomic operations. A test that runs its action before the first,
 * then before the second and so on sees every order that two parties can come in, without threads and without luck.
 *
 * @example Every moment of a call
 * ```ts
 * for (let step = 0;; step++) {
 *   using moment = new Moment(step, () => writer.revoke(take));
 *   reader.claim();
 *   if (!moment.reached) break;
 * }
 * ```
 *
 * @module
 */

import { replaceAtomics } from "./atomics.ts";

/** Runs an action before an atomic operation, until it is disposed of. */
export class Moment implements Disposable {
  /** Whether there was such an operation. */
  reached = false;
  readonly #restore: () => void;

  /**
   * Begins to count.
   *
   * @param step Before which operation: 0 is the next one.
   * @param action What another party does then; its own operations are not counted.
   */
  constructor(step: number, action: () => void) {
    let left = step;
    this.#restore = replaceAtomics((operation) => (...args) => {
      if (!this.reached && left-- === 0) {
        this.reached = true;
        action();
      }
      return operation(...args);
    });
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}

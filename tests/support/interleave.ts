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

const OPERATIONS = ["load", "store", "add", "sub", "exchange", "compareExchange"] as const;

type Operation = (...args: unknown[]) => unknown;

/** Runs an action before an atomic operation, until it is disposed of. */
export class Moment implements Disposable {
  /** Whether there was such an operation. */
  reached = false;
  readonly #originals: Operation[] = OPERATIONS.map((name) => Atomics[name] as Operation);

  /**
   * Begins to count.
   *
   * @param step Before which operation: 0 is the next one.
   * @param action What another party does then; its own operations are not counted.
   */
  constructor(step: number, action: () => void) {
    let left = step;
    OPERATIONS.forEach((name, i) => {
      this.#replace(name, (...args) => {
        if (!this.reached && left-- === 0) {
          this.reached = true;
          action();
        }
        return this.#originals[i](...args);
      });
    });
  }

  [Symbol.dispose](): void {
    OPERATIONS.forEach((name, i) => this.#replace(name, this.#originals[i]));
  }

  #replace(name: (typeof OPERATIONS)[number], operation: Operation): void {
    Object.defineProperty(Atomics, name, { value: operation, writable: true, configurable: true });
  }
}

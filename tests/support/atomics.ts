/**
 * `Atomics` replaced for a while, for tests that act between two atomic operations of the code under test.
 *
 * @module
 */

const NAMES = ["load", "store", "add", "sub", "exchange", "compareExchange"] as const;

/** One of the operations. */
export type Operation = (...args: unknown[]) => unknown;

/**
 * Replaces every operation that changes or reads a word.
 *
 * @param around Makes of an operation what is called instead.
 * @returns Puts the operations back.
 */
export function replaceAtomics(around: (operation: Operation) => Operation): () => void {
  const originals = NAMES.map((name) => Atomics[name] as Operation);
  const define = (operations: readonly Operation[]): void =>
    NAMES.forEach((name, i) => {
      const attributes = { value: operations[i], writable: true, configurable: true };
      Object.defineProperty(Atomics, name, attributes);
    });
  define(originals.map(around));
  return () => define(originals);
}

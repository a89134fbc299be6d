/**
 * A party that is killed at an exact moment: runs code up to one of its atomic operations, and no further.
 *
 * @module
 */

const OPERATIONS = ["load", "store", "add", "sub", "exchange", "compareExchange"] as const;

type Operation = (...args: unknown[]) => unknown;

const DEATH = Symbol("death");

/**
 * Runs a party until it is killed.
 *
 * @param step Before which of its atomic operations: 0 is the first one.
 * @param life What it does; it must not catch what it does not know.
 * @returns Whether it was killed; false when it came to its end before.
 */
export function killAt(step: number, life: () => void): boolean {
  const originals = OPERATIONS.map((name) => Atomics[name] as Operation);
  let left = step;
  OPERATIONS.forEach((name, i) =>
    replace(name, (...args) => {
      if (left-- === 0) throw DEATH;
      return originals[i](...args);
    })
  );
  try {
    life();
    return false;
  } catch (error) {
    if (error !== DEATH) throw error;
    return true;
  } finally {
    OPERATIONS.forEach((name, i) => replace(name, originals[i]));
  }
}

function replace(name: (typeof OPERATIONS)[number], operation: Operation): void {
  Object.defineProperty(Atomics, name, { value: operation, writable: true, configurable: true });
}

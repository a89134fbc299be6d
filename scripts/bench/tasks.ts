/**
 * What the workers of the other libraries do. This library is given the functions themselves.
 *
 * @module
 */

export function increment(x: number): number {
  return x + 1;
}

export function echo<T>(value: T): T {
  return value;
}

/** Computes for some milliseconds; what it gives depends on every step. */
export function burn(rounds: number): number {
  let state = rounds | 1;
  for (let i = 0; i < rounds; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

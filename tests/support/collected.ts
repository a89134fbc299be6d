/**
 * Waiting for the garbage collector, which no runtime lets a program call alike.
 *
 * @module
 */

/** Keeps what was allocated last, so that no engine leaves the allocation out. */
let garbage: unknown[] = [];

/**
 * Makes garbage until something has been found out by it. It has no limit of its own: the test's is one.
 *
 * @param isDone Whether it has been found out.
 */
export async function collectUntil(isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    garbage = Array.from({ length: 20_000 }, (_, index) => ({ index, list: [index] }));
    garbage.push(new Uint8Array(1 << 22));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  garbage = [];
}

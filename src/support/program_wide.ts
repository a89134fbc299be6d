/**
 * What there is once in a process or thread, however many copies of this library it has: a bundler may put one into each file
 * that it writes.
 *
 * @module
 */

/**
 * Gives something that all copies share. Copies of other versions share it, too: what it is may only be added to.
 *
 * @param name What it is called.
 * @param create Creates it for the first that asks.
 * @returns The same for all.
 */
export function programWide<T>(name: string, create: () => T): T {
  const shared = globalThis as { [key: symbol]: T | undefined };
  return shared[Symbol.for(`allcores.multiprocessing.${name}`)] ??= create();
}

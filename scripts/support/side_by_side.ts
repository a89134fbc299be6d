/** Doing several things at the same time, but not all. */

/**
 * Does something for each item, in their order.
 *
 * @param items The items.
 * @param count How many are under way at the same time.
 * @param run Does it for one.
 * @returns Resolves when all are done.
 */
export async function sideBySide<T>(
  items: readonly T[],
  count: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    while (left.length > 0) await run(left.shift()!);
  };
  await Promise.all(Array.from({ length: count }, work));
}

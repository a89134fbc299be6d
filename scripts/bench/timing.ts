/** Taking times. */

import type { Effort } from "./types.ts";

/** How long (ms) an action takes. */
export async function elapsed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

/** Takes a figure again and again, from the first time on, until there are enough or the time is over. */
export async function takeWindows(
  most: number,
  { budget, windows: fewer = Infinity, afterWindow }: Effort,
  take: () => Promise<number>,
): Promise<number[]> {
  const end = performance.now() + budget;
  const windows: number[] = [];
  do {
    windows.push(await take());
    afterWindow?.();
  } while (windows.length < Math.min(most, fewer) && performance.now() < end);
  return windows;
}

/** How long (µs) something takes that is done `count` times, one after the other. */
export async function microseconds(
  count: number,
  action: () => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < count; i++) await action();
  return (performance.now() - started) * 1000 / count;
}

/** How many GB a second something moves each way that brings so many bytes there and back. */
export async function gigabytes(
  bytes: number,
  thereAndBack: () => Promise<unknown>,
): Promise<number> {
  return 2 * bytes / 1e6 / await elapsed(thereAndBack);
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Taking times. */

/** How long (ms) an action takes. */
export async function elapsed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

/** Does something several times, one after the other, and gives what it gave each time. */
export async function repeat<T>(times: number, action: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) results.push(await action());
  return results;
}

/** How long (ms) a subject is measured; what has begun is finished. */
const budget = 2500;
/** How many figures there are at least. */
const fewest = 3;

/** Takes a figure several times; fewer times where that would take too long. */
export async function sample(times: number, measure: () => Promise<number>): Promise<number[]> {
  const end = performance.now() + budget;
  const figures: number[] = [];
  while (figures.length < times && (figures.length < fewest || performance.now() < end)) {
    figures.push(await measure());
  }
  return figures;
}

/** How long (ms) it takes at most until calls and messages cost what they go on to cost: engines compile, systems move threads. */
export const SETTLING = 2500;

/** Does something again and again until some milliseconds are over. */
export async function warmUp(milliseconds: number, action: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + milliseconds;
  do await action(); while (performance.now() < end);
}

/** How figures are taken. */
export interface Sampling {
  /** How many figures there are at most. */
  repetitions: number;
  /** How long (ms) it is done before that. */
  settling: number;
}

/** How long (µs) something takes that is done `count` times, one after the other; several figures. */
export async function microseconds(
  count: number,
  action: () => Promise<unknown>,
  { repetitions, settling }: Sampling,
): Promise<number[]> {
  await warmUp(settling, action);
  return await sample(repetitions, async () => {
    return await elapsed(() => repeat(count, action)) * 1000 / count;
  });
}

/** How many GB a second something moves that brings so many bytes there and back; several figures. */
export async function gigabytes(
  bytes: number,
  thereAndBack: () => Promise<void>,
  repetitions: number,
): Promise<number[]> {
  await thereAndBack();
  return await sample(repetitions, async () => 2 * bytes / 1e6 / await elapsed(thereAndBack));
}

/** The value in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

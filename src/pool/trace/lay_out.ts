/**
 * When the tasks of a worker ran, worked out from when their answers were read.
 *
 * A pool reads several answers at one moment, and learns from each how long its task ran. A worker runs one task at a time: so each
 * ended at the latest when its answer was read, and before the next one began.
 *
 * @module
 */

/** Something that a worker did. All times are in microseconds. */
export interface Run {
  /** When it was known that it had ended. */
  readonly at: number;
  /** How long it took; `null` where that is not known: then from when the one before ended. */
  readonly length: number | null;
  /** When it was asked for: it began no sooner. */
  readonly since: number;
}

/** When something began and ended. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * Lays out what a worker did, from the last to the first.
 *
 * @param runs What it did, in the order in which it did so.
 * @returns When each began and ended; none begins before the one before it has ended.
 */
export function layOut(runs: readonly Run[]): Span[] {
  const spans: Span[] = new Array(runs.length);
  let next = Infinity;
  for (let i = runs.length - 1; i >= 0; i--) {
    const { at, length, since } = runs[i];
    const end = Math.min(at, next);
    const earliest = length === null ? runs[i - 1]?.at ?? 0 : end - length;
    const begin = Math.min(end, Math.max(earliest, since));
    spans[i] = { begin, end };
    next = begin;
  }
  return spans;
}

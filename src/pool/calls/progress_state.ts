/**
 * How far a map is, and how that is shown.
 *
 * @module
 */

/** How far a map is. */
export interface Progress {
  /** How many items are done, whether they failed or not. */
  readonly done: number;
  /** How many items there are; `null` where the input has not been read to its end. */
  readonly total: number | null;
  /** How many items failed, together with those of their chunks. */
  readonly failed: number;
  /** How long it has taken, in milliseconds. */
  readonly elapsedMs: number;
  /** How many items were done a second, on average. */
  readonly rate: number;
  /** How long the rest will take at this rate, in milliseconds; `null` where that is not known. */
  readonly remainingMs: number | null;
}

/** How progress is shown. */
export interface ProgressOptions {
  /** A text in front of the bar. @default none */
  label?: string;
  /** Whether to show it although the standard error stream is no terminal: as a line every two seconds. @default false */
  always?: boolean;
}

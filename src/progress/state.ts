/**
 * How far something is, and how that is shown.
 *
 * @module
 */

/** How far a task is that runs, as it says itself: see {@linkcode CurrentTask.progress}. */
export interface TaskProgress {
  /** Its number in the pool, which it knows as `currentTask().id`. */
  readonly task: number;
  /** The function's name. */
  readonly fn: string;
  /** The worker's name. */
  readonly worker: string;
  /** The position of the item that it is at, in the input of its map; 0 where it is one call. */
  readonly item: number;
  /** How much of that item is done, in whatever it counts. */
  readonly done: number;
  /** How much there is; `null` where it does not say, or has done more. */
  readonly total: number | null;
}

/** How far something is: a map, one call (as a map of one item), or a loop. */
export interface Progress {
  /** How many items are done, whether they failed or not. */
  readonly done: number;
  /** How many items there are; `null` where that is not known, or there are more than was said. */
  readonly total: number | null;
  /** How many items failed, together with those of their chunks. */
  readonly failed: number;
  /** How long it has taken, in milliseconds. */
  readonly elapsedMs: number;
  /** How many items were done a second, on average. */
  readonly rate: number;
  /** How long the rest will take at this rate, in milliseconds; `null` where that is not known. */
  readonly remainingMs: number | null;
  /** The tasks that run and have said how far they are, in the order of the workers. */
  readonly tasks: readonly TaskProgress[];
}

/** How progress is shown. */
export interface ProgressOptions {
  /** A text in front of the bar. @default none */
  label?: string;
  /** Whether to show it although the standard error stream is no terminal: as a line every two seconds. @default false */
  always?: boolean;
  /** Whether the last line stays when it is over; tqdm's `leave`. @default true */
  keep?: boolean;
  /** How many items there are, as far as the input itself does not tell. @default what the input tells */
  total?: number;
}

/** What is said about progress. */
export interface ProgressSettings {
  /** Whether to show a bar on the standard error stream, if that is a terminal; or how. @default false */
  progress?: boolean | ProgressOptions;
  /** Called with the progress, at most ten times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
}

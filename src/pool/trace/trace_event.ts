/**
 * What a trace is, and what it is made of: the Trace Event Format, as far as it is used.
 *
 * @module
 */

/**
 * What is in every event of a trace.
 *
 * | `ph` | what it is |
 * | --- | --- |
 * | `M` | the name of a process or thread, or its place among the others |
 * | `X` | something that took `dur`: a task, the start of a worker, the moment in which calls were made |
 * | `i` | something that happened: the end of a worker, a task that is going to be run again |
 * | `b`, `e` | the beginning and the end of a wait, or of a map, with the same `cat` and `id` |
 * | `s`, `t`, `f` | an arrow from a call through the attempts at its task to the last one, with the same `id` |
 * | `C` | counters |
 */
export interface TraceEvent {
  /** The name of the task's function, or of what happened. */
  readonly name: string;
  /** The kind of what happened, to filter by. */
  readonly cat: string;
  /** The kind of the event. */
  readonly ph: "M" | "X" | "i" | "b" | "e" | "s" | "t" | "f" | "C";
  /** When it began, in microseconds from the start of the trace. */
  readonly ts: number;
  /** How long it took, in microseconds. */
  readonly dur?: number;
  /** The process. */
  readonly pid: number;
  /** The track within the process. */
  readonly tid: number;
  /** What events have in common that belong together. */
  readonly id?: number | string;
  /** An arrow ends at the slice around its point. */
  readonly bp?: "e";
  /** What happened is drawn on its track only. */
  readonly s?: "t";
  /** What else is known. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What is known of a trace as a whole. */
export interface TraceMetadata {
  /** When it was started, as a date in ISO's form. */
  readonly startedAt: string;
  /** How long it went on, in milliseconds. */
  readonly durationMs: number;
  /** The runtime of the process whose pools are shown. */
  readonly runtime: string;
  /** How many records there is room for. */
  readonly maxEvents: number;
  /** How many records are missing, the oldest ones, since there was no room for them. */
  readonly dropped: number;
}

/** A trace, as `JSON.stringify()` makes a file of it that Perfetto and `chrome://tracing` open. */
export interface TraceDocument {
  /** The events: first the names of processes and threads, then what happened, in the order of time. */
  readonly traceEvents: readonly TraceEvent[];
  /** The unit in which times are shown. */
  readonly displayTimeUnit: "ms";
  /** What is known of it as a whole. */
  readonly metadata: TraceMetadata;
}

/** How a trace is recorded. */
export interface TraceOptions {
  /**
   * How many records are kept, the latest ones: one for each task or chunk of a map and each attempt at it, three for each worker, and
   * up to ten a second for the counters of each pool. One takes 64 bytes. @default 100,000
   */
  maxEvents?: number;
}

/**
 * A trace of what the workers of pools do, from when it is started until {@linkcode Trace.stop}. Python has no such thing.
 *
 * - It is started by `trace()`, or by `pool.trace()` for one pool.
 * - It keeps no program running. Nothing is written where a program ends before it is stopped: leave it to `await using`,
 *   which stops it also when something fails.
 *
 * @example What the workers did, as events
 * ```ts
 * import { Pool, trace } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(2);
 *   const recording = trace();
 *   await pool.map((x: number) => x * x, [1, 2, 3], { chunkSize: 1 });
 *   const { traceEvents } = await recording.stop();
 *   console.log(traceEvents.filter(({ cat }) => cat === "chunk").length); // 3
 * }
 * ```
 */
export interface Trace extends AsyncDisposable {
  /**
   * Ends the trace, and writes its file.
   *
   * @returns What was recorded; the same again when it is called again.
   * @throws {MultiprocessingError} when the file cannot be written.
   */
  stop(): Promise<TraceDocument>;
}

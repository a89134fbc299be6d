/**
 * Traces of all pools of this process.
 *
 * @module
 */

import { livePools } from "./live_pools.ts";
import { PoolTrace } from "./trace/trace.ts";
import type { Trace, TraceOptions } from "./trace/trace_event.ts";

/**
 * Starts to record what the workers of all pools of this process do, also of pools that are created later: in the format of
 * Chrome's traces, which [Perfetto](https://ui.perfetto.dev) and `chrome://tracing` show. Python has no such thing.
 *
 * The names of functions and what errors say are in the trace, arguments and results are not.
 *
 * @param path Where the trace is written when it is stopped: a path from the working directory of that moment, or a `file:` URL. The
 * file appears as a whole, and takes the place of one that is there. Without it nothing is written: `stop()` gives the document.
 * @param options How it is recorded.
 * @returns The trace, which goes on until it is stopped.
 * @throws {TypeError} when there is no such option, or an argument is of the wrong type.
 * @throws {RangeError} when `maxEvents` is no whole number of at least 1.
 * @throws {MultiprocessingError} when there is no folder for the file.
 *
 * @example A file for Perfetto
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { Pool, trace } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using _ = trace(join(tmpdir(), "trace.json"));
 *   await using pool = new Pool();
 *   console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 * }
 * ```
 */
export function trace(path?: string | URL, options?: TraceOptions): Trace {
  const pools = () => [...livePools].map(([, pool]) => pool);
  return new PoolTrace({ pools, pool: null }, path, options);
}

/**
 * All measurements, in the order in which they are made.
 *
 * @module
 */

import type { Measurement } from "../types.ts";
import { backlog } from "./backlog.ts";
import { bytes } from "./bytes.ts";
import { call } from "./call.ts";
import { children } from "./children.ts";
import { cpu } from "./cpu.ts";
import { dict, dictFlight } from "./dict.ts";
import { flight } from "./flight.ts";
import { idle } from "./idle.ts";
import { lock, withLock } from "./lock.ts";
import { map } from "./map.ts";
import { pipe, pipeBytes, pipeBytesNew } from "./pipe.ts";
import { queue } from "./queue.ts";
import { queueMemory } from "./queue_memory.ts";
import { startUp } from "./start_up.ts";
import { tracedFlight, tracedMap } from "./traced.ts";
import { wake } from "./wake.ts";

/** What users feel: the measurements of `--feel`. */
export const felt: readonly Measurement[] = [
  startUp,
  children,
  call,
  flight,
  pipe,
  queue,
  map,
  bytes,
  wake,
];

/** What the bench measures. */
export const measurements: readonly Measurement[] = [
  ...felt,
  pipeBytes,
  pipeBytesNew,
  lock,
  withLock,
  cpu,
  idle,
  dict,
  dictFlight,
  backlog,
  queueMemory,
  tracedFlight,
  tracedMap,
];
